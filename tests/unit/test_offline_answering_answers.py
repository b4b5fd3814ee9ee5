"""Answers for the customer, made of what tools returned."""

import json
from datetime import date

from pydantic import JsonValue

from agents.offline.answering import AnsweringModel, ToolCall, ToolResult
from models.plan import AgentReply

MODEL = AnsweringModel([])


def answer(request: str, *results: JsonValue) -> AgentReply:
    contents = [result if isinstance(result, str) else json.dumps(result) for result in results]
    given = [ToolResult(ToolCall("Agent-get_it", {}), content) for content in contents]
    return MODEL.answer(request, given, history=(), today=date(2026, 11, 23))


BILL: dict[str, JsonValue] = {
    "summary": "Your current bill is £45.50, due on 5 December 2026.",
    "currency": "GBP",
    "total": "45.50",
    "payment_method": "Direct Debit",
    "lines": [
        {"id": 1, "description": "Plan | 25GB", "amount": "32.00"},
        {"id": 2, "description": "Add-on", "amount": "13.5"},
    ],
}


def test_leads_with_the_summary_and_shows_the_rows() -> None:
    assert answer("What is my current bill?", BILL).text == (
        "Your current bill is £45.50, due on 5 December 2026.\n\n"
        "| Description | Amount |\n| --- | --- |\n| Plan \\| 25GB | £32.00 |\n| Add-on | £13.50 |"
    )


def test_leads_with_the_field_asked_for_when_the_summary_does_not_say_it() -> None:
    assert answer("what is the payment method?", BILL).text.startswith("Payment method: Direct Debit.\n\nYour current")


def test_answers_yes_and_no() -> None:
    rates: JsonValue = {"summary": "Calls cost 24p a minute.", "included_in_your_plan": False}
    assert answer("is Norway included?", rates).text == "No, not included in your plan.\n\nCalls cost 24p a minute."


def test_composes_from_fields_without_a_summary() -> None:
    weather: JsonValue = {
        "city": "Leeds",
        "updated_on": "2026-11-23",
        "wind": {"speed_kmh": 12},
        "id": "x1",
        "rain": None,
    }
    assert answer("weather in Leeds", weather).text.splitlines()[-3:] == [
        "- City: Leeds",
        "- Updated on: 23 November 2026",
        "- Speed kmh: 12",
    ]


def test_writes_enumeration_values_and_units_readably() -> None:
    plans: JsonValue = [
        {"name": "A", "type": "sim_only", "data_gb": 5},
        {"name": "B", "type": "pay_monthly", "data_gb": 50},
    ]
    assert "| Name | Type | Data (GB) |" in answer("plans", plans).text
    assert "| A | SIM only | 5 |" in answer("plans", plans).text


def test_columns_are_headed_by_what_they_compare() -> None:
    compared: JsonValue = {
        "summary": "B costs more.",
        "difference": "1.00",
        "first_plan": "Plan A",
        "second_plan": "Plan B",
        "rows": [{"feature": "Data", "first_plan": "5 GB", "second_plan": "9 GB", "difference": "4 GB"}],
    }
    assert "| Feature | Plan A | Plan B | Difference |" in answer("compare A and B", compared).text


def test_long_lists_are_cut_and_say_so() -> None:
    rows: JsonValue = {"rows": [{"name": f"n{number}", "price": number} for number in range(20)]}
    text = answer("everything", rows).text
    assert text.count("\n| n") == 12
    assert "and 8 more" in text


def test_shows_an_article_and_names_others() -> None:
    article: JsonValue = {
        "summary": "Call 121.",
        "text": "Call 121.\nThen press 2.",
        "other_articles": [{"id": "a", "title": "APN settings"}],
    }
    assert answer("voicemail", article).text == "Call 121.\n\nThen press 2.\n\nOther articles:\n- APN settings"


def test_a_safe_error_is_passed_on() -> None:
    text = "There is no bill for May 2020. Bills are available from June 2025."
    assert answer("bill for may 2020", {"error": text}).text == text


def test_an_internal_error_is_not_shown() -> None:
    errors: list[JsonValue] = [
        "Invalid arguments. get_bill does not accept it.",
        "Traceback (most recent call last)",
        {"code": 5},
    ]
    for error in errors:
        text = answer("bill", {"error": error}).text
        assert text == "Sorry, this information is not available right now."


def test_nothing_found_hands_the_request_back() -> None:
    reply = answer("purple elephants", {"summary": "There is no help article about that.", "found": False})
    assert not reply.able_to_serve
    assert reply.text == "There is no help article about that."


def test_each_result_answers_and_repeated_ones_once() -> None:
    assert answer("both", {"summary": "One."}, {"summary": "Two."}, {"summary": "One."}).text == "One.\n\nTwo."


def test_plain_text_is_the_answer() -> None:
    assert answer("weather", "Sunny, 20 degrees.").text == "Sunny, 20 degrees."


def test_money_needs_a_currency() -> None:
    assert "- Price: 5" in answer("price of it", {"price": 5}).text
    assert "- Price: £5.00" in answer("what", {"price_gbp": 5}).text
    assert "- Price: €5.00" in answer("what", {"price": 5, "currency": "EUR"}).text


def test_what_a_tool_asks_for_is_asked() -> None:
    reply = answer("compare", {"error": "Several plans have that name: A and B. Please name one of them."})
    assert reply.human_input_required
    assert reply.text == "Several plans have that name: A and B. Which one do you mean?"
    assert not answer("compare", {"error": "There is no bill for that month."}).human_input_required
