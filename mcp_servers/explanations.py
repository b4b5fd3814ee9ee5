"""Says what a charge is, and why a bill differs from the one before."""

from collections.abc import Sequence

from pydantic import BaseModel

from mcp_servers.billing_results import Currency
from mcp_servers.bills import Bill
from mcp_servers.charges import Change
from mcp_servers.stories import Line
from mcp_servers.toolkit import Amount, Result
from mcp_servers.wording import amount, joined, money, phrase


class ExplainedLine(BaseModel):
    description: str
    amount: Amount
    meaning: str


class ChangedLine(BaseModel):
    description: str
    previous_amount: Amount
    amount: Amount
    difference: Amount


class Explanation(Result):
    month: str
    total: Amount
    currency: Currency = "GBP"
    previous_month: str | None = None
    previous_total: Amount | None = None
    difference: Amount | None = None
    charges: list[ExplainedLine]
    changes: list[ChangedLine]


def explanation(
    bill: Bill, before: Bill | None, found: Sequence[Line], changed: Sequence[Change], summary: str
) -> Explanation:
    return Explanation(
        summary=summary,
        month=str(bill.month),
        total=amount(bill.total),
        previous_month=str(before.month) if before else None,
        previous_total=amount(before.total) if before else None,
        difference=amount(bill.total - before.total) if before else None,
        charges=[
            ExplainedLine(description=line.description, amount=amount(line.pence), meaning=line.meaning)
            for line in found
        ],
        changes=[
            ChangedLine(
                description=change.description,
                previous_amount=amount(change.before),
                amount=amount(change.after),
                difference=amount(change.difference),
            )
            for change in changed
        ],
    )


def charge_summary(bill: Bill, before: Bill | None, found: Sequence[Line], changed: Sequence[Change]) -> str:
    """Answers "what is this charge?"."""
    if len(found) == 1:
        named = f"{money(found[0].pence)} for {found[0].description} ({phrase(found[0].meaning)})"
    else:
        parts = joined([f"{money(line.pence)} for {line.description}" for line in found])
        named = f"{parts}, {money(sum(line.pence for line in found))} in all"
    if before is None:
        return f"Your {bill.month} bill has {named}."
    names = {line.description for line in found}
    difference = sum(change.difference for change in changed if change.description in names)
    compared = f"{more_or_less(difference)} than in {before.month}" if difference else f"the same as in {before.month}"
    return f"Your {bill.month} bill has {named}, {compared}."


def bill_summary(bill: Bill, before: Bill | None, changed: Sequence[Change], opening: str = "") -> str:
    """Answers "why is my bill higher?"."""
    total = f"{opening or f'Your {bill.month} bill is'} {money(bill.total)}"
    if before is None:
        return f"{total}, and it is the oldest bill we can show, so there is none before it to compare with."
    difference = bill.total - before.total
    if not changed:
        return f"{total}, the same as in {before.month}."
    how = (
        f"{money(abs(difference))} {'higher' if difference > 0 else 'lower'} than"
        if difference
        else "the same in total as"
    )
    return f"{total}, {how} {before.month} ({money(before.total)}): {reasons(changed)}."


def more_or_less(difference: int) -> str:
    return f"{money(abs(difference))} {'more' if difference > 0 else 'less'}"


def reasons(changed: Sequence[Change], limit: int = 4) -> str:
    parts = [f"{more_or_less(change.difference)} for {change.description}" for change in changed[:limit]]
    return joined(parts + (["smaller changes"] if len(changed) > limit else []))
