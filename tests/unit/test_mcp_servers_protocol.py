"""What holds for every tool of every server: identity, arguments, errors, schemas, concurrency and cost."""

import asyncio
import logging
import re
import sqlite3
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from mcp.shared.memory import create_connected_server_and_client_session

import mcp_servers
from mcp_servers import CUSTOMER_KEY, SERVERS, create_server
from mcp_servers.records import open_records
from mcp_servers.toolkit import Caller, Result, tool, tools_of
from tests.unit.test_mcp_servers_support import CUSTOMERS, DAYS, ask, call, refused, session, text_of

OWN: list[tuple[str, str, dict[str, Any]]] = [
    ("billing", "get_current_bill", {}),
    ("billing", "get_bill", {"month": 5}),
    ("billing", "list_bills", {}),
    ("billing", "get_payment_status", {}),
    ("billing", "explain_charge", {"charge": "roaming"}),
    ("tariff", "get_usage", {}),
    ("roaming", "get_roaming_usage", {}),
    ("tariff", "get_current_tariff", {}),
]
OPEN: list[tuple[str, str, dict[str, Any]]] = [
    ("roaming", "get_roaming_rates", {"country": "Spain"}),
    ("roaming", "list_destinations", {}),
    ("tariff", "list_tariffs", {}),
    ("tariff", "compare_tariffs", {"a": "Prepaid 10GB", "b": "Prepaid 30GB"}),
    ("tariff", "list_add_ons", {}),
    ("faq", "search_faq", {"question": "esim"}),
    ("faq", "get_article", {"id": "puk-code"}),
]
IDENTITIES = ("customer_id", "customer", "caller", "account_id", "tenant", "sub", "semker/customer_id", "context")


@pytest.mark.asyncio
@pytest.mark.parametrize(("server", "name", "arguments"), OWN)
async def test_a_tool_with_customer_data_needs_a_known_customer(
    server: str, name: str, arguments: dict[str, Any]
) -> None:
    missing = await refused(server, name, None, **arguments)
    assert missing == "No customer is identified for this request."
    for unknown in ("C-9999", "c-1001", "' OR 1=1 --"):
        assert await refused(server, name, unknown, **arguments) == "We have no account for this customer."


@pytest.mark.asyncio
@pytest.mark.parametrize("customer", ["", 1001, None, ["C-1001"], {"id": "C-1001"}])
async def test_an_identity_that_is_not_a_text_is_none(customer: object) -> None:
    async with session("billing") as opened:
        result = await opened.call_tool("get_current_bill", {}, meta={CUSTOMER_KEY: customer})
    assert text_of(result) == "No customer is identified for this request."


@pytest.mark.asyncio
@pytest.mark.parametrize(("server", "name", "arguments"), OWN + OPEN)
async def test_the_customer_is_never_an_argument(server: str, name: str, arguments: dict[str, Any]) -> None:
    for identity in IDENTITIES:
        text = await refused(server, name, "C-1001", **arguments, **{identity: "C-1002"})
        assert text.startswith(f"Invalid arguments. {name} does not accept all of the given arguments; it accepts: ")
        assert "C-1002" not in text


