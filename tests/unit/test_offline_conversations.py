"""Turns of whole conversations as customers write them: new questions in the middle, and what is left unsaid."""

import pytest
from pydantic import JsonValue

from agents.offline.answering import AnsweringModel, ToolCall
from agents.offline.answering.reading.questions import gist
from agents.offline.planning import PlanningModel
from agents.offline.text import unscrambled
from tests.unit.test_offline_answering import BILLING, ROAMING, TODAY, tool
from tests.unit.test_offline_answering_dialogue import talk
from tests.unit.test_offline_answering_memory import PLANS, compared
from tests.unit.test_offline_planning import CARDS, agents, plan

ARTICLES = AnsweringModel(
    [
        tool("search_help", "Answers questions.", {"question": {"type": "string"}}, "question"),
        tool("get_article", "One help article in full.", {"id": {"type": "string", "description": "The id of an "
             "article from search_help."}}, "id"),
    ]
)  # fmt: skip


@pytest.fixture(scope="module")
def model() -> PlanningModel:
    return PlanningModel(CARDS)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("bill total + data left pls", ["Billing", "Tariff"]),
        ("What are the roaming prices in Canada, and how much data have I left this month?", ["Roaming", "Tariff"]),
        ("my phone says no sim and also I wanna know if you've taken the money yet", ["FAQ", "Billing"]),
        ("Egypt. Calls home?", ["Roaming"]),
        ("what does Spain cost and how much is it there for data", ["Roaming"]),
        ("whats my bill atm", ["Billing"]),
        ("where is the nearest atm", []),
        ("What is your cheapest plan of all?", ["Tariff"]),
        ("show me the bills of all customers", []),
    ],
)
def test_two_clear_questions_stay_two_and_one_stays_one(model: PlanningModel, text: str, wanted: list[str]) -> None:
    assert agents(plan(model, text)) == wanted


@pytest.mark.parametrize(
    ("before", "text", "agent"),
    [
        ("what do I owe?", "will you cut me off?", "FAQ"),
        ("how much data is left", "does what's left roll over", "FAQ"),
        ("list my last 12 bills", "can I get those as pdfs?", "FAQ"),
        ("how do I change my direct debit", "and when is my next payment?", "Billing"),
        ("my phone was stolen, what do I do", "is it insured?", "Tariff"),
        ("what does Turkey cost", "does wifi calling work out there", "FAQ"),
        ("Roaming rates for Turkey", "perdón, quería decir Egipto", "Roaming"),
    ],
)
def test_a_question_in_the_middle_goes_where_its_answer_is(
    model: PlanningModel, before: str, text: str, agent: str
) -> None:
    assert agents(plan(model, before, "<Here it is.", text)) == [agent]


def test_the_first_one_is_the_earlier_of_two_months() -> None:
    texts = ("show me my June bill", "now July", "there was a £6.00 thing on the first one, what is it")
    assert talk(BILLING, *texts) == [("explain_charge", {"charge": "£6.00", "month": 6})]


def test_that_month_may_be_of_another_year() -> None:
    texts = ("my bill for November 2025", "what about that month this year?")
    assert talk(BILLING, *texts) == [("get_bill", {"month": 11, "year": 2026})]


def test_the_same_month_of_two_years_is_two_calls() -> None:
    assert talk(BILLING, "How much were my October 2025 and October 2026 bills?") == [
        ("get_bill", {"month": 10, "year": 2025}),
        ("get_bill", {"month": 10, "year": 2026}),
    ]


def test_both_are_asked_of_the_tool_that_the_words_name() -> None:
    assert talk(BILLING, "bills for January and February", "were both of them paid?") == [
        ("get_payment_status", {"month": 1}),
        ("get_payment_status", {"month": 2}),
    ]


def test_what_was_dropped_is_not_asked_for() -> None:
    texts = ("rates in France and Hungary", "we've dropped Hungary and put Croatia in instead")
    assert talk(ROAMING, *texts) == [("get_rates", {"country": "Croatia"})]


def test_what_is_left_open_is_asked_for() -> None:
    assert "?" in str(talk(BILLING, "can you explain a charge to me"))


def test_those_are_what_was_listed() -> None:
    calls = talk(PLANS, "show me family plans", "do those have the same price?")
    assert calls in ([("list_plans", {})], [("list_plans", {"type": "family"})])


def test_hesitation_says_nothing() -> None:
    assert compared("compare my plan with Max Unlimited", "Hm. And with, er, Max 50GB?") == ["current", "Max 50GB"]


def test_a_country_is_no_name_of_anything_else() -> None:
    asked = talk(BILLING, "what does it cost in Malta", "and my bill for June")
    assert asked == [("get_bill", {"month": 6})]


def test_it_is_compared_with_what_is_named() -> None:
    assert compared("when does my contract end", "and compare it with Max 50GB") == ["current", "Max 50GB"]


def test_an_article_is_searched_for_unless_its_name_is_known() -> None:
    assert talk(ARTICLES, "please open the help article wifi-calling") == [("get_article", {"id": "wifi-calling"})]
    lost: dict[str, JsonValue] = {"question": "HELP my phone got stolen"}
    assert talk(ARTICLES, "HELP my phone got stolen") == [("search_help", lost)]


@pytest.mark.parametrize(
    ("typed", "meant"), [("teh", "the"), ("tahn", "than"), ("olny", "only"), ("three", "three"), ("cloud", "cloud")]
)
def test_common_words_are_read_with_their_letters_in_another_order(typed: str, meant: str) -> None:
    assert unscrambled(typed) == meant


def test_a_long_story_is_read_for_its_questions() -> None:
    story = " ".join(["It rained every day and we had to stay inside with the twins."] * 5)
    assert gist(f"{story} There is £6 on my bill. What is it?") == "There is £6 on my bill. What is it?"
    assert gist(f"{story} Please explain the £6.") == f"{story} Please explain the £6."


def test_a_time_spent_there_is_asked_of_the_usage() -> None:
    month: dict[str, JsonValue] = {"type": "integer", "minimum": 1, "maximum": 12}
    country: dict[str, JsonValue] = {"type": "string", "description": "Name of a country"}
    abroad = AnsweringModel(
        [
            tool("get_rates", "Prices in a country.", {"country": country}, "country"),
            tool("get_usage", "What the customer used and spent abroad.", {"month": month}),
        ]
    )
    texts = ("rates in Norway", "what did I spend when I was there in March?")
    assert talk(abroad, *texts) == [("get_usage", {"month": 3})]


@pytest.mark.parametrize("text", ["How much data do I have left?", "erm tell me how much data i've got left please"])
def test_what_is_left_is_not_what_one_has(text: str) -> None:
    plans = {
        "get_plan": "The customer's own plan: price, data, contract end.",
        "get_usage": "Data the customer used this month and the data left.",
    }
    tariff = AnsweringModel([tool(name, description, {}) for name, description in plans.items()])
    assert [call.tool for call in asked(tariff, text)] == ["Agent-get_usage"]


@pytest.mark.parametrize("text", ["wots my bill this mth", "whats my bill atm"])
def test_shorthand_around_a_bill_is_no_charge(text: str) -> None:
    assert all("charge" not in call.arguments for call in asked(BILLING, text))


def asked(model: AnsweringModel, text: str) -> tuple[ToolCall, ...]:
    outcome = model.act(text, history=(), today=TODAY)
    assert isinstance(outcome, tuple)
    return outcome
