"""Days, months and periods for tools of any schema."""

from collections.abc import Sequence
from datetime import date

import pytest
from pydantic import JsonValue

from agents.offline.answering.arguments.filling import fill
from agents.offline.answering.memory.context import Context
from agents.offline.answering.reading.reading import read
from agents.offline.answering.tools.schema import ToolCard, tool_card
from agents.offline.answering.values import Tool

TODAY = date(2026, 11, 23)
AFTER_JULY = Context(TODAY, month=(7, None), months=((6, None), (7, None)))
type Properties = dict[str, JsonValue]


def tool(description: str, properties: Properties) -> ToolCard:
    return tool_card(Tool("Agent-look_up", description, {"type": "object", "properties": properties}))


def values(card: ToolCard, text: str, context: Context | None = None) -> list[JsonValue]:
    filled = fill(card, read(text), context or Context(TODAY), request=text).values
    return [filled.get(parameter.name, (None,))[0] for parameter in card.parameters]


def months_of(*properties: Properties) -> ToolCard:
    return tool("Usage of a month.", {name: schema for each in properties for name, schema in each.items()})


PAYMENTS = tool(
    "Payments of the customer, newest first.",
    {"from": {"type": "string", "format": "date"}, "to": {"type": "string", "format": "date"}},
)
HOURS = tool("Opening hours.", {"on": {"type": "string", "description": "Day asked about (ISO date, YYYY-MM-DD)."}})
COMPARED = tool(
    "Compares two statements.",
    {
        "newer": {"type": "string", "description": "Month as YYYY-MM"},
        "older": {"type": "string", "description": "Month as YYYY-MM"},
    },
)
REPORT = tool(
    "Usage per month.",
    {
        "start_month": {"type": "string", "description": "YYYY-MM"},
        "end_month": {"type": "string", "pattern": r"^\d{4}-\d{2}$"},
    },
)


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("payments since the 15th of this month", "2026-11-15"),
        ("payments since the 30th of last month", "2026-10-30"),
        ("payments since the 31st of this month", "2026-11-30"),
    ],
)
def test_a_day_of_a_month_that_is_counted(text: str, start: str) -> None:
    assert values(PAYMENTS, text)[0] == start


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("payments in October", ["2026-10-01", "2026-10-31"]),
        ("payments since the start of September", ["2026-09-01", None]),
        ("payments since 15 July", ["2026-07-15", None]),
        ("payments between 1 March and 10 April", ["2026-03-01", "2026-04-10"]),
        ("payments from 1 to 15 March", ["2026-03-01", "2026-03-15"]),
        ("payments from June to August", ["2026-06-01", "2026-08-31"]),
        ("payments before 5 June", [None, "2026-06-04"]),
        ("what have I paid this year", ["2026-01-01", None]),
        ("last year's payments", ["2025-01-01", "2025-12-31"]),
        ("payments last week", ["2026-11-16", "2026-11-22"]),
        ("payments in the last 30 days", ["2026-10-24", None]),
        ("payments since Christmas", ["2025-12-25", None]),
        ("my payments", [None, None]),
    ],
)
def test_a_period_has_two_ends_and_an_open_one_is_left_out(text: str, expected: Sequence[JsonValue]) -> None:
    assert values(PAYMENTS, text) == expected


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("are you open on Christmas Eve", "2026-12-24"),
        ("are you open on Boxing Day?", "2026-12-26"),
        ("are the shops open on New Year's Day?", "2027-01-01"),
        ("open on Easter Monday?", "2027-03-29"),
        ("Good Friday hours", "2027-03-26"),
        ("can I ring you on Sunday?", "2026-11-29"),
        ("open on the 5th?", "2026-12-05"),
        ("open in three days?", "2026-11-26"),
        ("are you open on Sundays", None),
        ("which shop opens on a Sunday", None),
    ],
)
def test_a_day_goes_by_its_name(text: str, day: str | None) -> None:
    assert values(HOURS, text) == [day]


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"description": "Month as YYYY-MM"}, "2026-06"),
        ({"pattern": r"^\d{4}-(0[1-9]|1[0-2])$"}, "2026-06"),
        ({"description": "MM/YYYY"}, "06/2026"),
        ({"description": "e.g. 'March 2026'"}, "June 2026"),
        ({"type": "integer", "description": "Month as YYYYMM, e.g. 202603"}, 202606),
        ({"description": "Number of the month, 1-12"}, "6"),
        ({"description": "Two digits, 01 to 12"}, "06"),
        ({"enum": ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]}, "jun"),
        ({"enum": [f"{number:02}" for number in range(1, 13)]}, "06"),
        ({"type": "integer", "enum": list(range(1, 13))}, 6),
        ({}, "June"),
    ],
)
def test_a_month_is_written_as_the_schema_writes_it(schema: Properties, expected: JsonValue) -> None:
    assert values(months_of({"period": {"type": "string", **schema}}), "what did I use in June") == [expected]


def test_a_price_per_month_is_no_month() -> None:
    assert values(months_of({"price_per_month": {"type": "number", "description": "In pounds"}}), "used in June") == [
        None
    ]


@pytest.mark.parametrize(
    ("text", "context", "expected"),
    [
        ("why did it go up between April and May?", None, ["2026-05", "2026-04"]),
        ("compare October with September", None, ["2026-10", "2026-09"]),
        ("this March was way more than March last year, what changed?", None, ["2026-03", "2025-03"]),
        ("why is it so much higher than last month?", None, ["2026-11", "2026-10"]),
        ("why was that one higher than June's?", AFTER_JULY, ["2026-07", "2026-06"]),
        ("what changed between the two", AFTER_JULY, ["2026-07", "2026-06"]),
        ("compare it with the one before", AFTER_JULY, ["2026-07", "2026-06"]),
        ("and May?", AFTER_JULY, [None, None]),
    ],
)
def test_two_months_are_put_in_the_order_of_their_names(
    text: str, context: Context | None, expected: Sequence[JsonValue]
) -> None:
    assert values(COMPARED, text, context) == expected


def test_the_month_that_was_asked_for_joins_the_one_that_was_said() -> None:
    asked = Context(TODAY, month=(7, None), months=((7, None),), asked="older")
    assert values(COMPARED, "May", asked) == ["2026-07", "2026-05"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [("usage from June to August", ["2026-06", "2026-08"]), ("usage since March", ["2026-03", None])],
)
def test_months_bound_a_period_as_well(text: str, expected: Sequence[JsonValue]) -> None:
    assert values(REPORT, text) == expected


MONTH_AND_YEAR = tool("The bill of a month.", {"month": {"type": "integer"}, "year": {"type": "integer"}})


def test_the_same_months_of_another_year_are_both() -> None:
    filled = fill(MONTH_AND_YEAR, read("and the same months last year"), AFTER_JULY, request="")
    assert filled.arguments(MONTH_AND_YEAR) == ({"month": 6, "year": 2025}, {"month": 7, "year": 2025})


def test_a_year_is_added_to_the_month_that_was_named_before() -> None:
    assert values(months_of({"month": {"type": "string", "description": "YYYY-MM"}}), "of 2025 I mean", AFTER_JULY) == [
        "2025-07"
    ]
    assert values(PAYMENTS, "of 2025 I mean", AFTER_JULY) == [None, None]


def test_back_to_this_year_says_which_year() -> None:
    assert values(MONTH_AND_YEAR, "now back to this year, January", Context(TODAY, month=(1, 2025))) == [1, 2026]
