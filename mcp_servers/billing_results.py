from collections.abc import Sequence
from datetime import date
from typing import Literal

from pydantic import BaseModel

from mcp_servers.bills import Bill, Status
from mcp_servers.stories import Line
from mcp_servers.toolkit import Amount, Result
from mcp_servers.wording import amount

Currency = Literal["GBP"]


class BillLine(BaseModel):
    description: str
    amount: Amount


class BillDetails(Result):
    month: str
    total: Amount
    currency: Currency = "GBP"
    status: Status
    due_on: date
    paid_on: date | None = None
    payment_method: str
    period_from: date
    period_to: date
    lines: list[BillLine]

    @classmethod
    def of(cls, bill: Bill, lines: Sequence[Line], summary: str) -> "BillDetails":
        return cls(
            summary=summary,
            month=str(bill.month),
            total=amount(bill.total),
            status=bill.status,
            due_on=bill.due_on,
            paid_on=bill.paid_on,
            payment_method=bill.method,
            period_from=bill.month.day(1),
            period_to=bill.month.day(bill.month.days),
            lines=[BillLine(description=line.description, amount=amount(line.pence)) for line in lines],
        )


class BillRow(BaseModel):
    month: str
    total: Amount
    status: Status
    due_on: date

    @classmethod
    def of(cls, bill: Bill) -> "BillRow":
        return cls(month=str(bill.month), total=amount(bill.total), status=bill.status, due_on=bill.due_on)


class Bills(Result):
    currency: Currency = "GBP"
    bills: list[BillRow]
