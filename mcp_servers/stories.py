"""What happened to a customer, told in months before the current one, and what each month cost because of it."""

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from mcp_servers.months import Month
from mcp_servers.wording import counted, country, joined, long_date, money, rate, sentence

PAYMENT_DAY = 5
RETRY_AFTER = timedelta(days=14)
VAT = Decimal("0.20")
# How much of a customer's usual use each month was, in percent, newest month first.
USE = (100, 118, 94, 88, 106, 97, 112, 91, 103, 99, 108, 86, 115, 93, 101, 110)


@dataclass(frozen=True)
class Line:
    kind: str
    description: str
    meaning: str
    pence: int


@dataclass(frozen=True)
class Trip:
    usage: sqlite3.Row
    pence: int
    charged: str


@dataclass(frozen=True)
class Payment:
    due_on: date
    status: str
    paid_on: date | None = None
    failed_on: date | None = None
    retry_on: date | None = None


@dataclass(frozen=True)
class Story:
    """One customer's life with us. Rows with `started` and `ended` last, those with `months_ago` happen once."""

    customer: sqlite3.Row
    plans: Sequence[sqlite3.Row]
    add_ons: Sequence[sqlite3.Row]
    discounts: Sequence[sqlite3.Row]
    extras: Sequence[sqlite3.Row]
    trips: Sequence[sqlite3.Row]
    payments: Sequence[sqlite3.Row]

    def plan(self, months_ago: int) -> sqlite3.Row:
        return running(self.plans, months_ago)[0]

    def trips_of(self, months_ago: int) -> list[Trip]:
        included = self.plan(months_ago)["roaming_zones"].split(",")
        return [charged_trip(row, row["zone"] in included) for row in happened(self.trips, months_ago)]

    def lines(self, months_ago: int, now: Month) -> list[Line]:
        parts = (
            plan_line(self.plan(months_ago)),
            *(add_on_line(row, now) for row in running(self.add_ons, months_ago)),
            *(roaming_line(trip) for trip in self.trips_of(months_ago) if trip.pence),
            *(
                Line(row["kind"], row["description"], row["meaning"], row["pence"])
                for row in happened(self.extras, months_ago)
            ),
            *(
                Line("discount", row["description"], row["meaning"], row["pence"])
                for row in running(self.discounts, months_ago)
            ),
        )
        return [*parts, *vat_lines(parts, self.plan(months_ago))]

    def payment(self, months_ago: int, today: date) -> Payment:
        month = Month.of(today).back(months_ago)
        due_on = month.day(1) if self.customer["pays_in_advance"] else month.back(-1).day(PAYMENT_DAY)
        told = happened(self.payments, months_ago)
        outcome, days_late = (told[0]["outcome"], told[0]["days_late"] or 0) if told else ("on time", 0)
        paid_on, retry_on = due_on + timedelta(days=days_late), due_on + RETRY_AFTER
        if today < due_on:
            return Payment(due_on, "due")
        if outcome == "failed":
            return Payment(due_on, "failed" if today < retry_on else "overdue", failed_on=due_on, retry_on=retry_on)
        if outcome == "unpaid" or today < paid_on:
            return Payment(due_on, "due" if today == due_on else "overdue")
        return Payment(due_on, "paid", paid_on=paid_on)

    def usage(self, months_ago: int, today: date) -> tuple[int, int, int, int | None]:
        """Data in MB, minutes, texts, and the data allowance in GB; of the current month only what is used so far."""
        plan_gb = self.plan(months_ago)["data_gb"]
        extra_gb = sum(row["data_gb"] * row["quantity"] for row in running(self.add_ons, months_ago))
        allowance = None if plan_gb is None else plan_gb + extra_gb
        share = Decimal(USE[months_ago]) / 100
        if months_ago == 0:
            share *= Decimal(today.day) / Month.of(today).days
        data, minutes, texts = (
            int(self.customer[name] * share) for name in ("base_data_mb", "base_minutes", "base_texts")
        )
        if allowance is not None and any(row["kind"] == "data" for row in happened(self.extras, months_ago)):
            data = allowance * 1000 + 1400
        return data, minutes, texts, allowance


def running(rows: Sequence[sqlite3.Row], months_ago: int) -> list[sqlite3.Row]:
    return [
        row for row in rows if row["started"] >= months_ago and (row["ended"] is None or row["ended"] <= months_ago)
    ]


def happened(rows: Sequence[sqlite3.Row], months_ago: int) -> list[sqlite3.Row]:
    return [row for row in rows if row["months_ago"] == months_ago]


def plan_line(plan: sqlite3.Row) -> Line:
    return Line("plan", plan["tariff"], sentence(f"your monthly plan: {plan['description']}"), plan["price"])


def add_on_line(row: sqlite3.Row, now: Month) -> Line:
    start = long_date(now.back(row["started"]).day(1))
    ended = None if row["ended"] is None else now.back(row["ended"])
    when = f"have had since {start}" if ended is None else f"had from {start} to {long_date(ended.day(ended.days))}"
    each = f" at {money(row['price'])} each" if row["quantity"] > 1 else ""
    name = f"{row['add_on']} x {row['quantity']}" if row["quantity"] > 1 else row["add_on"]
    meaning = f"an add-on you {when}{each}: {row['description']}"
    return Line("add-on", name, sentence(meaning), row["price"] * row["quantity"])


def charged_trip(row: sqlite3.Row, included: bool) -> Trip:
    if included:
        return Trip(row, 0, "included in your plan")
    if row["day_passes"]:
        how = f"{counted(row['day_passes'], 'day pass', 'day passes')} at {money(row['day_pass'])} each"
        return Trip(row, row["day_passes"] * row["day_pass"], how)
    units = [
        (row["minutes_made"], row["call_made"], "min of calls made"),
        (row["minutes_received"], row["call_received"], "min of calls received"),
        (row["texts"], row["text_sent"], "texts sent"),
        (row["data_mb"], row["data_mb_rate"], "MB of data"),
    ]
    used = [f"{count} {unit} at {rate(price)}" for count, price, unit in units if count]
    return Trip(row, sum(count * price for count, price, _ in units), f"{joined(used)}, without a day pass")


def roaming_line(trip: Trip) -> Line:
    days = counted(trip.usage["days"], "day")
    return Line(
        "roaming",
        f"Roaming in {country(trip.usage['country_name'])}",
        sentence(f"{days} abroad: {trip.charged}"),
        trip.pence,
    )


def vat_lines(lines: Sequence[Line], plan: sqlite3.Row) -> Iterator[Line]:
    if plan["excludes_vat"]:
        net = sum(line.pence for line in lines)
        vat = int((net * VAT).quantize(Decimal(1), ROUND_HALF_UP))
        yield Line("VAT", "VAT at 20%", f"VAT on {money(net)}; the prices of business plans are shown without it.", vat)
