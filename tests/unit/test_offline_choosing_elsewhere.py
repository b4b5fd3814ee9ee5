"""The tools of an operator that the embedded model has never heard of."""

import pytest
from pydantic import JsonValue

from agents.offline.answering import AnsweringModel
from tests.unit.test_offline_answering import tool
from tests.unit.test_offline_answering_dialogue import talk

MONTH: dict[str, JsonValue] = {
    "anyOf": [{"type": "string", "pattern": r"^\d{4}-\d{2}$"}, {"type": "null"}],
    "default": None,
    "description": "YYYY-MM",
}
NAME: dict[str, JsonValue] = {"type": "string"}
OTHER: dict[str, JsonValue] = {"anyOf": [NAME, {"type": "null"}], "default": None}
LEDGER = AnsweringModel(
    [
        tool("readStatement", "One statement with its lines. Without a period the newest.", {"period": MONTH}),
        tool("whyChanged", "Explains why a statement differs from the one before it.", {"period": MONTH}),
        tool("receipts", "Payments received, newest first.", {"count": {"type": "integer"}}),
        tool("amountOwed", "What the subscriber owes today and when it is due."),
    ]
)
SHELF = AnsweringModel(
    [
        tool("ownTariff", "The tariff the subscriber has, its price and what is left of it this month."),
        tool(
            "tariffShelf",
            "Tariffs on sale.",
            {
                "kind": {"type": "string", "enum": ["sim_only", "with_phone", "prepaid"]},
                "max_price": {"type": "number", "description": "Pounds a month"},
            },
        ),
        tool("tariffCard", "Facts of one tariff.", {"name": NAME}, "name"),
        tool(
            "tariffDuel",
            "Puts two tariffs side by side.",
            {"first_tariff": NAME, "second_tariff": OTHER},
            "first_tariff",
        ),
    ]
)
SHOPS = AnsweringModel([tool("findBranch", "Branches in a town.", {"town": NAME}, "town")])


@pytest.mark.parametrize(
    ("text", "call"),
    [
        ("Can I see my bill for June?", ("readStatement", {"period": "2026-06"})),
        ("show me my latest bill", ("readStatement", {})),
        ("why is my October bill so high", ("whyChanged", {"period": "2026-10"})),
        ("why did July cost more than June", ("whyChanged", {"period": "2026-07"})),
        ("my last five payments", ("receipts", {"count": 5})),
        ("how much do I owe you right now", ("amountOwed", {})),
    ],
)
def test_words_and_values_choose_the_tool(text: str, call: tuple[str, dict[str, JsonValue]]) -> None:
    assert talk(LEDGER, text) == [call]


@pytest.mark.parametrize(
    ("text", "call"),
    [
        ("Tell me about the Max Unlimited tariff", ("tariffCard", {"name": "Max Unlimited"})),
        ("what would I pay for Family Share", ("tariffCard", {"name": "Family Share"})),
        ("when does my contract run out", ("ownTariff", {})),
        ("which tariff have I got", ("ownTariff", {})),
        ("what do you sell on prepaid for under a tenner", ("tariffShelf", {"kind": "prepaid", "max_price": 10})),
        (
            "put Plus 50 and Max 100 side by side",
            ("tariffDuel", {"first_tariff": "Plus 50", "second_tariff": "Max 100"}),
        ),
        ("compare Plus 50 with what I have now", ("tariffDuel", {"first_tariff": "Plus 50"})),
    ],
)
def test_what_looks_like_a_name_is_one(text: str, call: tuple[str, dict[str, JsonValue]]) -> None:
    assert talk(SHELF, text) == [call]


def test_filters_stay_while_others_come() -> None:
    texts = ("SIM only tariffs please", "nothing over 15 quid a month", "ok 20 then")
    assert talk(SHELF, *texts) == [("tariffShelf", {"kind": "sim_only", "max_price": 20})]


def test_the_month_spoken_of_stays_for_another_tool() -> None:
    texts = ("the bill for March", "2025 I mean", "and the month after?", "why did that one change?")
    assert talk(LEDGER, *texts) == [("whyChanged", {"period": "2025-04"})]


@pytest.mark.parametrize(
    ("text", "towns"),
    [
        ("is there a shop in Leeds?", ["Leeds"]),
        ("branches in Manchester or Stockport", ["Manchester", "Stockport"]),
        ("do Cardiff and Swansea have a branch", ["Cardiff", "Swansea"]),
        ("a branch near SW11 2AB", ["SW11 2AB"]),
        ("anything in whitby", ["whitby"]),
        ("do you have a store in York? And one in Harrogate?", ["York", "Harrogate"]),
        ("is there a branch in St. Ives", ["St. Ives"]),
    ],
)
def test_towns_and_postcodes(text: str, towns: list[str]) -> None:
    assert talk(SHOPS, text) == [("findBranch", {"town": town}) for town in towns]


def test_where_nobody_said_is_asked() -> None:
    assert "town" in str(talk(SHOPS, "where's your nearest branch"))
