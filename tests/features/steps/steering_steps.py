"""Cancel messages, erase conversations, look at places."""

from random import Random

import httpx

from tests.api_client import FINAL, Json
from tests.config import ANSWER_SECONDS
from tests.features.world import World
from tests.gherkin import Context, then, when
from tests.waiting import eventually


@when("I cancel the message")
def cancel(context: Context) -> None:
    cancel_message(context, context.world.message_id)


@when('I cancel the message "{message_id}"')
def cancel_message(context: Context, message_id: str) -> None:
    world = context.world
    world.responses.append(world.api.request("POST", f"/messages/{message_id}/cancel"))


@when("I cancel all messages in any order")
def cancel_all(context: Context) -> None:
    for message_id in Random(3).sample(context.world.message_ids, len(context.world.message_ids)):
        cancel_message(context, message_id)


@when("I erase the conversation")
def erase(context: Context) -> None:
    world = context.world
    world.responses.append(world.api.request("DELETE", f"/conversations/{world.conversation_id}"))


@then("no message should be at work or waiting within {seconds:d} seconds")
def is_idle(context: Context, seconds: int) -> None:
    def look() -> bool:
        system = context.world.api.health()["system"]
        return (system["messages_at_work"], system["messages_waiting"]) == (0, 0)

    eventually(look, "all work to end", within=seconds)


@then('the message should have ended "{status}" with exactly one final update')
def has_ended(context: Context, status: str) -> None:
    assert ends(context.world, context.world.message_id) == [status]
    assert context.world.api.status(context.world.message_id)["status"] == status


@then('each message should have ended once, "cancelled" when the cancel said so')
def each_has_ended(context: Context) -> None:
    world = context.world
    answers = world.responses[-len(world.message_ids) :]
    said = {response.json()["message_id"] for response in answers if response.is_success}
    assert {response.status_code for response in answers} <= {httpx.codes.OK, httpx.codes.CONFLICT}
    for message_id in world.message_ids:
        assert ends(world, message_id) == ["cancelled" if message_id in said else "completed"]


@then("the place should be {in_conversation:d} in the conversation and {in_queue:d} in the queue")
def place_is(context: Context, in_conversation: int, in_queue: int) -> None:
    place = place_of(context.world)
    assert (place["before_in_conversation"], place["before_in_queue"]) == (in_conversation, in_queue), place


@then("the first update should tell the same place")
def first_update_tells(context: Context) -> None:
    world = context.world
    details = world.api.updates(world.message_id)[0]["details"]
    place = place_of(world)
    assert details.pop("kind") == "place"
    assert details.keys() == place.keys()
    assert {**details, "estimated_wait_seconds": 0} == {**place, "estimated_wait_seconds": 0}


@then("there should be no place")
def no_place(context: Context) -> None:
    assert context.world.response.json()["place"] is None


@then("the estimated wait should be between {least:g} and {most:g} seconds")
def estimate_is(context: Context, least: float, most: float) -> None:
    assert least <= place_of(context.world)["estimated_wait_seconds"] <= most


@then("nothing of the conversation should be left")
def nothing_left(context: Context) -> None:
    world = context.world
    paths = [f"/conversations/{world.conversation_id}", f"/conversations/{world.conversation_id}/events"]
    for message_id in world.message_ids:
        paths += [f"/messages/{message_id}/{part}" for part in ("status", "updates", "events")]
    for path in paths:
        assert world.api.get(path).status_code == httpx.codes.NOT_FOUND, path


@then("the first conversation should still hold {count:d} turns")
def first_holds(context: Context, count: int) -> None:
    first = context.world.conversation_id.removesuffix("-other")
    assert len(context.world.api.get(f"/conversations/{first}").json()["turns"]) == count


def ends(world: World, message_id: str) -> list[str]:
    """The final statuses that the message ever had."""
    updates = world.api.final_updates(message_id, within=ANSWER_SECONDS)
    return [update["status"] for update in updates if update["status"] in FINAL]


def place_of(world: World) -> Json:
    place: Json = world.response.json()["place"]
    return place
