from datetime import date
from decimal import Decimal

import pytest

from tests.unit.test_mcp_servers_support import CUSTOMERS, DAYS, TODAY, ask, call, refused, session

pytestmark = pytest.mark.asyncio


@pytest.mark.parametrize("today", DAYS)
async def test_the_demo_customers_current_bill_is_always_the_same_amount(today: date) -> None:
    bill = await ask("billing", "get_current_bill", "C-1001", today)
    assert bill["summary"].startswith("Your current bill is £45.50")
    assert bill["total"] == "45.50"
    assert bill["currency"] == "GBP"
    assert len(bill["lines"]) >= 4
    assert (bill["period_from"], bill["status"]) == (today.replace(day=1).isoformat(), "due")


async def test_the_current_bill_says_when_it_is_due() -> None:
    bill = await ask("billing", "get_current_bill")
    assert bill["summary"] == "Your current bill is £45.50 for November 2026, due on 5 December 2026."
    assert bill["lines"][0] == {"description": "Phone Plan 25GB", "amount": "32.00"}
    assert {"description": "Loyalty discount", "amount": "-3.00"} in bill["lines"]


@pytest.mark.parametrize("customer", CUSTOMERS)
@pytest.mark.parametrize("today", DAYS)
async def test_the_lines_of_every_bill_add_up(customer: str, today: date) -> None:
    async with session("billing", today) as opened:
        listed = await call(opened, "list_bills", {"limit": 24}, customer)
        assert listed.structuredContent is not None
        bills = listed.structuredContent["bills"]
        assert len(bills) == 16
        for months_ago, row in enumerate(bills):
            year, index = divmod(today.year * 12 + today.month - 1 - months_ago, 12)
            result = await call(opened, "get_bill", {"month": index + 1, "year": year}, customer)
            bill = result.structuredContent
            assert bill is not None
            assert bill["month"] == row["month"]
            assert (
                sum(Decimal(line["amount"]) for line in bill["lines"])
                == Decimal(bill["total"])
                == Decimal(row["total"])
            )
            assert (bill["status"], bill["due_on"]) == (row["status"], row["due_on"])
            assert bill["period_from"] == date(year, index + 1, 1).isoformat()


async def test_a_business_bill_has_vat_on_everything_else() -> None:
    bill = await ask("billing", "get_current_bill", "C-1005")
    *others, vat = bill["lines"]
    assert vat["description"] == "VAT at 20%"
    assert Decimal(vat["amount"]) == sum(Decimal(line["amount"]) for line in others) * Decimal("0.2")


async def test_a_month_without_a_year_is_the_most_recent_one() -> None:
    assert (await ask("billing", "get_bill", month=11))["month"] == "November 2026"
    assert (await ask("billing", "get_bill", month=12))["month"] == "December 2025"
    assert (await ask("billing", "get_bill", "C-1001", date(2027, 1, 15), month=12))["month"] == "December 2026"
    assert (await ask("billing", "get_bill", "C-1001", date(2027, 1, 15), month=1))["month"] == "January 2027"


@pytest.mark.parametrize(("month", "year"), [(3, 2024), (12, 2026), (7, 2025)])
async def test_a_month_without_a_bill_is_refused_with_the_months_that_have_one(month: int, year: int) -> None:
    text = await refused("billing", "get_bill", month=month, year=year)
    assert text.startswith("There is no bill for")
    assert text.endswith("Bills are available from August 2025 to November 2026.")


async def test_a_year_alone_is_refused() -> None:
    assert await refused("tariff", "get_usage", year=2026) == "Please give the month together with the year."


async def test_recent_bills_are_limited_and_summed_up() -> None:
    found = await ask("billing", "list_bills", limit=2)
    assert [row["total"] for row in found["bills"]] == ["45.50", "43.20"]
    assert found["summary"] == (
        "Your last 2 bills come to £88.70, from £43.20 in October 2026 to £45.50 in November 2026."
    )
    assert (await ask("billing", "list_bills", limit=1))["summary"] == "Your last bill is £45.50."


PAYMENTS = [
    ("C-1001", TODAY, "due", "0.00", "2026-12-05", "due on 5 December 2026 by Direct Debit, and nothing is overdue."),
    ("C-1001", date(2026, 11, 3), "due", "0.00", "2026-11-05", "October 2026 bill of £43.20 is due on 5 November 2026"),
    ("C-1002", TODAY, "due", "81.50", "2026-12-05", "failed on 5 November 2026 and again on 19 November 2026;"),
    ("C-1002", date(2026, 11, 10), "due", "81.50", "2026-12-05", "and we will try again on 19 November 2026;"),
    ("C-1002", date(2026, 11, 4), "due", "0.00", "2026-11-05", "October 2026 bill of £81.50 is due on 5 November"),
    ("C-1004", TODAY, "paid", "0.00", "2026-12-01", "Nothing is due: your November 2026 bill of £10.00 was paid on 1"),
    ("C-1005", TODAY, "due", "76.80", "2026-12-05", "£76.80 is overdue for September 2026 and October 2026;"),
]