@pytest.mark.asyncio
@pytest.mark.parametrize(("server", "name", "arguments"), OWN + OPEN)
async def test_every_tool_answers_in_one_sentence(server: str, name: str, arguments: dict[str, Any]) -> None:
    for customer in CUSTOMERS:
        summary = (await ask(server, name, customer, **arguments))["summary"]
        assert summary[0].isupper() or summary[0] == "£"
        assert summary.endswith(".")
        assert not re.search(r"[.!?] [A-Z]|None|\.\.|  ", summary), summary


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("server", "name", "arguments", "said"),
    [
        ("billing", "get_bill", {}, "month: Field required"),
        ("billing", "get_bill", {"month": 13}, "month: Input should be less than or equal to 12"),
        ("billing", "get_bill", {"month": "June<script>"}, "month: Input should be a valid integer"),
        ("billing", "get_bill", {"month": 1, "year": 99999}, "year: Input should be less than or equal to 2100"),
        ("billing", "list_bills", {"limit": 0}, "limit: Input should be greater than or equal to 1"),
        ("billing", "explain_charge", {"charge": ""}, "charge: String should have at least 1 character"),
        ("roaming", "get_roaming_rates", {"country": "x" * 81}, "country: String should have at most 80 characters"),
        ("roaming", "list_destinations", {"zone": "mars"}, "zone: Input should be 'home_islands'"),
        ("tariff", "list_tariffs", {"type": ["sim_only"]}, "type: Input should be 'sim_only'"),
    ],
)
async def test_bad_arguments_are_named_and_not_repeated(
    server: str, name: str, arguments: dict[str, Any], said: str
) -> None:
    text = await refused(server, name, **arguments)
    assert text.startswith("Invalid arguments. ")
    assert said in text
    assert not any(word in text for word in ("script", "99999", "xxx", "mars", "pydantic"))


@pytest.mark.asyncio
async def test_arguments_may_be_given_as_text_or_as_null() -> None:
    assert (await ask("billing", "get_bill", month="8", year=None))["month"] == "August 2026"


@pytest.mark.asyncio
async def test_an_unknown_tool_is_an_error() -> None:
    assert await refused("billing", "delete_everything") == "Unknown tool: delete_everything"


class Broken:
    @tool("nothing")
    async def fail(self) -> Result:
        """Fails with a text that nobody may see."""
        raise sqlite3.OperationalError("no such table: secret /etc/passwd")

    @tool("nothing valid")
    async def wrong(self) -> Result:
        """Builds a result that is not valid."""
        return Result.model_validate({"summary": ["secret"]})


@pytest.mark.asyncio
@pytest.mark.parametrize("name", ["fail", "wrong"])
async def test_an_unexpected_failure_is_logged_and_never_shown(name: str, caplog: pytest.LogCaptureFixture) -> None:
    (broken,) = [made for made in tools_of(Broken()) if made.name == name]
    with caplog.at_level(logging.ERROR):
        result = await broken.run({})
    assert result.isError
    assert text_of(result) == "Something went wrong while looking this up. Please try again later."
    assert "secret" in caplog.text
    assert "Traceback" in caplog.text


class Tracing:
    @tool("who asks")
    async def who(self, caller: Caller) -> Result:
        """Tells what came with the request."""
        return Result(summary=f"{caller.customer_id} {caller.traceparent}")


@pytest.mark.asyncio
async def test_the_trace_context_comes_with_the_caller() -> None:
    server = create_server("faq")
    server._tool_manager._tools["who"] = tools_of(Tracing())[0]
    async with create_connected_server_and_client_session(server) as opened:
        result = await opened.call_tool("who", {}, meta={CUSTOMER_KEY: "C-1", "traceparent": "00-ab-cd-01"})
    assert result.structuredContent == {"summary": "C-1 00-ab-cd-01"}


@pytest.mark.asyncio
@pytest.mark.parametrize("name", list(SERVERS))
async def test_tools_describe_themselves_to_models_and_people(name: str) -> None:
    async with session(name) as opened:
        tools = (await opened.list_tools()).tools
    assert {listed.name for listed in tools} == {tool_name for server, tool_name, _ in OWN + OPEN if server == name}
    for listed in tools:
        assert listed.title
        assert listed.title[0].islower()
        assert listed.description
        assert "\n" not in listed.description
        assert listed.annotations is not None
        assert listed.annotations.readOnlyHint
        assert listed.inputSchema["additionalProperties"] is False
        assert listed.outputSchema is not None
        assert "summary" in listed.outputSchema["required"]
        assert not any("anyOf" in schema for schema in flat(listed.inputSchema) if isinstance(schema, dict))
        for argument in listed.inputSchema["properties"].values():
            assert argument["description"]
            assert argument["type"] == "boolean" or {"maxLength", "maximum", "enum"} & set(argument)


