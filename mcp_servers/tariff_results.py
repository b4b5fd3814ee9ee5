import sqlite3
from datetime import date
from typing import Literal

from pydantic import BaseModel

from mcp_servers.billing_results import Currency
from mcp_servers.toolkit import Amount, Result
from mcp_servers.wording import allowance, amount, counted, joined

PlanType = Literal["sim_only", "pay_monthly", "prepaid", "family", "business"]
Category = Literal["data", "calls", "roaming", "insurance", "entertainment", "security", "lines"]


class PlanRow(BaseModel):
    plan: str
    type: PlanType
    monthly_price: Amount
    price_note: str
    data: str
    minutes: str
    texts: str
    lines: int
    contract: str
    roaming: str
    description: str

    @classmethod
    def of(cls, row: sqlite3.Row) -> "PlanRow":
        return cls(
            plan=row["name"],
            type=row["type"],
            monthly_price=amount(row["price"]),
            price_note="without VAT" if row["excludes_vat"] else "including VAT",
            data=allowance(row["data_gb"], "GB"),
            minutes=allowance(row["minutes"]),
            texts=allowance(row["texts"]),
            lines=row["lines"],
            contract=contract(row["contract_months"]),
            roaming=roaming(row),
            description=row["description"],
        )


class SubscribedAddOn(BaseModel):
    add_on: str
    quantity: int
    price: Amount
    started_on: date


class CurrentTariff(Result):
    currency: Currency = "GBP"
    plan: PlanRow
    started_on: date
    contract_ends_on: date | None = None
    add_ons: list[SubscribedAddOn]


class PlanList(Result):
    currency: Currency = "GBP"
    plans: list[PlanRow]


class ComparedFeature(BaseModel):
    feature: str
    first_plan: str
    second_plan: str


class Comparison(Result):
    currency: Currency = "GBP"
    first_plan: str
    second_plan: str
    monthly_price_difference: Amount
    comparison: list[ComparedFeature]


class AddOnRow(BaseModel):
    add_on: str
    category: Category
    price: Amount
    charged: str
    description: str


class AddOnList(Result):
    currency: Currency = "GBP"
    add_ons: list[AddOnRow]


def contract(months: int) -> str:
    """0 -> "no contract", 1 -> "30-day rolling", 24 -> "24 months"."""
    return {0: "no contract", 1: "30-day rolling"}.get(months) or counted(months, "month")


def roaming(row: sqlite3.Row) -> str:
    places = joined(row["roaming_names"].split(";"))
    return f"{places}, up to {row['roaming_gb']} GB a month" if row["roaming_gb"] else places


class Usage(Result):
    month: str
    plan: str
    data_used_gb: float
    data_allowance: str
    data_left_gb: float | None = None
    minutes_used: int
    texts_used: int
