"""Follow messages and conversations: streams, and requests that wait."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

import httpx

from tests.api_client import Json
from tests.config import ANSWER_SECONDS
from tests.features.world import World
from tests.gherkin import Context, then, when


@dataclass(frozen=True, slots=True)
class Event:
    name: str
    id: str | None
    data: Json


@dataclass
class Told:
    """What the streams of a scenario told, in order."""

    events: list[Event]
    came_back: int = 0

    @property
    def updates(self) -> list[Json]:
        return [event.data for event in self.events if event.name == "update"]

    @property
    def last_id(self) -> str:
        return next((event.id for event in reversed(self.events) if event.id), "0")


@when("I follow the message as a stream")
def follow_message(context: Context) -> None:
    told(context.world).events += stream(context.world, events_of_message(context.world))


@when("I follow the message as a stream after {after:d}")
def follow_message_after(context: Context, after: int) -> None:
    told(context.world).events += stream(context.world, f"{events_of_message(context.world)}?after={after}")


@when("I follow the message as a stream, coming back after each bye")
def follow_message_again_and_again(context: Context) -> None:
    everything, path = told(context.world), events_of_message(context.world)
    while not everything.events or everything.events[-1].name == "bye":
        everything.came_back += bool(everything.events)
        everything.events += stream(context.world, path, last_id=everything.last_id)


@when("I follow the conversation until {count:d} messages are done")
def follow_conversation(context: Context, count: int) -> None:
    until_done(context.world, f"/conversations/{context.world.conversation_id}/events", count)


@when("I follow the conversation from its position until {count:d} message is done")
def follow_conversation_from(context: Context, count: int) -> None:
    world = context.world
    position = next(r.json()["position"] for r in reversed(world.responses) if "position" in r.json())
    until_done(world, f"/conversations/{world.conversation_id}/events?after={position}", count)


@when("I keep a stream of the message open")
def keep_stream_open(context: Context) -> None:
    world = context.world
    url = f"{world.api.url}{events_of_message(world)}"
    response = world.scenario.enter(httpx.stream("GET", url, timeout=ANSWER_SECONDS, trust_env=False))
    assert response.is_success


@when("I GET the events of the message")
def get_events(context: Context) -> None:
    world = context.world
    world.responses.append(world.api.get(events_of_message(world)))


@when("I wait up to {seconds:d} seconds for updates after {after:d}")
def wait_for_updates(context: Context, seconds: int, after: int) -> None:
    request_updates(context.world, {"Prefer": f"wait={seconds}"}, after=after)


@when("I request the updates again with their ETag")
def request_with_etag(context: Context) -> None:
    request_updates(context.world, {"If-None-Match": context.world.response.headers["etag"]})


@when("I request the updates with the ETag of an older answer")
def request_with_old_etag(context: Context) -> None:
    request_updates(context.world, {"If-None-Match": '"1"'})


@then("the stream should have told the updates of the message, each once and in order")
def told_updates(context: Context) -> None:
    events = [event for event in told(context.world).events if event.name == "update"]
    assert [event.data for event in events] == context.world.follow()
    assert [event.id for event in events] == [str(event.data["sequence"]) for event in events]


@then("the stream should have told the updates of the message without the first {count:d}")
def told_rest(context: Context, count: int) -> None:
    assert told(context.world).updates == context.world.follow()[count:]


@then('the stream should have ended with "{name}" and the status "{status}"')
def ended_with(context: Context, name: str, status: str) -> None:
    last = told(context.world).events[-1]
    assert (last.name, last.data) == (name, {"message_id": context.world.message_id, "status": status})


@then("I should have come back at least {count:d} times")
def came_back(context: Context, count: int) -> None:
    assert told(context.world).came_back >= count


@then("the stream should have told the updates of all messages, each once and in order")
def told_all_updates(context: Context) -> None:
    world, updates = context.world, told(context.world).updates
    for message_id in world.message_ids:
        assert [update for update in updates if update["message_id"] == message_id] == world.api.updates(message_id)
    assert [update["processed_at"] for update in updates] == sorted(update["processed_at"] for update in updates)


@then('the stream should have told "{name}" once for each message')
def told_once_each(context: Context, name: str) -> None:
    named = [event.data["message_id"] for event in told(context.world).events if event.name == name]
    assert sorted(named) == sorted(context.world.message_ids)


@then("the stream should have told the updates of the last message only")
def told_last(context: Context) -> None:
    assert told(context.world).updates == context.world.follow()


@then("the answer should have come within {seconds:d} seconds")
def came_within(context: Context, seconds: int) -> None:
    assert context.world.response.elapsed.total_seconds() < seconds


@then("the answer should have taken at least {seconds:d} seconds")
def took_at_least(context: Context, seconds: int) -> None:
    assert context.world.response.elapsed.total_seconds() >= seconds


@then("I should receive updates from {sequence:d} on")
def updates_from(context: Context, sequence: int) -> None:
    found = [update["sequence"] for update in context.world.response.json()]
    assert found
    assert found == list(range(sequence, sequence + len(found)))


@then("the response should be empty")
def is_empty(context: Context) -> None:
    assert context.world.response.content == b""


def told(world: World) -> Told:
    return world.scenario.keep("told", lambda: Told([]))


def events_of_message(world: World) -> str:
    return f"/messages/{world.message_id}/events"


def request_updates(world: World, headers: dict[str, str], **parameters: int) -> None:
    path = f"/messages/{world.message_id}/updates"
    world.responses.append(world.api.request("GET", path, headers=headers, params=parameters))


def until_done(world: World, path: str, count: int) -> None:
    events = told(world).events
    for event in stream(world, path):
        events.append(event)
        count -= event.name == "done"
        if not count:
            return


def stream(world: World, path: str, *, last_id: str | None = None) -> Iterator[Event]:
    headers = {"Last-Event-ID": last_id} if last_id else {}
    url = f"{world.api.url}{path}"
    with httpx.stream("GET", url, headers=headers, timeout=ANSWER_SECONDS, trust_env=False) as response:
        assert response.headers["content-type"].startswith("text/event-stream"), response.headers
        fields: dict[str, str] = {}
        for line in response.iter_lines():
            if line:
                name, _, value = line.partition(": ")
                fields[name] = value
            elif "event" in fields:
                yield Event(fields["event"], fields.get("id"), json.loads(fields["data"]))
                fields = {}
