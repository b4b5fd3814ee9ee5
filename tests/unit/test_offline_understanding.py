"""Both passes together where customers say little: bare values, foreign words, afterthoughts, corrections."""

import pytest
from pydantic import JsonValue

from agents.offline.answering.enumerations.choices import find_choices
from agents.offline.answering.language.words import read_line
from agents.offline.answering.reading.places import is_misspelt_country
from agents.offline.answering.tools.parameters import read_parameter
from agents.offline.planning import PlanningModel
from tests.unit.test_offline_answering import BILLING, ROAMING
from tests.unit.test_offline_answering_dialogue import talk
from tests.unit.test_offline_planning import CARDS, agents, plan


@pytest.fixture(scope="module")
def model() -> PlanningModel:
    return PlanningModel(CARDS)


@pytest.mark.parametrize(
    ("text", "agent"),
    [
        ("Hungary?", "Roaming"),
        ("septembers bill", "Billing"),
        ("i'm going to Portugal", "Roaming"),
        ("off to the U.S. in June, what are the charges", "Roaming"),
        ("Going round Europe: Prague, Madrid and Vienna. Costs?", "Roaming"),
        ("which is cheaper, Spain or Italy?", "Roaming"),
        ("roaming in phillipines", "Roaming"),
        ("mijn factuur van juni", "Billing"),
        ("phone insurance", "Tariff"),
        ("how many texts did i send in august", "Tariff"),
        ("how much data did i use in june", "Tariff"),
        ("i want to leave. how?", "FAQ"),
        ("what's the insurance charge on my bill", "Billing"),
        ("Sydney trip, what are the rates?", "Roaming"),
    ],
)
def test_few_words_reach_one_agent(model: PlanningModel, text: str, agent: str) -> None:
    assert agents(plan(model, text)) == [agent]


@pytest.mark.parametrize("text", ["what time is it in Japan", "going to Paris, any good hotels", "Spanish lessons"])
def test_a_country_alone_does_not_make_a_question_ours(model: PlanningModel, text: str) -> None:
    assert agents(plan(model, text)) == []


@pytest.mark.parametrize(
    ("texts", "agent"),
    [
        (("what add-ons do you have", "roaming ones?"), "Tariff"),
        (("business plans?", "no, prepaid"), "Tariff"),
        (("how much for Greece", "sorry I meant Turkey"), "Roaming"),
        (("show me my bill for june", "2025 I mean"), "Billing"),
        (("how much data did i use in june", "and so far this month"), "Tariff"),
        (("did my october payment arrive", "France?"), "Roaming"),
    ],
)
def test_fragments_continue_what_was_asked(model: PlanningModel, texts: tuple[str, ...], agent: str) -> None:
    assert agents(plan(model, *texts)) == [agent]


def test_after_a_message_for_several_the_one_that_fits_is_asked(model: PlanningModel) -> None:
    several = "what's my bill, and rates for Japan, and how do I activate an esim?"
    assert agents(plan(model, several, "I was charged £3.20 in october, what is that")) == ["Billing"]


def test_misspelt_countries_are_told_from_words() -> None:
    assert all(map(is_misspelt_country, ["morroco", "phillipines", "new zeland", "thialand", "switzerand"]))
    assert not any(map(is_misspelt_country, ["atlantis", "station", "texting", "lettuce"]))


def test_values_are_recognised_with_two_slips_but_not_in_everyday_words() -> None:
    schema: dict[str, JsonValue] = {"enum": ["world", "europe", "business"], "type": "string"}
    kinds = read_parameter("kind", schema, required=False, root=schema)
    assert find_choices(read_line("bisness please"), kinds) == ("business",)
    assert find_choices(read_line("what would that be"), kinds) == ()


def test_what_is_asked_counts_before_what_is_told() -> None:
    story = "I switched banks in September so can you check whether the October payment went through?"
    assert talk(BILLING, story) == [("get_payment_status", {"month": 10})]
    assert talk(ROAMING, "I'm Spanish but live here. what are rates in Italy") == [("get_rates", {"country": "Italy"})]


def test_a_month_after_an_explanation_is_asked_for_as_a_whole() -> None:
    assert talk(BILLING, "my bill has doubled, why", "what was it in october") == [("get_bill", {"month": 10})]


def test_what_is_called_a_fee_is_explained() -> None:
    asked = talk(BILLING, "What is the late payment fee on my May bill?")
    assert asked == [("explain_charge", {"charge": "late payment", "month": 5})]


def test_no_answers_our_question_and_is_no_goodbye(model: PlanningModel) -> None:
    asked = ("roaming in Austrlia", "<Did you mean Australia or Austria?")
    assert agents(plan(model, *asked, "no")) == ["Roaming"]
    assert agents(plan(model, "show my bill", "<Your bill is £45.50.", "no")) == []


@pytest.mark.parametrize(
    ("texts", "agent"),
    [
        (("bill for june pls", "how much is a day pass in turkey", "and the july one?"), "Billing"),
        (("what was my roaming usage in March", "not March, July"), "Roaming"),
        (("did I pay my june bill", "usage", "sept"), "Tariff"),
        (("rates in Egypt", "texts only please"), "Roaming"),
        (("show me family plans", "show me all of them"), "Tariff"),
        (("did you take my payment in october", "how do I change my direct debit"), "FAQ"),
        (("how much did I use abroad in May", "ok no sorry, June"), "Roaming"),
        (("I pay £40 a month", "how much data have I got left"), "Tariff"),
    ],
)
def test_what_is_said_is_weighed_against_what_was_spoken_of(
    model: PlanningModel, texts: tuple[str, ...], agent: str
) -> None:
    assert agents(plan(model, *texts)) == [agent]


def test_a_name_that_our_answer_showed_belongs_to_who_answered(model: PlanningModel) -> None:
    bill = "<Your bill is £45.50.\n\n| Description | Amount |\n| --- | --- |\n| Data Boost 10GB | £5.50 |"
    assert agents(plan(model, "What's on my bill?", bill, "what's the data boost?")) == ["Billing"]
