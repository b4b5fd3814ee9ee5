"""What health tells."""

from tests.gherkin import Context, then


@then("the uptime should be positive and grow")
def uptime_grows(context: Context) -> None:
    before = context.world.response.json()["uptime_seconds"]
    assert 0 < before < context.world.api.health()["uptime_seconds"]


@then("the system information should hold")
def system_holds(context: Context) -> None:
    system = context.world.response.json()["system"]
    for row in context.table:
        assert str(system[row["field"]]) == row["value"], system


@then('the system information should tell a positive "{name}"')
def system_tells(context: Context, name: str) -> None:
    assert context.world.response.json()["system"][name] > 0


@then('health should tell the provider "{provider}"')
def tells_provider(context: Context, provider: str) -> None:
    assert context.world.api.health()["system"]["model_provider"] == provider
