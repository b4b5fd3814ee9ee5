"""Comparisons where no tool compares: each side is looked up, one's own too."""

import pytest
from pydantic import JsonValue

from agents.offline.answering import AnsweringModel
from tests.unit.test_offline_answering import tool
from tests.unit.test_offline_answering_dialogue import talk

PLANS: dict[str, JsonValue] = {"type": "string", "enum": ["Lite", "Plus", "Unlimited"]}
MONTH: dict[str, JsonValue] = {"type": "integer", "minimum": 1, "maximum": 12}
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
