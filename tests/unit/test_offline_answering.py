"""Tools and arguments for single requests, against tools of our own making."""

from collections.abc import Mapping
from datetime import date

import pytest
from pydantic import JsonValue

from agents.offline.answering import AnsweringModel, Tool, ToolCall
from models.plan import AgentReply

TODAY = date(2026, 11, 23)
type Properties = dict[str, JsonValue]


def tool(name: str, description: str, properties: Properties | None = None, *required: str) -> Tool:
    schema: dict[str, JsonValue] = {"type": "object", "properties": properties or {}, "required": list(required)}
    return Tool(f"Agent-{name}", description, schema)


MONTH: Properties = {
    "month": {"type": "integer", "minimum": 1, "maximum": 12},
    "year": {"type": "integer", "minimum": 2000},
}
BILLING = AnsweringModel(
    [
        tool("get_current_bill", "The customer's current bill with its total and every line."),
        tool("get_bill", "The bill of one month.", MONTH, "month"),
        tool(
            "list_bills",
            "The customer's recent bills, newest first.",
            {"limit": {"type": "integer", "minimum": 1, "maximum": 24, "description": "How many bills"}},
        ),
        tool("get_payment_status", "What the customer has paid or owes, and what is overdue.", MONTH),
        tool(
            "explain_charge",
            "Explains a charge on a bill, or why the bill went up.",
            {"charge": {"type": "string", "description": "The charge in the customer's words"}, **MONTH},
            "charge",
        ),
    ]
)
ROAMING = AnsweringModel(
    [
        tool(
            "get_rates", "Prices of calls, texts and data in one country.", {"country": {"type": "string"}}, "country"
        ),
        tool("list_destinations", "All countries where customers can roam."),
    ]
)
SHOP = AnsweringModel(
    [
        tool(
            "find_phones",
            "Phones on sale.",
            {
                "brand": {"type": "string", "enum": ["apple", "samsung"]},
                "max_price": {"type": "number", "description": "Highest price in pounds"},
                "refurbished": {"type": "boolean"},
            },
        ),
        tool("check_line", "Checks a line for faults.", {"postcode": {"type": "string"}}, "postcode"),
        tool("book_engineer", "Books a visit.", {"date": {"type": "string", "format": "date"}}, "date"),
        tool("track_order", "Where an order is.", {"order_id": {"type": "string"}}, "order_id"),
        tool("get_forecast", "Weather forecast for a city.", {"city": {"type": "string"}}, "city"),
        tool(
            "list_plans",
            "Plans on sale.",
            {"type": {"anyOf": [{"enum": ["sim_only", "prepaid", "business"], "type": "string"}, {"type": "null"}]}},
        ),
        tool(
            "compare_plans",
            "Compares two plans.",
            {
                "a": {"type": "string", "description": 'A plan, or "current" for the customer\'s own'},
                "b": {"type": "string"},
            },
            "a",
            "b",
        ),
    ]
)


def calls(model: AnsweringModel, request: str, today: date = TODAY) -> list[tuple[str, Mapping[str, JsonValue]]]:
    outcome = model.act(request, history=(), today=today)
    assert isinstance(outcome, tuple), outcome
    return [(call.tool.removeprefix("Agent-"), dict(call.arguments)) for call in outcome]


@pytest.mark.parametrize(
    ("request_text", "name", "arguments"),
    [
        ("What is my current bill?", "get_current_bill", {}),
        ("june bill", "get_bill", {"month": 6}),
        ("invoice for febuary 2025 pls", "get_bill", {"month": 2, "year": 2025}),
        ("my bill of 03/2026", "get_bill", {"month": 3, "year": 2026}),
        ("bill dated 14/07/2026", "get_bill", {"month": 7, "year": 2026}),
        ("last month's bill", "get_bill", {"month": 10}),
        ("the bill from two bills ago", "get_bill", {"month": 9}),
        ("what was my bill in December last year", "get_bill", {"month": 12, "year": 2025}),
        ("Rechnung vom letzten Monat", "get_bill", {"month": 10}),
        ("ma facture de février", "get_bill", {"month": 2}),
        ("how much was my may bill", "get_bill", {"month": 5}),
        ("may I see my bill", "get_current_bill", {}),
        ("not june, july's bill", "get_bill", {"month": 7}),
        ("list my bills of the last six months", "list_bills", {"limit": 6}),
        ("last 3 invoices", "list_bills", {"limit": 3}),
        ("did my payment for July go through?", "get_payment_status", {"month": 7}),
        ("am I overdue", "get_payment_status", {}),
        ("explain the roaming charge on my June bill", "explain_charge", {"charge": "roaming", "month": 6}),
        ("what is this £5.50 charge on my bill", "explain_charge", {"charge": "£5.50"}),
        ("Why is my bill higher than last month?", "explain_charge", {"charge": "Why is my bill higher"}),
    ],
)
def test_chooses_the_tool_and_fills_its_arguments(
    request_text: str, name: str, arguments: Mapping[str, JsonValue]
) -> None:
    assert calls(BILLING, request_text) == [(name, arguments)]


