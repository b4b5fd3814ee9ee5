from collections.abc import Callable
from functools import partial
from typing import Annotated

from pydantic import Field

from mcp_servers.billing_results import BillDetails, BillRow, Bills
from mcp_servers.bills import Bill, asked_bill, bills_of, lines_of
from mcp_servers.charges import Change, changes, matching, names_a_charge
from mcp_servers.explanations import Explanation, bill_summary, charge_summary, explanation
from mcp_servers.months import Clock, Month
from mcp_servers.payments import PaymentStatus, account_summary, month_summary, payment_status
from mcp_servers.records import RecordKeeper
from mcp_servers.stories import Line
from mcp_servers.toolkit import Caller, MonthNumber, Year, tool
from mcp_servers.wording import amount, counted, money, phrase

CHARGE = 'What to explain, in the customer\'s words, for example "roaming", "£5.50" or "why is my bill higher"'
type Lines = Callable[[Month], list[Line]]


class Billing:
    """Bills, charges and payments of the customer who is asking."""

    def __init__(self, today: Clock) -> None:
        self._keeper = RecordKeeper(today)

    @tool("your current bill")
    async def get_current_bill(self, caller: Caller) -> BillDetails:
        """The customer's current bill: its total, due date and every line. For "my bill" without a month."""
        records, customer = self._keeper.of_customer(caller)
        newest, *earlier = bills_of(records, customer)
        summary = f"Your current bill is {money(newest.total)} for {newest.month}, {newest.state}"
        if late := sum(bill.total for bill in earlier if bill.is_late):
            summary += f", and {money(late)} from earlier bills is overdue"
        return BillDetails.of(newest, lines_of(records, customer, newest.month), f"{summary}.")

    @tool("your bill")
    async def get_bill(self, caller: Caller, month: MonthNumber, year: Year | None = None) -> BillDetails:
        """The customer's bill of one named month, with every line."""
        records, customer = self._keeper.of_customer(caller)
        bill = asked_bill(bills_of(records, customer), records.today, month, year)
        verb = "was" if bill.status == "paid" else "is"
        summary = f"Your {bill.month} bill {verb} {money(bill.total)}, {bill.state}."
        return BillDetails.of(bill, lines_of(records, customer, bill.month), summary)

    @tool("your recent bills")
    async def list_bills(
        self,
        caller: Caller,
        limit: Annotated[int, Field(ge=1, le=24, description="How many bills, newest first")] = 6,
    ) -> Bills:
        """The customer's recent bills with total and status, to look at several months together."""
        records, customer = self._keeper.of_customer(caller)
        bills = bills_of(records, customer)[:limit]
        lowest, highest = min(bills, key=lambda bill: bill.total), max(bills, key=lambda bill: bill.total)
        total = money(sum(bill.total for bill in bills))
        summary = (
            f"Your last {counted(len(bills), 'bill')} come to {total}"
            if len(bills) > 1
            else f"Your last bill is {total}"
        )
        if lowest.total < highest.total:
            summary += f", from {money(lowest.total)} in {lowest.month} to {money(highest.total)} in {highest.month}"
        return Bills(summary=f"{summary}.", bills=[BillRow.of(bill) for bill in bills])

    @tool("your payments")
    async def get_payment_status(
        self, caller: Caller, month: MonthNumber | None = None, year: Year | None = None
    ) -> PaymentStatus:
        """What the customer has paid or owes, when and how, what is overdue and the next payment."""
        records, customer = self._keeper.of_customer(caller)
        bills = bills_of(records, customer)
        bill = asked_bill(bills, records.today, month, year)
        return payment_status(bill, bills, account_summary(bills) if month is None else month_summary(bill))

    @tool("the charges on your bill")
    async def explain_charge(
        self,
        caller: Caller,
        charge: Annotated[str, Field(min_length=1, max_length=200, description=CHARGE)],
        month: MonthNumber | None = None,
        year: Year | None = None,
    ) -> Explanation:
        """Says what a charge is, or why the current or a month's bill is higher or lower than the one before."""
        records, customer = self._keeper.of_customer(caller)
        bills = bills_of(records, customer)
        asked = asked_bill(bills, records.today, month, year)
        lines = partial(lines_of, records, customer)
        charge = charge.replace(amount(asked.total), "the bill")
        if names_a_charge(charge):
            return explain_named(bills, lines, asked, charge, look_back=month is None)
        changed, before = compared(bills, lines, asked)
        return explanation(asked, before, [], changed, bill_summary(asked, before, changed))


def compared(bills: list[Bill], lines: Lines, bill: Bill) -> tuple[list[Change], Bill | None]:
    """What changed since the bill before it; the oldest has none."""
    before = next((other for other in bills if other.month == bill.month.back(1)), None)
    return (changes(lines(before.month), lines(bill.month)) if before else []), before


def explain_named(bills: list[Bill], lines: Lines, asked: Bill, charge: str, *, look_back: bool) -> Explanation:
    """A charge of the asked bill; when no month was named, of the bill that has it best and is newest."""
    matches = [(bill, matching(lines(bill.month), charge)) for bill in (bills if look_back else [asked])]
    bill, match = max(matches, key=lambda found: found[1].fit)
    changed, before = compared(bills, lines, bill)
    if not match.lines:
        opening = f"There is no such charge on your {asked.month} bill, which is"
        if look_back:
            opening = f"There is no such charge on your bills since {bills[-1].month}; your {asked.month} bill is"
        return explanation(bill, before, [], changed, bill_summary(bill, before, changed, opening))
    summary = charge_summary(bill, before, match.lines, changed)
    if bill != asked:
        summary = f"There is no such charge on your {asked.month} bill, but {phrase(summary)}."
    return explanation(bill, before, match.lines, changed, summary)
