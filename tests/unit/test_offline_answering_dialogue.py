"""Requests that lean on what was said before."""

from collections.abc import Mapping
from datetime import date

from pydantic import JsonValue

from agents.offline.answering import AnsweringModel
from models.conversation import Role, Turn
from models.plan import AgentReply
from tests.unit.test_offline_answering import BILLING, ROAMING, SHOP, TODAY

type Asked = list[tuple[str, Mapping[str, JsonValue]]] | str


def talk(model: AnsweringModel, *texts: str, today: date = TODAY) -> Asked:
    """What the last text leads to: calls, or the question that we ask."""
    history: list[Turn] = []
    for text in texts:
        outcome = model.act(text, history=history, today=today)
        answer = outcome.text if isinstance(outcome, AgentReply) else "Here you are."
        history += [Turn(Role.USER, text), Turn(Role.ASSISTANT, answer)]
    if isinstance(outcome, AgentReply):
        return outcome.text
    return [(call.tool.removeprefix("Agent-"), dict(call.arguments)) for call in outcome]


def test_a_question_that_another_agent_kept_us_from_asking_is_not_open() -> None:
    history = [Turn(Role.USER, "rates in Austrlia"), Turn(Role.ASSISTANT, "Our shops open at nine.")]
    outcome = ROAMING.act("the first one", history=history, today=TODAY)
    assert isinstance(outcome, AgentReply)
    assert talk(ROAMING, "rates in Austrlia", "the first one") == [("get_rates", {"country": "Australia"})]
    assert talk(ROAMING, "data prices in itly??") == [("get_rates", {"country": "Italy"})]


def test_a_month_alone_asks_the_same_for_that_month() -> None:
    assert talk(BILLING, "show me my bill for June", "and in July?") == [("get_bill", {"month": 7})]
    assert talk(BILLING, "was march paid", "april?") == [("get_payment_status", {"month": 4})]


def test_the_month_before_counts_from_the_month_spoken_of() -> None:
    assert talk(BILLING, "my bill for June", "the month before") == [("get_bill", {"month": 5})]
    assert talk(BILLING, "what is my bill", "and last month?", "the month before") == [("get_bill", {"month": 9})]
    assert talk(BILLING, "my bill for June", "and the month before", "go back one more") == [("get_bill", {"month": 4})]


def test_counting_back_from_january_takes_the_year_along() -> None:
    texts = ("my bill for January 2026", "the month before that")
    assert talk(BILLING, *texts) == [("get_bill", {"month": 12, "year": 2025})]


def test_a_year_that_was_said_holds() -> None:
    assert talk(BILLING, "my bill for june 2025", "and july") == [("get_bill", {"month": 7, "year": 2025})]
    assert talk(BILLING, "my bill for june 2025", "and 2026?") == [("get_bill", {"month": 6, "year": 2026})]


def test_it_means_the_bill_spoken_of() -> None:
    asked = talk(BILLING, "show me my bill for June", "why was it higher?")
    assert asked == [("explain_charge", {"charge": "why was it higher", "month": 6})]
    assert talk(BILLING, "my bill for june", "was it paid?") == [("get_payment_status", {"month": 6})]


def test_a_new_question_forgets_the_month() -> None:
    assert talk(BILLING, "my bill for june", "what is my current bill") == [("get_current_bill", {})]


def test_a_correction_replaces_the_value() -> None:
    assert talk(BILLING, "my bill for june", "not June, July") == [("get_bill", {"month": 7})]
    assert talk(ROAMING, "rates in Greece", "sorry I meant turkey") == [("get_rates", {"country": "Turkey"})]


def test_another_country_asks_the_same_for_it() -> None:
    assert talk(ROAMING, "rates in France", "what about Belgium?", "the Swiss one") == [
        ("get_rates", {"country": "Switzerland"})
    ]


def test_turns_for_other_agents_do_not_disturb() -> None:
    texts = ("rates in France", "and my bill for June?", "and Portugal?")
    assert talk(ROAMING, *texts) == [("get_rates", {"country": "Portugal"})]


def test_an_answer_to_our_question_completes_the_request() -> None:
    assert talk(ROAMING, "how much are calls and data", "Germany") == [("get_rates", {"country": "Germany"})]
    assert talk(SHOP, "where is my order", "it's AB12399") == [("track_order", {"order_id": "AB12399"})]


def test_a_country_that_we_offered_is_picked() -> None:
    assert talk(ROAMING, "rates in Austrlia", "the first one") == [("get_rates", {"country": "Australia"})]
    assert talk(ROAMING, "rates in Austrlia", "Austria") == [("get_rates", {"country": "Austria"})]


def test_a_new_request_drops_our_question() -> None:
    assert talk(SHOP, "where is my order", "show me sim only plans") == [("list_plans", {"type": "sim_only"})]


def test_one_of_several_is_picked() -> None:
    assert talk(BILLING, "bills for april and may", "the second one again") == [("get_bill", {"month": 5})]


def test_only_the_last_turns_count() -> None:
    texts = ["my bill for june", *["hello"] * 8, "and the month before?"]
    calls = talk(BILLING, *texts)
    assert not isinstance(calls, str), calls
    assert [arguments for _, arguments in calls] == [{"month": 10}]
