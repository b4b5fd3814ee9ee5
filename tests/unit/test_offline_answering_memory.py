"""What is remembered by kind, so that it may be meant without being named."""

from pydantic import JsonValue

from agents.offline.answering import AnsweringModel
from models.conversation import Role, Turn
from models.plan import AgentReply
from tests.unit.test_offline_answering import BILLING, ROAMING, TODAY, tool
from tests.unit.test_offline_answering_dialogue import talk

NAME: dict[str, JsonValue] = {
    "type": "string",
    "description": 'Name of a plan, for example "Max 50GB", or "current" for the customer\'s own plan',
}
PLANS = AnsweringModel(
    [
        tool("get_own_plan", "The customer's current plan: price, data and contract."),
        tool(
            "list_plans",
            "All plans on sale with price and data, to find a cheaper or bigger one.",
            {"type": {"type": "string", "enum": ["sim_only", "prepaid", "family"]}},
        ),
        tool("compare_plans", "Compares two plans by price and data.", {"a": NAME, "b": NAME}, "a", "b"),
    ]
)
HELP = AnsweringModel([tool("search_help", "Answers questions.", {"question": {"type": "string"}}, "question")])


def compared(*texts: str) -> list[JsonValue]:
    calls = talk(PLANS, *texts)
    assert not isinstance(calls, str), calls
    assert [name for name, _ in calls] == ["compare_plans"]
    return [calls[0][1]["a"], calls[0][1]["b"]]


def test_a_year_without_a_month_asks_which_month() -> None:
    assert talk(BILLING, "Show me my bill for 2019") == "Which month do you mean?"
    assert talk(BILLING, "Show me my bill for 2019", "March") == [("get_bill", {"month": 3, "year": 2019})]


def test_that_month_is_as_good_as_its_name() -> None:
    assert talk(BILLING, "how much data did I use in May", "what was my bill that month?") == [
        ("get_bill", {"month": 5})
    ]
    assert talk(BILLING, "show me the bill for that month") == "Which month do you mean?"


def test_the_same_month_of_another_year() -> None:
    texts = ("my bill for march 2026", "now the same month in 2025")
    assert talk(BILLING, *texts) == [("get_bill", {"month": 3, "year": 2025})]


def test_there_is_the_country_spoken_of() -> None:
    texts = ("which countries can I roam in", "is Norway one of them?", "what do calls cost there?")
    assert talk(ROAMING, *texts) == [("get_rates", {"country": "Norway"})]


def test_a_place_that_is_none_is_not_taken_for_the_one_before() -> None:
    assert talk(ROAMING, "rates in Spain", "what about Atlantis?") == "Which country do you mean?"
    assert "cannot answer" in str(talk(ROAMING, "rates in Spain", "and on a cruise ship?"))
    assert talk(ROAMING, "rates in Spain", "And Texts?") == [("get_rates", {"country": "Spain"})]


def test_both_are_the_last_two() -> None:
    assert talk(BILLING, "bill for feb", "sorry jan", "both please") == [
        ("get_bill", {"month": 2}),
        ("get_bill", {"month": 1}),
    ]
    cheaper = talk(ROAMING, "rates in Turkey", "and Egypt?", "which is cheaper?")
    assert cheaper == [("get_rates", {"country": "Turkey"}), ("get_rates", {"country": "Egypt"})]


def test_the_next_bill_is_not_one_of_those_before() -> None:
    texts = ("my bill for june", "was it paid?", "ok and when's the next payment due")
    assert talk(BILLING, *texts) == [("get_payment_status", {})]


def test_a_name_alone_takes_the_place_of_the_other_one() -> None:
    texts = ("compare my plan with Unlimited", "Max Unlimited", "and with Max 50GB?")
    assert compared(*texts[:2]) == ["current", "Max Unlimited"]
    assert compared(*texts) == ["current", "Max 50GB"]


def test_a_name_may_be_said_in_part_or_by_its_place() -> None:
    texts = ("compare Max 50GB and Family Unlimited", "how does the unlimited one compare with mine?")
    assert compared(*texts) == ["Family Unlimited", "current"]
    assert compared(texts[0], "how does the former compare with my plan?") == ["Max 50GB", "current"]


def test_it_is_the_own_plan_that_was_asked_about() -> None:
    assert compared("which plan am I on?", "how would it compare with Max 50GB?") == ["current", "Max 50GB"]


def test_everything_drops_the_choice() -> None:
    assert talk(PLANS, "show me family plans", "show me all of them") == [("list_plans", {})]


def test_what_the_customer_has_needs_no_name() -> None:
    assert talk(PLANS, "show me family plans", "which one am I on?") == [("get_own_plan", {})]


def test_5g_is_no_plan_to_compare_with() -> None:
    assert talk(PLANS, "does 5g work with my plan") == [("get_own_plan", {})]


def test_two_questions_for_two_tools_are_both_asked() -> None:
    assert talk(PLANS, "what plan am I on and is there a cheaper one?") == [("get_own_plan", {}), ("list_plans", {})]


def test_half_a_question_is_none() -> None:
    assert talk(PLANS, "how much data and how many minutes do I have on my plan") == [("get_own_plan", {})]


def test_a_question_that_leans_takes_its_subject_along() -> None:
    texts = ("can I keep my number?", "how long does that take?")
    assert talk(HELP, *texts) == [("search_help", {"question": "can I keep my number? how long does that take?"})]


def test_a_row_of_our_answer_may_be_pointed_at() -> None:
    table = "Your bills:\n\n| Month | Total |\n| --- | --- |\n| November 2026 | £5 |\n| October 2026 | £6 |"
    history = [Turn(Role.USER, "list my bills"), Turn(Role.ASSISTANT, table)]
    outcome = BILLING.act("the second one", history=history, today=TODAY)
    assert not isinstance(outcome, AgentReply)
    assert [(call.tool, dict(call.arguments)) for call in outcome] == [("Agent-get_bill", {"month": 10})]
