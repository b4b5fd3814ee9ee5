"""Send messages and follow them."""

import json
from datetime import datetime
from uuid import UUID

from tests.api_client import FINAL, HEADER, sequences
from tests.features.steps.request_steps import assert_utc
from tests.features.world import World, unescaped
from tests.gherkin import Context, then, when


@when('I submit a message "{text}" with thread ID "{conversation_id}"')
def submit_to(context: Context, text: str, conversation_id: str) -> None:
    context.world.send(text, conversation_id)


@when('I submit a message "{text}"')
def submit(context: Context, text: str) -> None:
    context.world.send(unescaped(text))


@when("I submit a message of {length:d} characters")
def submit_long(context: Context, length: int) -> None:
    context.world.send("£" * length if length <= 10_001 else "a" * length)


@when("I submit a message of {length:d} emoji written as JSON escapes")
def submit_escaped(context: Context, length: int) -> None:
    world = context.world
    headers = {HEADER: world.conversation_id, "Content-Type": "application/json"}
    content = json.dumps({"message": "😀" * length}).encode()
    assert len(content) > 12 * length
    world.responses.append(world.api.request("POST", "/messages", content=content, headers=headers))


@when("I submit a message without a conversation ID header")
def submit_without_header(context: Context) -> None:
    response = context.world.api.request("POST", "/messages", json={"message": "Hello"})
    context.world.responses.append(response)


@when('I submit a message with the conversation ID header "{value}"')
def submit_with_header(context: Context, value: str) -> None:
    header = "" if value == "{empty}" else value
    response = context.world.api.request("POST", "/messages", json={"message": "Hello"}, headers={HEADER: header})
    context.world.responses.append(response)


@when("I submit a message with a conversation ID of {length:d} characters")
def submit_with_long_header(context: Context, length: int) -> None:
    submit_with_header(context, "a" * length)


@when("I submit {count:d} messages to the conversation at once")
def submit_burst(context: Context, count: int) -> None:
    for number in range(count):
        context.world.send("What is my current bill?" if number % 2 else "Hello")


@when("I submit one message to each of {count:d} conversations")
def submit_everywhere(context: Context, count: int) -> None:
    for number in range(count):
        context.world.send("What is my current bill?", f"{context.world.conversation_id}-{number}")


@when('I ask "{text}" {count:d} times')
def ask_often(context: Context, text: str, count: int) -> None:
    for _ in range(count):
        ask(context, text)


@when('I ask "{text}"')
def ask(context: Context, text: str) -> None:
    """Submit and wait for the answer."""
    context.world.send(text)
    context.world.follow()


@when("I start another conversation")
def start_another(context: Context) -> None:
    context.world.conversation_id += "-other"


@when("I request the status of the message")
def request_status(context: Context) -> None:
    world = context.world
    world.responses.append(world.api.get(f"/messages/{world.message_id}/status"))


@when("I request updates for the message")
def request_updates(context: Context) -> None:
    world = context.world
    world.responses.append(world.api.get(f"/messages/{world.message_id}/updates"))


@when("I request the updates after {sequence:d}")
def request_updates_after(context: Context, sequence: int) -> None:
    world = context.world
    world.responses.append(world.api.get(f"/messages/{world.message_id}/updates", after=sequence))


@when("I wait for the final update")
def wait_for_final(context: Context) -> None:
    context.world.follow()


@then("I should receive a message ID")
def has_message_id(context: Context) -> None:
    message_id = context.world.response.json()["message_id"]
    assert str(UUID(message_id)) == message_id


@then('the status should be "{status}"')
def status_is(context: Context, status: str) -> None:
    assert context.world.response.json()["status"] == status


@then("the message should be processed asynchronously")
def is_processed_later(context: Context) -> None:
    accepted = context.world.response.json()
    updates = context.world.follow()
    assert accepted["status"] == "received"
    assert updates[-1]["status"] == "completed"
    assert updates[-1]["processed_at"] > accepted["received_at"]


@then('the "Location" header should lead to the status of the message')
def location_leads_to_status(context: Context) -> None:
    world = context.world
    response = world.api.get(world.response.headers["location"])
    assert response.is_success
    assert response.json()["message_id"] == world.message_id


@then("I should receive a list of updates")
def has_updates(context: Context) -> None:
    assert len(context.world.response.json()) > 0


@then("each update should have a timestamp")
def updates_have_time(context: Context) -> None:
    for update in context.world.response.json():
        assert_utc(update["processed_at"])


@then('the final status should be "{status}"')
def final_status_is(context: Context, status: str) -> None:
    answer = context.world.answer
    assert answer["status"] == status, answer


@then("I should receive an empty list")
def list_is_empty(context: Context) -> None:
    assert context.world.response.json() == []


@then("I should receive the same updates as before without the first {count:d}")
def same_updates(context: Context, count: int) -> None:
    assert context.world.response.json() == context.world.updates[count:]


@then('every update should begin with the fields "{names}"')
def updates_begin(context: Context, names: str) -> None:
    wanted = names.split(", ")
    for update in context.world.updates:
        assert list(update)[: len(wanted)] == wanted, update


@then("every update should belong to the message")
def updates_belong(context: Context) -> None:
    assert {update["message_id"] for update in context.world.updates} == {context.world.message_id}


@then('the first update should be "{status}" with the result "{result}"')
def first_update_is(context: Context, status: str, result: str) -> None:
    first = context.world.updates[0]
    assert (first["status"], first["result"], first["agent_name"]) == (status, result, None), first


@then("the updates should be numbered from 1 without gaps")
def updates_are_numbered(context: Context) -> None:
    updates = context.world.updates
    assert sequences(updates) == list(range(1, len(updates) + 1))
    assert [update["processed_at"] for update in updates] == sorted(update["processed_at"] for update in updates)


@then("exactly one update should be final")
def one_final(context: Context) -> None:
    statuses = [update["status"] for update in context.world.updates]
    assert [status in FINAL for status in statuses] == [False] * (len(statuses) - 1) + [True], statuses


@then('the message should have failed with "{code}"')
def has_failed(context: Context, code: str) -> None:
    assert_failed(context.world, context.world.message_id, code)


@then('all messages should have failed with "{code}"')
def all_failed(context: Context, code: str) -> None:
    for message_id in context.world.message_ids:
        assert_failed(context.world, message_id, code)


@then("the failure should have come within {seconds:d} seconds")
def failed_within(context: Context, seconds: int) -> None:
    first, last = (datetime.fromisoformat(context.world.updates[place]["processed_at"]) for place in (0, -1))
    assert (last - first).total_seconds() < seconds


def assert_failed(world: World, message_id: str, code: str) -> None:
    last = world.api.final_updates(message_id)[-1]
    assert (last["status"], last["error_code"]) == ("failed", code), last
    assert last["result"], "a sentence for the customer"