@pytest.mark.parametrize(("customer", "today", "status", "overdue", "next_on", "said"), PAYMENTS)
async def test_payments_of_the_account(
    customer: str, today: date, status: str, overdue: str, next_on: str, said: str
) -> None:
    payments = await ask("billing", "get_payment_status", customer, today)
    assert (payments["status"], payments["overdue_amount"], payments["next_payment_on"]) == (status, overdue, next_on)
    assert said in payments["summary"]


async def test_payment_of_one_month() -> None:
    payment = await ask("billing", "get_payment_status", "C-1001", TODAY, month=2)
    assert payment["paid_on"] == "2026-03-09"
    assert payment["summary"] == "Your February 2026 bill of £64.00 was paid on 9 March 2026 by Direct Debit."


async def test_why_a_bill_is_higher_names_every_line_that_changed() -> None:
    explained = await ask("billing", "explain_charge", charge="Why is my bill higher this month?")
    assert explained["summary"] == (
        "Your November 2026 bill is £45.50, £2.30 higher than October 2026 (£43.20):"
        " £5.50 more for Data Boost 10GB and £3.20 less for Calls to 0845 numbers."
    )
    assert explained["charges"] == []
    assert explained["changes"][0] == {
        "description": "Data Boost 10GB",
        "previous_amount": "0.00",
        "amount": "5.50",
        "difference": "5.50",
    }


@pytest.mark.parametrize("customer", CUSTOMERS)
async def test_the_changes_always_explain_the_whole_difference(customer: str) -> None:
    async with session("billing") as opened:
        for months_ago in range(15):
            year, index = divmod(2026 * 12 + 10 - months_ago, 12)
            result = await call(
                opened, "explain_charge", {"charge": "my bill", "month": index + 1, "year": year}, customer
            )
            explained = result.structuredContent
            assert explained is not None
            total = sum(Decimal(change["difference"]) for change in explained["changes"])
            assert total == Decimal(explained["difference"])
            assert total == Decimal(explained["total"]) - Decimal(explained["previous_total"])


CHARGES = [
    ("data boost", "November 2026", ["Data Boost 10GB"]),
    ("£5.50", "November 2026", ["Data Boost 10GB"]),
    ("What is this insurance charge?", "November 2026", ["Phone Insurance"]),
    ("add-ons", "November 2026", ["Phone Insurance", "International Minutes 100", "Data Boost 10GB"]),
    ("roaming charges", "August 2026", ["Roaming in Spain"]),
    ("my trip to Switzerland", "March 2026", ["Roaming in Switzerland"]),
    ("0845 calls", "October 2026", ["Calls to 0845 numbers"]),
    ("picture messages", "November 2025", ["Picture messages"]),
    ("my discount", "November 2026", ["Loyalty discount"]),
]


@pytest.mark.parametrize(("charge", "month", "lines"), CHARGES)
async def test_a_charge_is_found_on_the_newest_bill_that_has_it(charge: str, month: str, lines: list[str]) -> None:
    explained = await ask("billing", "explain_charge", charge=charge)
    assert (explained["month"], [line["description"] for line in explained["charges"]]) == (month, lines)
    assert month in explained["summary"]


@pytest.mark.parametrize("charge", ["why is it £45.50?", "bill increase", "unexpected charges", "?", "November 2026"])
async def test_a_question_that_names_no_charge_is_about_the_whole_bill(charge: str) -> None:
    explained = await ask("billing", "explain_charge", charge=charge)
    assert explained["summary"].startswith("Your November 2026 bill is £45.50, £2.30 higher")


async def test_a_charge_that_is_not_there_is_said_to_be_missing() -> None:
    nowhere = await ask("billing", "explain_charge", charge="pizza")
    assert nowhere["summary"].startswith("There is no such charge on your bills since August 2025; your November 2026")
    in_month = await ask("billing", "explain_charge", charge="roaming", month=10)
    assert in_month["summary"].startswith("There is no such charge on your October 2026 bill, which is £43.20")
    assert in_month["charges"] == []


async def test_the_oldest_bill_has_nothing_to_compare_with() -> None:
    explained = await ask("billing", "explain_charge", charge="why so high", month=8, year=2025)
    assert "nothing" not in explained["summary"]
    assert explained["summary"].endswith("so there is none before it to compare with.")
    assert "previous_total" not in explained


async def test_usage_of_this_month_and_of_another() -> None:
    now = await ask("tariff", "get_usage")
    assert (
        now["summary"] == "You have used 15.0 GB of your 35 GB data, 237 minutes and 65 texts so far in November 2026."
    )
    assert now["data_used_gb"] + now["data_left_gb"] == pytest.approx(35, abs=0.11)
    then = await ask("tariff", "get_usage", month=1)
    assert then["summary"].startswith("In January 2026 you used 26.4 GB of your 25 GB data")
    assert then["data_left_gb"] == 0
    unlimited = await ask("tariff", "get_usage", "C-1006", month=3)
    assert unlimited["data_allowance"] == "unlimited"
    assert "data_left_gb" not in unlimited
