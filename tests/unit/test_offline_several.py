"""More than one thing at once: both sides of a comparison, the other one, all of those before."""

import pytest
from pydantic import JsonValue

from agents.offline.answering import AnsweringModel
from tests.unit.test_offline_answering import tool
from tests.unit.test_offline_answering_dialogue import talk

PLANS: dict[str, JsonValue] = {"type": "string", "enum": ["Lite", "Plus", "Unlimited"]}
MONTH: dict[str, JsonValue] = {"type": "integer", "minimum": 1, "maximum": 12}
COUNTRY: dict[str, JsonValue] = {"type": "string", "description": "Name of the country"}
DAYS: dict[str, JsonValue] = {"type": "integer", "description": "Length of the stay in days"}
ZONE: dict[str, JsonValue] = {"type": "integer", "minimum": 1, "maximum": 4}
DAY: dict[str, JsonValue] = {"type": "string", "format": "date"}
COUNTER = AnsweringModel(
    [
        tool("my_plan", "The plan the customer is on: price, allowances and end date."),
        tool("plans", "The plans on offer."),
        tool("plan_info", "Price and allowances of one plan.", {"plan": PLANS}, "plan"),
    ]
)
DESK = AnsweringModel(
    [
        tool("latest_bill", "The latest bill: total, due date and lines."),
        tool("bill", "The bill of one month.", {"month": MONTH}, "month"),
    ]
)


PASSES = AnsweringModel(
    [
        tool("rates", "Prices of data, calls and texts in a country.", {"country": COUNTRY}, "country"),
        tool("passes", "Passes for a stay in a country.", {"country": COUNTRY, "days": DAYS}, "country"),
        tool("zone", "The countries of a zone.", {"zone": ZONE}, "zone"),
    ]
)
ABROAD = AnsweringModel(
    [
        tool("rates", "Prices of data, calls and texts in a country.", {"country": COUNTRY}, "country"),
        tool("usage_abroad", "What was used abroad in one month.", {"month": MONTH}),
    ]
)
YEAR: dict[str, JsonValue] = {"type": "integer"}
LEDGER = AnsweringModel([tool("bill", "The bill of one month.", {"month": MONTH, "year": YEAR}, "month")])
UPGRADES = AnsweringModel([tool("check_upgrade", "Whether an upgrade is possible on a day.", {"date": DAY}, "date")])


@pytest.mark.parametrize("text", ["compare my plan with Plus", "is Plus cheaper than mine?", "my plan vs Plus"])
def test_ones_own_is_looked_up_beside_the_other(text: str) -> None:
    assert talk(COUNTER, text) == [("my_plan", {}), ("plan_info", {"plan": "Plus"})]


def test_the_latest_bill_stands_beside_an_older_one() -> None:
    asked = talk(DESK, "is my latest bill higher than the one for October?")
    assert asked == [("latest_bill", {}), ("bill", {"month": 10})]


def test_what_was_looked_up_one_after_the_other_is_compared() -> None:
    texts = ("what does the Lite plan cost", "and Unlimited?", "which one is cheaper?")
    assert talk(COUNTER, *texts) == [("plan_info", {"plan": "Lite"}), ("plan_info", {"plan": "Unlimited"})]


def test_one_thing_that_is_asked_for_stands_alone() -> None:
    assert talk(COUNTER, "what would I pay for Plus instead of my plan") == [("plan_info", {"plan": "Plus"})]


def test_the_other_one_is_what_was_not_asked_for_last() -> None:
    texts = ("what does the Lite plan cost", "and Unlimited?", "and the other one again?")
    assert talk(COUNTER, *texts) == [("plan_info", {"plan": "Lite"})]
    longer = ("data in Spain", "and Portugal", "the other one again please", "and the other one")
    assert talk(PASSES, *longer) == [("rates", {"country": "Portugal"})]


def test_two_countries_stay_two_until_one_is_picked() -> None:
    both = [("rates", {"country": "Greece"}), ("rates", {"country": "Cyprus"})]
    assert talk(PASSES, "rates for Greece and Cyprus", "and texts?") == both
    passes = [("passes", {"country": "Greece"}), ("passes", {"country": "Cyprus"})]
    assert talk(PASSES, "rates for Greece and Cyprus", "passes too") == passes
    assert talk(PASSES, "rates for Greece and Cyprus", "what do calls cost in the first one") == both[:1]


def test_each_stay_has_its_own_length() -> None:
    asked = talk(PASSES, "passes for 5 days in France and then 4 in Italy")
    assert asked == [("passes", {"country": "France", "days": 5}), ("passes", {"country": "Italy", "days": 4})]


def test_several_numbers_are_several_calls() -> None:
    assert talk(PASSES, "countries of zone 1 and zone 3") == [("zone", {"zone": 1}), ("zone", {"zone": 3})]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("and a month later?", "2027-02-28"),
        ("two weeks before that", "2027-01-17"),
        ("and the day after?", "2027-02-01"),
        ("what about a year later", "2028-01-31"),
    ],
)
def test_a_day_is_counted_from_the_one_spoken_of(text: str, day: str) -> None:
    assert talk(UPGRADES, "can I upgrade on 31 January 2027", text) == [("check_upgrade", {"date": day})]


@pytest.mark.parametrize(
    ("text", "months"),
    [
        ("bills for January and February 2025", [{"month": 1, "year": 2025}, {"month": 2, "year": 2025}]),
        ("December to January 2026 bills", [{"month": 12, "year": 2025}, {"month": 1, "year": 2026}]),
        ("compare my September bill with September last year", [{"month": 9}, {"month": 9, "year": 2025}]),
    ],
)
def test_a_year_is_shared_by_the_months_of_a_list(text: str, months: list[dict[str, int]]) -> None:
    assert talk(LEDGER, text) == [("bill", month) for month in months]


def test_a_bill_and_the_one_before_that_are_two() -> None:
    assert talk(DESK, "June bill and the one before that") == [("bill", {"month": 6}), ("bill", {"month": 5})]


def test_one_agent_is_asked_of_two_tools_where_each_part_says_of_what() -> None:
    asked = talk(ABROAD, "data costs in thailand & vietnam, and also what I used abroad in march")
    rates = [("rates", {"country": country}) for country in ("Thailand", "Vietnam")]
    assert asked == [*rates, ("usage_abroad", {"month": 3})]


def test_the_month_of_a_journey_to_come_is_no_month_of_a_bill() -> None:
    texts = ("I'm going abroad next month, what do you charge?", "Spain")
    assert talk(ABROAD, *texts) == [("rates", {"country": "Spain"})]
    assert talk(ABROAD, "I'm going through what I used in June") == [("usage_abroad", {"month": 6})]