def test_counting_back_over_new_year_names_the_year() -> None:
    january = date(2027, 1, 15)
    assert calls(BILLING, "what was my bill last month?", january) == [("get_bill", {"month": 12, "year": 2026})]
    assert calls(BILLING, "bill for December", january) == [("get_bill", {"month": 12})]


def test_several_months_are_several_calls() -> None:
    assert calls(BILLING, "bills for June and July") == [("get_bill", {"month": 6}), ("get_bill", {"month": 7})]
    assert [c["month"] for _, c in calls(BILLING, "bills from March to May please")] == [3, 4, 5]
    assert [c["month"] for _, c in calls(BILLING, "my bills for the second quarter")] == [4, 5, 6]
    assert [(c["month"], c["year"]) for _, c in calls(BILLING, "Q1 2025 bills")] == [(n, 2025) for n in (1, 2, 3)]


@pytest.mark.parametrize("text", ["my bill for 13/2026", "the bill of month 14"])
def test_a_month_that_is_none_is_asked_for(text: str) -> None:
    outcome = BILLING.act(text, history=(), today=TODAY)
    assert isinstance(outcome, AgentReply)
    assert outcome.human_input_required


@pytest.mark.parametrize(
    ("request_text", "country"),
    [
        ("How much is data in France?", "France"),
        ("the Spanish rates", "Spain"),
        ("off to Tenerife, what do calls cost", "Spain"),
        ("Was kostet Telefonieren in Österreich", "Austria"),
        ("rates in Swizterland", "Switzerland"),
        ("rates for the US", "United States"),
        ("calling the UK from Australia", "Australia"),
        ("I'm Georgia and I'm going to Canada", "Canada"),
        ("not France, Belgium", "Belgium"),
    ],
)
def test_knows_countries_as_people_say_them(request_text: str, country: str) -> None:
    assert calls(ROAMING, request_text) == [("get_rates", {"country": country})]


def test_a_name_that_could_be_two_countries_is_asked_about() -> None:
    outcome = ROAMING.act("price per MB in Austrlia", history=(), today=TODAY)
    assert isinstance(outcome, AgentReply)
    assert outcome.human_input_required
    assert "Australia or Austria" in outcome.text


def test_the_united_kingdom_is_never_ukraine() -> None:
    assert calls(ROAMING, "prices in the UK") == [("get_rates", {"country": "United Kingdom"})]


def test_us_the_pronoun_is_no_country() -> None:
    assert calls(ROAMING, "can you tell us what it costs in Germany") == [("get_rates", {"country": "Germany"})]


@pytest.mark.parametrize(
    ("request_text", "name", "arguments"),
    [
        ("samsung phones under £300", "find_phones", {"brand": "samsung", "max_price": 300}),
        ("refurbished apple phones", "find_phones", {"brand": "apple", "refurbished": True}),
        ("is there a fault at sw1a 1aa", "check_line", {"postcode": "SW1A 1AA"}),
        ("book an engineer for 3 December", "book_engineer", {"date": "2026-12-03"}),
        ("book an engineer tomorrow", "book_engineer", {"date": "2026-11-24"}),
        ("track order AB12399", "track_order", {"order_id": "AB12399"}),
        ("what's the weather forecast for Milton Keynes", "get_forecast", {"city": "Milton Keynes"}),
        ("do you do pay as you go plans", "list_plans", {"type": "prepaid"}),
        ("simonly plans", "list_plans", {"type": "sim_only"}),
        ("plans for companies", "list_plans", {"type": "business"}),
        ("compare my plan with Family Unlimited", "compare_plans", {"a": "current", "b": "Family Unlimited"}),
    ],
)
def test_reads_any_schema(request_text: str, name: str, arguments: Mapping[str, JsonValue]) -> None:
    assert calls(SHOP, request_text) == [(name, arguments)]