def flat(schema: object) -> Iterator[object]:
    yield schema
    for inner in schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else ():
        yield from flat(inner)


@pytest.mark.asyncio
async def test_customers_who_ask_at_the_same_time_are_never_mixed_up() -> None:
    alone = {customer: await ask("billing", "get_current_bill", customer) for customer in CUSTOMERS}
    async with session("billing") as opened:
        asked = [customer for _ in range(30) for customer in CUSTOMERS]
        results = await asyncio.gather(*(call(opened, "get_current_bill", customer=customer) for customer in asked))
    for customer, result in zip(asked, results, strict=True):
        assert result.structuredContent == alone[customer]


@pytest.mark.asyncio
async def test_the_data_follows_the_clock_while_the_server_runs() -> None:
    day = date(2026, 12, 31)
    async with create_connected_server_and_client_session(create_server("billing", lambda: day)) as opened:
        before = await call(opened, "get_current_bill")
        day = date(2027, 1, 1)
        after = await call(opened, "get_current_bill")
    assert text_of(before).startswith(
        '{"summary":"Your current bill is £45.50 for December 2026, due on 5 January 2027."'
    )
    assert text_of(after).startswith(
        '{"summary":"Your current bill is £45.50 for January 2027, due on 5 February 2027."'
    )


@pytest.mark.parametrize("today", DAYS)
def test_the_same_day_gives_the_same_data(today: date) -> None:
    first, second = (list(open_records(today).connection.iterdump()) for _ in range(2))
    assert first == second


def test_nothing_is_paid_or_failed_before_it_happens() -> None:
    for day in (date(2026, 1, 1) + timedelta(days=11 * step) for step in range(70)):
        records = open_records(day)
        happened = "SELECT paid_on, failed_on FROM bill WHERE coalesce(paid_on, failed_on) > ?"
        assert records.all(happened, day.isoformat()) == []
        assert records.all("SELECT 1 FROM bill WHERE (status = 'paid') != (paid_on IS NOT NULL)") == []
        assert records.all("SELECT 1 FROM bill WHERE status = 'due' AND due_on < ?", day.isoformat()) == []
        assert (
            records.one(
                "SELECT min(total) AS least FROM (SELECT sum(pence) AS total FROM bill_line GROUP BY customer, month)"
            )["least"]
            > 0
        )


def test_a_server_leaves_the_root_logger_alone() -> None:
    root = logging.getLogger()
    before = (root.level, root.handlers[:])
    create_server("billing")
    assert (root.level, root.handlers) == before


def test_the_package_imports_nothing_else_of_the_repository() -> None:
    package = Path(mcp_servers.__file__).parent
    ours = {path.stem for path in package.parent.iterdir() if path.suffix == ".py" or path.is_dir()} - {package.name}
    for module in package.glob("*.py"):
        imported = re.findall(r"^\s*(?:from|import) (\w+)", module.read_text("utf-8"), re.MULTILINE)
        assert not ours & set(imported), module.name


def test_an_unknown_server_is_an_error() -> None:
    with pytest.raises(KeyError):
        create_server("weather")


@pytest.mark.asyncio
async def test_creation_and_calls_are_cheap() -> None:
    create_server("billing")
    started = time.process_time()
    servers = {name: create_server(name) for name in SERVERS}
    assert time.process_time() - started < 0.15
    for server, name, arguments in OWN + OPEN:
        (made,) = [made for made in servers[server]._tool_manager.list_tools() if made.name == name]
        assert await cost_of(made, arguments) < 0.0015, name  # 0.5 ms, and room for a busy machine


async def cost_of(made: Any, arguments: dict[str, Any], repeats: int = 50) -> float:
    """CPU seconds of one call once the records are open."""

    class Context:
        class request_context:
            meta = type("Meta", (), {"model_extra": {CUSTOMER_KEY: "C-1001"}})

    await made.run(arguments, Context)
    started = time.process_time()
    for _ in range(repeats):
        await made.run(arguments, Context)
    return (time.process_time() - started) / repeats
