from collections.abc import Sequence
from datetime import date

from mcp_servers.billing_results import BillRow, Currency
from mcp_servers.bills import Bill, Status
from mcp_servers.months import Month
from mcp_servers.toolkit import Amount, Result
from mcp_servers.wording import amount, joined, long_date, money


class PaymentStatus(Result):
    month: str
    amount: Amount
    currency: Currency = "GBP"
    status: Status
    due_on: date
    paid_on: date | None = None
    failed_on: date | None = None
    retry_on: date | None = None
    payment_method: str
    overdue_amount: Amount
    next_payment_on: date | None = None
    next_payment_amount: Amount | None = None
    unpaid_bills: list[BillRow]


def payment_status(bill: Bill, bills: Sequence[Bill], summary: str) -> PaymentStatus:
    coming = next_payment(bills)
    return PaymentStatus(
        summary=summary,
        month=str(bill.month),
        amount=amount(bill.total),
        status=bill.status,
        due_on=bill.due_on,
        paid_on=bill.paid_on,
        failed_on=bill.failed_on,
        retry_on=bill.retry_on,
        payment_method=bill.method,
        overdue_amount=amount(sum(other.total for other in bills if other.is_late)),
        next_payment_on=coming.due_on if coming else next_renewal(bills[0]),
        next_payment_amount=amount(coming.total) if coming else None,
        unpaid_bills=[BillRow.of(other) for other in bills if other.status != "paid"],
    )


def next_payment(bills: Sequence[Bill]) -> Bill | None:
    """The unpaid bill that is due first; late ones are owed already."""
    return min((bill for bill in bills if bill.status == "due"), key=lambda bill: bill.due_on, default=None)


def next_renewal(newest: Bill) -> date | None:
    """Who pays in advance pays again a month after the newest bill."""
    paid_in_advance = Month.of(newest.due_on) == newest.month
    return newest.month.back(-1).day(newest.due_on.day) if paid_in_advance else None


def month_summary(bill: Bill) -> str:
    return f"Your {bill.month} bill of {money(bill.total)} {'was' if bill.status == 'paid' else 'is'} {bill.state}."


def account_summary(bills: Sequence[Bill]) -> str:
    late, coming = [bill for bill in bills if bill.is_late], next_payment(bills)
    if not late and not coming:
        return f"Nothing is due: your {month_summary(bills[0])[5:]}"
    if not late and coming:
        return f"{month_summary(coming)[:-1]} by {coming.method}, and nothing is overdue."
    if len(late) == 1:
        owed = month_summary(late[0])[:-1]
    else:
        months = joined([str(bill.month) for bill in reversed(late)])
        owed = f"{money(sum(bill.total for bill in late))} is overdue for {months}"
    if coming is None:
        return f"{owed}."
    return f"{owed}; your next payment of {money(coming.total)} is due on {long_date(coming.due_on)}."
