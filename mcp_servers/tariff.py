import sqlite3
from datetime import date
from typing import Annotated

from pydantic import Field

from mcp_servers.bills import asked_bill, bills_of
from mcp_servers.months import Clock, Month
from mcp_servers.plan_names import find_plan, means_own
from mcp_servers.records import RecordKeeper, Records
from mcp_servers.tariff_results import (
    AddOnList,
    AddOnRow,
    Category,
    ComparedFeature,
    Comparison,
    CurrentTariff,
    PlanList,
    PlanRow,
    PlanType,
    SubscribedAddOn,
    Usage,
)
from mcp_servers.toolkit import Caller, MonthNumber, Refusal, Year, tool
from mcp_servers.wording import allowance, amount, counted, gigabytes, joined, long_date, money

PLANS = """
SELECT tariff.*, (
    SELECT group_concat(name, ';') FROM (
        SELECT zone.name FROM tariff_roaming JOIN zone USING (zone) WHERE tariff = tariff.name ORDER BY position
    )
) AS roaming_names FROM tariff"""
PLAN_NAME = 'Name of a plan, for example "SIM Only 50GB", or "current" for the customer\'s own plan'


class Tariff:
    """The customer's plan and its usage, and the plans and add-ons one can have."""

    def __init__(self, today: Clock) -> None:
        self._keeper = RecordKeeper(today)

    @tool("your current plan")
    async def get_current_tariff(self, caller: Caller) -> CurrentTariff:
        """The customer's own plan: price, data, minutes, texts, roaming, contract end, and the add-ons they have."""
        records, customer = self._keeper.of_customer(caller)
        plan = own_plan(records, customer)
        had = records.one("SELECT started_on, contract_ends_on FROM subscription WHERE customer = ?", customer)
        add_ons = records.all(
            "SELECT subscribed_add_on.*, price FROM subscribed_add_on JOIN add_on ON add_on = name WHERE customer = ?",
            customer,
        )
        ends_on = date.fromisoformat(had["contract_ends_on"]) if had["contract_ends_on"] else None
        return CurrentTariff(
            summary=current_summary(plan, ends_on, len(add_ons), records.today),
            plan=PlanRow.of(plan),
            started_on=date.fromisoformat(had["started_on"]),
            contract_ends_on=ends_on,
            add_ons=[
                SubscribedAddOn(
                    add_on=row["add_on"],
                    quantity=row["quantity"],
                    price=amount(row["price"]),
                    started_on=date.fromisoformat(row["started_on"]),
                )
                for row in add_ons
            ],
        )

    @tool("your usage")
    async def get_usage(self, caller: Caller, month: MonthNumber | None = None, year: Year | None = None) -> Usage:
        """Data, minutes and texts the customer used in the UK this month or in a named one, and the data left."""
        records, customer = self._keeper.of_customer(caller)
        bill = asked_bill(bills_of(records, customer), records.today, month, year)
        used = records.one("SELECT * FROM usage WHERE customer = ? AND month = ?", customer, bill.month.key)
        limit = allowance(used["allowance_gb"], "GB")
        data = f"{gigabytes(used['data_mb'])} of your {limit} data"
        amounts = joined([data, counted(used["minutes"], "minute"), counted(used["texts"], "text")])
        is_now = bill.month == Month.of(records.today)
        left = None if used["allowance_gb"] is None else max(0, used["allowance_gb"] * 1000 - used["data_mb"])
        return Usage(
            summary=f"You have used {amounts} so far in {bill.month}."
            if is_now
            else f"In {bill.month} you used {amounts}.",
            month=str(bill.month),
            plan=used["tariff"],
            data_used_gb=round(used["data_mb"] / 1000, 1),
            data_allowance=limit,
            data_left_gb=None if left is None else round(left / 1000, 1),
            minutes_used=used["minutes"],
            texts_used=used["texts"],
        )

    @tool("our plans")
    async def list_tariffs(
        self, type: Annotated[PlanType | None, Field(description="Only plans of this type")] = None
    ) -> PlanList:
        """All plans on sale with price, data, contract and roaming, to find a cheaper, bigger or different plan."""
        plans = self._keeper.current().all(f"{PLANS} WHERE type = coalesce(?, type) ORDER BY price", type)
        kind = f"{TYPE_NAMES[type]} plan" if type else "plan"
        cheapest, dearest = plans[0], plans[-1]
        summary = (
            f"We have {counted(len(plans), kind)}, from {cheapest['name']} at {money(cheapest['price'])} a month"
            f" to {dearest['name']} at {money(dearest['price'])} a month."
        )
        return PlanList(summary=summary, plans=[PlanRow.of(plan) for plan in plans])

    @tool("the difference between two plans")
    async def compare_tariffs(
        self,
        caller: Caller,
        a: Annotated[str, Field(min_length=2, max_length=60, description=PLAN_NAME)],
        b: Annotated[str, Field(min_length=2, max_length=60, description=PLAN_NAME)],
    ) -> Comparison:
        """Compares two plans by price, data, contract and roaming; one of them may be the customer's current plan."""
        plans = self._keeper.current().all(f"{PLANS} ORDER BY price")
        first, second = (
            own_plan(*self._keeper.of_customer(caller)) if means_own(name) else find_plan(plans, name)
            for name in (a, b)
        )
        if first["name"] == second["name"]:
            raise Refusal(f"Both are {first['name']}. Please name two different plans.")
        return Comparison(
            summary=comparison_summary(first, second),
            first_plan=first["name"],
            second_plan=second["name"],
            monthly_price_difference=amount(second["price"] - first["price"]),
            comparison=features(first, second),
        )

    @tool("add-ons")
    async def list_add_ons(
        self, category: Annotated[Category | None, Field(description="Only add-ons of this category")] = None
    ) -> AddOnList:
        """Extras for a plan with prices: data boosts, roaming passes, international minutes, insurance and more."""
        sql = "SELECT * FROM add_on WHERE category = coalesce(?, category) ORDER BY price"
        rows = self._keeper.current().all(sql, category)
        kind = f"{category if category != 'lines' else 'extra line'} add-on" if category else "add-on"
        summary = f"We have {counted(len(rows), kind)}, from {rows[0]['name']} at {money(rows[0]['price'])}."
        return AddOnList(
            summary=summary,
            add_ons=[
                AddOnRow(
                    add_on=row["name"],
                    category=row["category"],
                    price=amount(row["price"]),
                    charged=f"per {row['period']}",
                    description=row["description"],
                )
                for row in rows
            ],
        )


