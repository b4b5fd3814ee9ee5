"""Headers and fields of a message besides its text."""

from concurrent.futures import ThreadPoolExecutor

from tests.gherkin import Context, then, when
from tests.waiting import eventually

KEY = "Idempotency-Key"


@when('under the idempotency key {key} I submit a message "{text}"')
def submit_with_key(context: Context, text: str, key: str) -> None:
    context.world.send(text, headers={KEY: "" if key == "(empty)" else key})


@when("I submit a message with an idempotency key of {length:d} characters")
def submit_with_long_key(context: Context, length: int) -> None:
    context.world.send("Hello", headers={KEY: "k" * length})


@when("I submit the same message {count:d} times at once with one idempotency key")
def submit_at_once(context: Context, count: int) -> None:
    world = context.world
    with ThreadPoolExecutor(20) as clients:
        sent = [clients.submit(world.send, "Hello", headers={KEY: "at-once"}) for _ in range(count)]
    for future in sent:
        future.result()


@then("the response should be the same as the first one, and replayed")
def is_replay(context: Context) -> None:
    first, last = context.world.responses[0], context.world.response
    assert (last.status_code, last.json()) == (first.status_code, first.json()), last.text
    assert last.headers["location"] == first.headers["location"]
    assert "idempotent-replayed" not in first.headers
    assert last.headers["idempotent-replayed"] == "true"


@then("{count:d} responses should be replayed")
def are_replayed(context: Context, count: int) -> None:
    found = [response for response in context.world.responses if "idempotent-replayed" in response.headers]
    assert len(found) == count


@then("there should be {count:d} message")
@then("there should be {count:d} messages")
def messages_are(context: Context, count: int) -> None:
    assert context.world.api.total(conversation_id=context.world.conversation_id) == count


@then('the idempotency key {key} should make another message "{text}" within {seconds:d} seconds')
def makes_another(context: Context, key: str, text: str, seconds: int) -> None:
    def is_another() -> bool:
        submit_with_key(context, text, key)
        return "idempotent-replayed" not in context.world.response.headers

    eventually(is_another, "a new message", within=seconds)
    assert len(context.world.message_ids) == 2


@when('if the conversation is busy, to "{word}", I submit a message "{text}"')
@when('if the conversation is busy, to "", I submit a message "{text}"')
def submit_if_busy(context: Context, text: str, word: str = "") -> None:
    context.world.send(text, headers={"x-semker-if-busy": word})


@then("the problem should name the first message")
def names_first(context: Context) -> None:
    assert context.world.response.json()["message_id"] == context.world.message_ids[0]


@then("all messages before the last should be cancelled")
def are_cancelled(context: Context) -> None:
    world = context.world
    assert {world.api.status(message_id)["status"] for message_id in world.message_ids[:-1]} == {"cancelled"}


@then("the second message should point at the first, which answers both")
def points_at_first(context: Context) -> None:
    world = context.world
    first, second = world.message_ids
    assert world.api.final_updates(second)[-1]["details"] == {"kind": "merged", "answered_by": first}
    answer = world.api.final_updates(first)[-1]
    assert "£45.50" in answer["result"], answer
    assert "France" in answer["result"], answer


@then("the conversation should hold {count:d} turns")
def holds_turns(context: Context, count: int) -> None:
    assert len(context.world.conversation["turns"]) == count
