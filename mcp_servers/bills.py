from dataclasses import dataclass
from datetime import date
from typing import Literal

from mcp_servers.months import Month
from mcp_servers.records import Records
from mcp_servers.stories import Line
from mcp_servers.toolkit import Refusal
from mcp_servers.wording import long_date

Status = Literal["paid", "due", "overdue", "failed"]


@dataclass(frozen=True)
class Bill:
    month: Month
    total: int
    status: Status
    due_on: date
    method: str
    paid_on: date | None
    failed_on: date | None
    retry_on: date | None

    @property
    def is_late(self) -> bool:
        return self.status in ("overdue", "failed")

    @property
    def state(self) -> str:
        """What happened to it, to follow "Your bill is £45.50, "."""
        if self.status == "due":
            return f"due on {long_date(self.due_on)}"
        if self.status == "paid":
            return f"paid on {long_date(self.paid_on or self.due_on)} by {self.method}"
        if self.failed_on is None or self.retry_on is None:
            return f"overdue since {long_date(self.due_on)}"
        failed = f"{self.method} failed on {long_date(self.failed_on)}"
        if self.status == "failed":
            return f"not paid because the {failed}, and we will try again on {long_date(self.retry_on)}"
        return f"overdue because the {failed} and again on {long_date(self.retry_on)}"


BILLS = """
SELECT bill.*, sum(pence) AS total FROM bill JOIN bill_line USING (customer, month)
WHERE customer = ? GROUP BY month ORDER BY month DESC"""


def bills_of(records: Records, customer: str) -> list[Bill]:
    """All bills, newest first; there is always one for the current month."""

    def day(value: str | None) -> date | None:
        return date.fromisoformat(value) if value else None

    return [
        Bill(
            Month.parse(row["month"]), row["total"], row["status"], date.fromisoformat(row["due_on"]), row["method"],
            day(row["paid_on"]), day(row["failed_on"]), day(row["retry_on"]),
        )
        for row in records.all(BILLS, customer)
    ]  # fmt: skip


def asked_bill(bills: list[Bill], today: date, month: int | None, year: int | None) -> Bill:
    """The bill of that month, or the current one; raises `Refusal`."""
    if month is None:
        if year is not None:
            raise Refusal("Please give the month together with the year.")
        return bills[0]
    asked = Month.asked(today, month, year)
    for bill in bills:
        if bill.month == asked:
            return bill
    raise Refusal(f"There is no bill for {asked}. Bills are available from {bills[-1].month} to {bills[0].month}.")


def lines_of(records: Records, customer: str, month: Month) -> list[Line]:
    sql = "SELECT * FROM bill_line WHERE customer = ? AND month = ? ORDER BY position"
    rows = records.all(sql, customer, month.key)
    return [Line(row["kind"], row["description"], row["meaning"], row["pence"]) for row in rows]
