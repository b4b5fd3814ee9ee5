from datetime import date
from decimal import Decimal

import pytest

from tests.unit.test_mcp_servers_support import CUSTOMERS, TODAY, ask, refused

pytestmark = pytest.mark.asyncio

ENDINGS = [
    ("C-1001", "your contract runs until 31 May 2027."),
    ("C-1004", "you can leave at any time."),
    ("C-1005", "your contract ended on 30 April 2026, so you can change or leave at any time."),
]


async def test_the_current_plan_with_its_add_ons() -> None:
    found = await ask("tariff", "get_current_tariff")
    assert found["summary"] == (
        "You are on Phone Plan 25GB at £32.00 a month, with 25 GB of data, unlimited minutes, unlimited texts"
        " and 3 add-ons; your contract runs until 31 May 2027."
    )
    assert found["plan"]["plan"] == "Phone Plan 25GB"
    assert {"add_on": "Data Boost 10GB", "quantity": 1, "price": "5.50", "started_on": "2026-11-01"} in found["add_ons"]


@pytest.mark.parametrize(("customer", "ending"), ENDINGS)
async def test_the_current_plan_says_when_the_contract_ends(customer: str, ending: str) -> None:
    assert (await ask("tariff", "get_current_tariff", customer))["summary"].endswith(ending)


@pytest.mark.parametrize("customer", CUSTOMERS)
@pytest.mark.parametrize("today", [TODAY, date(2027, 1, 1)])
async def test_plan_and_add_ons_are_the_regular_lines_of_the_current_bill(customer: str, today: date) -> None:
    tariff = await ask("tariff", "get_current_tariff", customer, today)
    bill = await ask("billing", "get_current_bill", customer, today)
    amounts = {line["description"]: Decimal(line["amount"]) for line in bill["lines"]}
    assert amounts[tariff["plan"]["plan"]] == Decimal(tariff["plan"]["monthly_price"])
    for row in tariff["add_ons"]:
        name = row["add_on"] if row["quantity"] == 1 else f"{row['add_on']} x {row['quantity']}"
        assert amounts[name] == Decimal(row["price"]) * row["quantity"]


async def test_all_plans_and_plans_of_one_type() -> None:
    everything = await ask("tariff", "list_tariffs")
    assert len(everything["plans"]) >= 8
    for kind in ("sim_only", "pay_monthly", "prepaid", "family", "business"):
        found = await ask("tariff", "list_tariffs", type=kind)
        assert {plan["type"] for plan in found["plans"]} == {kind}
        assert found["plans"] == [plan for plan in everything["plans"] if plan["type"] == kind]
    assert found["summary"] == (
        "We have 2 business plans, from Business 50GB at £24.00 a month to Business Unlimited at £38.00 a month."
    )


async def test_a_plan_is_compared_with_the_own_one() -> None:
    found = await ask("tariff", "compare_tariffs", a="my plan", b="phone plan 100 gb")
    assert found["summary"] == (
        "Phone Plan 100GB costs £7.00 a month more than Phone Plan 25GB (£39.00 against £32.00)"
        " and has 100 GB of data instead of 25 GB of data and 25 GB of roaming data instead of no roaming data."
    )
    assert found["monthly_price_difference"] == "7.00"
    assert found["comparison"][1] == {"feature": "Data", "first_plan": "25 GB", "second_plan": "100 GB"}


@pytest.mark.parametrize(
    ("asked", "name"),
    [
        ("SIM-only 50 GB", "SIM Only 50GB"),
        ("sim only unlimted", "SIM Only Unlimited"),
        ("the family unlimited plan", "Family Unlimited"),
        ("prepaid 30 gigs", "Prepaid 30GB"),
        ("business 50", "Business 50GB"),
    ],
)
async def test_plan_names_are_tolerant(asked: str, name: str) -> None:
    assert (await ask("tariff", "compare_tariffs", a=asked, b="current"))["first_plan"] == name


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("unlimited", "Several plans have that name: SIM Only Unlimited, "),
        ("platinum", "We do not have a plan with that name. Our plans are SIM Only 5GB, "),
        ("Phone Plan 25GB", "Both are Phone Plan 25GB. Please name two different plans."),
        ("??", "We do not have a plan with that name."),
    ],
)
async def test_a_plan_that_cannot_be_compared_is_refused(asked: str, said: str) -> None:
    assert (await refused("tariff", "compare_tariffs", a="mine", b=asked)).startswith(said)


async def test_comparing_named_plans_needs_no_customer_but_the_own_one_does() -> None:
    assert await ask("tariff", "compare_tariffs", None, a="Prepaid 10GB", b="Prepaid 30GB")
    text = await refused("tariff", "compare_tariffs", None, a="mine", b="Prepaid 30GB")
    assert text == "No customer is identified for this request."


async def test_add_ons_of_one_category() -> None:
    assert len((await ask("tariff", "list_add_ons"))["add_ons"]) >= 8
    found = await ask("tariff", "list_add_ons", category="roaming")
    assert found["summary"] == "We have 2 roaming add-ons, from Europe Roaming 30 Days at £15.00."
    assert {row["category"] for row in found["add_ons"]} == {"roaming"}
