"""Lists of messages and conversations."""

from collections.abc import Sequence

import httpx

from tests.api_client import Json
from tests.config import ANSWER_SECONDS
from tests.features.world import World
from tests.gherkin import Context, then, when
from tests.waiting import eventually


@when("I list the messages of the conversation")
def list_conversation(context: Context) -> None:
    list_messages(context.world)


@when("I list the first {limit:d} messages of the conversation")
def list_first(context: Context, limit: int) -> None:
    list_messages(context.world, limit=limit)


@when('I list the messages of the conversation that are "{status}"')
def list_with_status(context: Context, status: str) -> None:
    list_messages(context.world, status=status)


@when("I list the messages of the conversation {limit:d} at a time, following the Link headers")
def list_pages(context: Context, limit: int) -> None:
    world = context.world
    list_messages(world, limit=limit)
    world.pages = [world.response.json()]
    while follow_link(world):
        world.pages.append(world.response.json())


@when("I follow the next page")
def follow_next(context: Context) -> None:
    assert follow_link(context.world)


@when("I request the conversation")
def request_conversation(context: Context) -> None:
    world = context.world
    world.responses.append(world.api.get(f"/conversations/{world.conversation_id}"))


@then("the list should hold the last {count:d} messages, newest first")
def list_holds_last(context: Context, count: int) -> None:
    assert ids(context.world.response.json()["messages"]) == context.world.message_ids[: -count - 1 : -1]


@then("the list should hold the {count:d} oldest messages, newest first")
def list_holds_oldest(context: Context, count: int) -> None:
    assert ids(context.world.response.json()["messages"]) == context.world.message_ids[:count][::-1]


@then("the pages should hold {sizes} messages")
def pages_hold(context: Context, sizes: str) -> None:
    assert ", ".join(str(len(page["messages"])) for page in context.world.pages) == sizes


@then("the pages together should hold the last {count:d} messages, newest first")
def pages_hold_last(context: Context, count: int) -> None:
    together = [message_id for page in context.world.pages for message_id in ids(page["messages"])]
    assert together == context.world.message_ids[: -count - 1 : -1]


@then("the total should be {count:d}")
def total_is(context: Context, count: int) -> None:
    assert context.world.response.json()["total_messages"] == count


@then("there should be no next page")
def no_next_page(context: Context) -> None:
    assert context.world.response.json()["next"] is None
    assert "link" not in context.world.response.headers


@then("the turns should be my texts and the final answers, oldest first")
def turns_are_said(context: Context) -> None:
    turns = context.world.response.json()["turns"]
    assert turns == expected_turns(context.world)


@then("the conversation should hold {count:d} questions, each followed by its answer")
def conversation_holds(context: Context, count: int) -> None:
    turns = context.world.conversation["turns"]
    assert len(turns) == 2 * count
    assert turns == expected_turns(context.world)


@then("there should be {count:d} turns")
def turns_count(context: Context, count: int) -> None:
    assert len(context.world.response.json()["turns"]) == count


@then('the turns should not mention "{text}"')
def turns_without(context: Context, text: str) -> None:
    assert all(text not in turn["text"] for turn in context.world.response.json()["turns"])


@then("the conversation should list both messages, newest first")
def conversation_lists_both(context: Context) -> None:
    assert ids(context.world.response.json()["messages"]) == context.world.message_ids[::-1]


@then("the conversation should list {count:d} message")
def conversation_lists(context: Context, count: int) -> None:
    assert len(context.world.response.json()["messages"]) == count


@then("the first {count:d} messages should be forgotten")
def first_forgotten(context: Context, count: int) -> None:
    for message_id in context.world.message_ids[:count]:
        assert context.world.api.get(f"/messages/{message_id}/updates").status_code == httpx.codes.NOT_FOUND


@then("the message should be forgotten within {seconds:d} seconds")
def forgotten_within(context: Context, seconds: int) -> None:
    world = context.world

    def look() -> bool:
        return world.api.get(f"/messages/{world.message_id}/status").status_code == httpx.codes.NOT_FOUND

    eventually(look, "the message to be forgotten", within=seconds)


@then("the conversation should be forgotten too")
def conversation_forgotten(context: Context) -> None:
    request_conversation(context)
    assert context.world.response.status_code == httpx.codes.NOT_FOUND


@then("all messages should be completed within {seconds:d} seconds")
def all_completed_within(context: Context, seconds: int) -> None:
    api = context.world.api
    prefix_ids = context.world.message_ids

    def look() -> bool:
        return all(api.status(message_id)["status"] == "completed" for message_id in prefix_ids)

    eventually(look, "all messages to be completed", within=seconds)


@then("all messages should be completed")
def all_completed(context: Context) -> None:
    for message_id in context.world.message_ids:
        last = context.world.api.final_updates(message_id, within=ANSWER_SECONDS)[-1]
        assert last["status"] == "completed", last


@then("the messages should have been answered one after the other, in the order in which they were accepted")
def answered_in_order(context: Context) -> None:
    ended = ""
    for message_id in context.world.message_ids:
        updates = context.world.api.updates(message_id)
        begun = updates[1]["processed_at"]
        assert ended <= begun, f"{message_id} was begun at {begun}, before {ended}"
        ended = updates[-1]["processed_at"]


@then("at least {count:d} messages of the first conversation should still be open")
def still_open(context: Context, count: int) -> None:
    world = context.world
    statuses = [world.api.status(message_id)["status"] for message_id in world.message_ids[:-1]]
    assert sum(status in {"received", "inprogress"} for status in statuses) >= count, statuses


@when("1 message is at work and {waiting:d} are waiting")
@when("1 message is at work and {waiting:d} is waiting")
def work_is(context: Context, waiting: int) -> None:
    context.world.api.wait_for_work(at_work=1, waiting=waiting)


def list_messages(world: World, **parameters: str | int) -> None:
    world.listing = world.api.get("/messages", conversation_id=world.conversation_id, **parameters)
    world.responses.append(world.listing)


def follow_link(world: World) -> bool:
    assert world.listing is not None
    link = world.listing.links.get("next")
    if link is None:
        assert world.listing.json()["next"] is None
        return False
    world.listing = world.api.get(link["url"])
    world.responses.append(world.listing)
    return True


def ids(messages: Sequence[Json]) -> list[str]:
    return [message["message_id"] for message in messages]


def expected_turns(world: World) -> list[Json]:
    turns: list[Json] = []
    for message_id in world.message_ids:
        status = world.api.status(message_id)
        turns += [{"role": "user", "text": status["content"]}, {"role": "assistant", "text": status["result"]}]
    return turns
