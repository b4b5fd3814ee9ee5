"""What an answer says and how it came about."""

import json
import re
from decimal import Decimal

from tests.api_client import Json
from tests.gherkin import Context, then

TABLE = re.compile(r"^\|.+\|\n\|(?: ?:?-+:? ?\|)+\n(?:\|.+\|(?:\n|\Z))+", re.MULTILINE)
AMOUNT = re.compile(r"(-?)£([\d,]+\.\d{2})")
INTERNAL = (
    "Traceback",
    "Exception",
    "Error:",
    "127.0.0.1",
    "localhost",
    "openai",
    "semantic_kernel",
    "test-key",
    "/v1",
)


@then('the answer should begin with "{text}"')
def begins_with(context: Context, text: str) -> None:
    assert result(context).startswith(text), result(context)


@then('the answer should mention "{text}"')
def mentions(context: Context, text: str) -> None:
    assert text in result(context), result(context)


@then('the answer should not mention "{text}"')
def mentions_not(context: Context, text: str) -> None:
    assert text not in result(context), result(context)


@then("the answer should have a Markdown table")
def has_table(context: Context) -> None:
    assert TABLE.search(result(context)), result(context)


@then('the answer should have the headings "{names}"')
def has_headings(context: Context, names: str) -> None:
    assert re.findall(r"^### (.+)$", result(context), re.MULTILINE) == names.split(", "), result(context)


@then("the lines of the table should add up to £{total}")
def table_adds_up(context: Context, total: str) -> None:
    found = TABLE.search(result(context))
    assert found, result(context)
    amounts = [Decimal(f"{sign}{value.replace(',', '')}") for sign, value in AMOUNT.findall(found[0])]
    assert sum(amounts) == Decimal(total), result(context)


@then('the answer should come from "{agent}"')
def comes_from(context: Context, agent: str) -> None:
    answer = context.world.answer
    assert answer["agent_name"] == agent, answer


@then("the answer should ask for something")
def asks(context: Context) -> None:
    answer = context.world.answer
    assert (answer["status"], answer["input_required"]) == ("completed", True), answer


@then("the answer should not ask for anything")
def asks_nothing(context: Context) -> None:
    assert context.world.answer["input_required"] is False, context.world.answer


@then("the updates should go")
def updates_go(context: Context) -> None:
    wanted = [(row["status"], row["kind"], row["agent"]) for row in context.table]
    found = [(update["status"], kind(update), update["agent_name"] or "") for update in context.world.follow()]
    assert found == wanted, found


@then('the tool used should be "{tool}"')
def tool_is(context: Context, tool: str) -> None:
    assert [call["tool"] for call in tool_calls(context)] == [tool], context.world.updates


@then("no tool should be used")
def no_tool(context: Context) -> None:
    assert tool_calls(context) == [], context.world.updates


@then('no tool call should carry "{text}"')
def no_tool_call_carries(context: Context, text: str) -> None:
    for call in tool_calls(context):
        assert text not in json.dumps(call["arguments"]), call


@then("the answer should be the same as that of the API with its tools in process")
def same_answer(context: Context) -> None:
    world = context.world
    question = world.api.status(world.message_id)["content"]
    _, in_process = world.run.server({})
    assert in_process.ask(question)["result"] == result(context)


@then('the answer should be marked as given without "{part}"')
def degraded(context: Context, part: str) -> None:
    assert context.world.answer["details"]["degraded"] == [part], context.world.answer


@then("nothing internal should have been told")
def nothing_internal(context: Context) -> None:
    told = json.dumps(context.world.follow())
    assert [word for word in INTERNAL if word in told] == [], told


def result(context: Context) -> str:
    return str(context.world.answer["result"])


def kind(update: Json) -> str:
    return str((update["details"] or {}).get("kind", ""))


def tool_calls(context: Context) -> list[Json]:
    return [update["details"] for update in context.world.follow() if kind(update) == "tool"]
