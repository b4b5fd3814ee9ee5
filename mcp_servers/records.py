import sqlite3
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from mcp_servers.accounts import write_accounts
from mcp_servers.months import Clock
from mcp_servers.toolkit import Caller, Refusal

DATA = Path(__file__).parent / "data"
SEEDS = ("schema.sql", "roaming.sql", "tariffs.sql", "customers.sql")


@dataclass(frozen=True)
class Records:
    """The operator's database as it is on one day."""

    today: date
    connection: sqlite3.Connection

    def all(self, sql: str, *values: str | int | None) -> list[sqlite3.Row]:
        return self.connection.execute(sql, values).fetchall()

    def first(self, sql: str, *values: str | int | None) -> sqlite3.Row | None:
        row: sqlite3.Row | None = self.connection.execute(sql, values).fetchone()
        return row

    def one(self, sql: str, *values: str | int | None) -> sqlite3.Row:
        row = self.first(sql, *values)
        if row is None:
            raise LookupError(sql)
        return row

    def has_customer(self, customer_id: str) -> bool:
        return self.first("SELECT 1 FROM customer WHERE id = ?", customer_id) is not None


class RecordKeeper:
    """Opens the records at first use and again on every new day, because they are told relative to today."""

    def __init__(self, today: Clock) -> None:
        self._today = today
        self._records: Records | None = None

    def current(self) -> Records:
        today = self._today()
        if self._records is None or self._records.today != today:
            self._records = open_records(today)
        return self._records

    def of_customer(self, caller: Caller) -> tuple[Records, str]:
        """The records and the id of the customer who asks; raises `Refusal` when that is nobody we know."""
        records = self.current()
        if not records.has_customer(caller.customer_id):
            raise Refusal("We have no account for this customer.")
        return records, caller.customer_id


def open_records(today: date) -> Records:
    connection = open_memory(seed_script())
    write_accounts(connection, today)
    connection.commit()
    return Records(today, connection)


@cache
def seed_script() -> str:
    return "BEGIN;" + "\n".join((DATA / name).read_text("utf-8") for name in SEEDS) + "COMMIT;"


def open_memory(script: str) -> sqlite3.Connection:
    """An SQLite database in memory. One event loop uses it, but not always the thread that opened it."""
    connection = sqlite3.connect(":memory:", check_same_thread=False)
    connection.row_factory = sqlite3.Row
    connection.executescript(script)
    return connection
