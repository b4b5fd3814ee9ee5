"""Writes bills, payments and usage of the last months into the database, from the customers' stories."""

import sqlite3
from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from mcp_servers.months import Month
from mcp_servers.stories import Story

MONTHS_OF_HISTORY = 16

TRIPS = """
SELECT trip_story.*, destination.name AS country_name, zone, day_pass,
       call_made, call_received, text_sent, zone.data_mb AS data_mb_rate
FROM trip_story JOIN destination ON country = code JOIN zone USING (zone)"""
PLANS = """
SELECT *, (SELECT group_concat(zone) FROM tariff_roaming WHERE tariff_roaming.tariff = tariff.name) AS roaming_zones
FROM plan_story JOIN tariff ON plan_story.tariff = tariff.name"""


def write_accounts(connection: sqlite3.Connection, today: date) -> None:
    for story in read_stories(connection):
        write_subscription(connection, story, Month.of(today))
        for months_ago in range(MONTHS_OF_HISTORY):
            write_month(connection, story, months_ago, today)


def read_stories(connection: sqlite3.Connection) -> Iterator[Story]:
    def rows(sql: str) -> list[sqlite3.Row]:
        return connection.execute(f"{sql} WHERE customer = ?", (customer["id"],)).fetchall()

    for customer in connection.execute("SELECT * FROM customer").fetchall():
        yield Story(
            customer,
            plans=rows(PLANS),
            add_ons=rows("SELECT * FROM add_on_story JOIN add_on ON add_on = name"),
            discounts=rows("SELECT * FROM discount_story"),
            extras=rows("SELECT * FROM extra_story"),
            trips=rows(TRIPS),
            payments=rows("SELECT * FROM payment_story"),
        )


def write_subscription(connection: sqlite3.Connection, story: Story, now: Month) -> None:
    customer, plan = story.customer["id"], story.plan(0)
    has_end = plan["contract_months"] > 1
    ends_on = now.back(plan["started"] - plan["contract_months"]).day(1) - timedelta(days=1) if has_end else None
    insert(connection, "subscription", [(customer, plan["tariff"], now.back(plan["started"]).day(1), ends_on)])
    add_ons = [row for row in story.add_ons if row["ended"] is None]
    rows = [(customer, row["add_on"], row["quantity"], now.back(row["started"]).day(1)) for row in add_ons]
    insert(connection, "subscribed_add_on", rows)


def write_month(connection: sqlite3.Connection, story: Story, months_ago: int, today: date) -> None:
    now = Month.of(today)
    owner = (story.customer["id"], now.back(months_ago).key)
    paid = story.payment(months_ago, today)
    method = story.customer["payment_method"]
    insert(
        connection, "bill", [(*owner, paid.due_on, paid.status, method, paid.paid_on, paid.failed_on, paid.retry_on)]
    )
    lines = enumerate(story.lines(months_ago, now))
    insert(
        connection,
        "bill_line",
        [(*owner, place, line.kind, line.description, line.meaning, line.pence) for place, line in lines],
    )
    insert(connection, "usage", [(*owner, story.plan(months_ago)["tariff"], *story.usage(months_ago, today))])
    used = ("country_name", "days", "day_passes", "minutes_made", "minutes_received", "texts", "data_mb")
    trips = story.trips_of(months_ago)
    rows = [(*owner, *(trip.usage[name] for name in used), trip.pence, trip.charged) for trip in trips]
    insert(connection, "roaming_usage", rows)


def insert(connection: sqlite3.Connection, table: str, rows: Iterable[tuple[object, ...]]) -> None:
    for row in rows:
        values = [value.isoformat() if isinstance(value, date) else value for value in row]
        connection.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(values))})", values)  # noqa: S608 - only our own table names