TYPE_NAMES = {
    "sim_only": "SIM-only",
    "pay_monthly": "pay-monthly",
    "prepaid": "prepaid",
    "family": "family",
    "business": "business",
}


def own_plan(records: Records, customer: str) -> sqlite3.Row:
    return records.one(f"{PLANS} JOIN subscription ON subscription.tariff = name WHERE customer = ?", customer)


def current_summary(plan: sqlite3.Row, ends_on: date | None, add_ons: int, today: date) -> str:
    offer = [data(plan), f"{allowance(plan['minutes'])} minutes", f"{allowance(plan['texts'])} texts"]
    if add_ons:
        offer.append(counted(add_ons, "add-on"))
    if ends_on is None:
        ending = "you can leave at any time"
    elif ends_on >= today:
        ending = f"your contract runs until {long_date(ends_on)}"
    else:
        ending = f"your contract ended on {long_date(ends_on)}, so you can change or leave at any time"
    return f"You are on {plan['name']} at {price(plan)} a month, with {joined(offer)}; {ending}."


def data(plan: sqlite3.Row) -> str:
    return "unlimited data" if plan["data_gb"] is None else f"{plan['data_gb']} GB of data"


def roaming_data(plan: sqlite3.Row) -> str:
    return f"{plan['roaming_gb']} GB of roaming data" if plan["roaming_gb"] else "no roaming data"


def agreement(plan: sqlite3.Row) -> str:
    months = plan["contract_months"]
    return {0: "no contract", 1: "a 30-day contract"}.get(months) or f"a {months}-month contract"


def price(plan: sqlite3.Row) -> str:
    return money(plan["price"]) + (" plus VAT" if plan["excludes_vat"] else "")


def features(first: sqlite3.Row, second: sqlite3.Row) -> list[ComparedFeature]:
    rows = (PlanRow.of(first), PlanRow.of(second))
    shown = {
        "Price a month": [
            f"{money(plan['price'])} {row.price_note}" for plan, row in zip((first, second), rows, strict=True)
        ],
        "Data": [row.data for row in rows],
        "Minutes": [row.minutes for row in rows],
        "Texts": [row.texts for row in rows],
        "Lines": [str(row.lines) for row in rows],
        "Contract": [row.contract for row in rows],
        "Roaming included": [row.roaming for row in rows],
    }
    return [ComparedFeature(feature=name, first_plan=a, second_plan=b) for name, (a, b) in shown.items()]


def comparison_summary(first: sqlite3.Row, second: sqlite3.Row) -> str:
    difference = second["price"] - first["price"]
    if difference:
        cost = f"costs {money(abs(difference))} a month {'more' if difference > 0 else 'less'} than"
    else:
        cost = "costs the same as"
    differences = [
        f"{there} instead of {here}"
        for here, there in (
            (data(first), data(second)),
            (counted(first["lines"], "line"), counted(second["lines"], "line")),
            (agreement(first), agreement(second)),
            (roaming_data(first), roaming_data(second)),
        )
        if here != there
    ]
    has = f" and has {joined(differences)}" if differences else ""
    return f"{second['name']} {cost} {first['name']} ({price(second)} against {price(first)}){has}."
