"""Callbacks and their log."""

from tests.doubles.webhook_receiver import WebhookReceiver
from tests.features.world import World
from tests.gherkin import Context, given, then, when
from tests.waiting import eventually


@given("a receiver of callbacks")
def receiver_runs(context: Context) -> None:
    receiver_of(context.world)


@when('with the callback address "{url}" I submit a message "{text}"')
def submit_with_address(context: Context, text: str, url: str) -> None:
    context.world.send(text, callback_url=url)


@when('with the callback address of the receiver I submit a message "{text}"')
def submit_with_receiver(context: Context, text: str) -> None:
    submit_with_address(context, text, receiver_of(context.world).url)


@when("I ask for another delivery")
def redeliver(context: Context) -> None:
    world = context.world
    world.responses.append(world.api.request("POST", f"/messages/{world.message_id}/deliveries"))


@then('the receiver should be told within {seconds:d} seconds that the message is "{status}"')
def is_told(context: Context, seconds: int, status: str) -> None:
    world = context.world
    (event,) = eventually(lambda: receiver_of(world).events or None, "a callback", within=seconds)
    assert event.content["type"] == f"message.{status}", event
    assert event.content["data"]["message_id"] == world.message_id, event


@then('the deliveries should be "{state}" with the results "{results}"')
def deliveries_are(context: Context, state: str, results: str) -> None:
    world = context.world
    path = f"/messages/{world.message_id}/deliveries"
    found = eventually(lambda: log if (log := world.api.get(path).json())["state"] == state else None, state, within=10)
    assert [str(each["status_code"] or each["error"]) for each in found["deliveries"]] == results.split(", "), found


@then("the receiver should have been told twice under one id")
def told_twice(context: Context) -> None:
    receiver = receiver_of(context.world)
    eventually(lambda: len(receiver.events) == 2, "the second callback", within=10)
    assert len({event.id for event in receiver.events}) == 1


def receiver_of(world: World) -> WebhookReceiver:
    return world.scenario.keep("receiver", lambda: world.scenario.enter(WebhookReceiver()))