def test_asks_for_what_is_missing_without_internal_names() -> None:
    outcome = SHOP.act("where is my order", history=(), today=TODAY)
    assert isinstance(outcome, AgentReply)
    assert outcome.human_input_required
    assert "order" in outcome.text
    assert "_" not in outcome.text


def test_says_when_no_tool_fits() -> None:
    outcome = ROAMING.act("who won the match yesterday", history=(), today=TODAY)
    assert isinstance(outcome, AgentReply)
    assert not outcome.able_to_serve


def test_without_tools_it_cannot_serve() -> None:
    outcome = AnsweringModel([]).act("hello", history=(), today=TODAY)
    assert isinstance(outcome, AgentReply)
    assert not outcome.able_to_serve


def test_a_question_goes_to_the_search_as_it_is() -> None:
    search = AnsweringModel(
        [tool("search", "Answers general questions.", {"question": {"type": "string"}}, "question")]
    )
    assert calls(search, "How do I set up voicemail?") == [("search", {"question": "How do I set up voicemail?"})]


def test_a_month_may_be_text() -> None:
    month: Properties = {"month": {"type": "string", "description": "Name of the month"}}
    model = AnsweringModel([tool("get_statement", "The statement of a month.", month, "month")])
    assert calls(model, "statement for june please") == [("get_statement", {"month": "June"})]


def test_what_changes_something_must_be_asked_for() -> None:
    router = AnsweringModel(
        [
            tool("reboot_router", "Restarts the customer's router."),
            tool("get_router_status", "Shows whether the router is online."),
        ]
    )
    assert calls(router, "my router keeps dropping") == [("get_router_status", {})]
    assert calls(router, "restart my router please") == [("reboot_router", {})]


def test_what_was_used_is_not_answered_with_what_may_be_used() -> None:
    plans = AnsweringModel([tool("get_plan", "The customer's plan with its data, minutes and texts.")])
    outcome = plans.act("how much data have I used this month?", history=(), today=TODAY)
    assert isinstance(outcome, AgentReply)
    assert not outcome.able_to_serve


def test_two_values_of_one_kind_go_where_they_belong() -> None:
    currencies: JsonValue = {"type": "string", "enum": ["GBP", "EUR"]}
    model = AnsweringModel(
        [
            tool(
                "convert",
                "Converts an amount between currencies.",
                {"amount": {"type": "number"}, "from_currency": currencies, "to_currency": currencies},
                "amount",
                "from_currency",
                "to_currency",
            )
        ]
    )
    wanted = {"amount": 50, "from_currency": "EUR", "to_currency": "GBP"}
    assert calls(model, "convert 50 euros to pounds") == [("convert", wanted)]


def test_a_story_is_cut_to_what_the_schema_allows() -> None:
    question: Properties = {"question": {"type": "string", "maxLength": 60}}
    model = AnsweringModel([tool("search", "Answers general questions.", question, "question")])
    story = "I was at home. " * 40 + "How do I block a number? Thanks. " + "Bye. " * 20
    assert calls(model, story) == [("search", {"question": "How do I block a number?"})]


@pytest.mark.parametrize("text", ["a" * 9000, "1/1/" * 2000, "a@" * 4000, "june " * 1500, "\u202e\u0301\x00 £", ""])
def test_hostile_text_is_only_text(text: str) -> None:
    for model in (BILLING, ROAMING, SHOP):
        assert model.act(text, history=(), today=TODAY) is not None


def test_arrays_and_codes_follow_the_schema() -> None:
    model = AnsweringModel(
        [
            tool(
                "get_rates",
                "Roaming prices of countries.",
                {"countries": {"type": "array", "items": {"type": "string", "pattern": "^[A-Z]{2}$"}}},
                "countries",
            )
        ]
    )
    assert calls(model, "prices in France and Spain") == [("get_rates", {"countries": ["FR", "ES"]})]


def test_the_same_request_always_gives_the_same_calls() -> None:
    first = BILLING.act("bills for June and July", history=(), today=TODAY)
    assert first == BILLING.act("bills for June and July", history=(), today=TODAY)
    assert isinstance(first, tuple)
    assert isinstance(first[0], ToolCall)
