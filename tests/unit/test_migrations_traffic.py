"""The migration beside a service that goes on: neither waits for the other in a circle."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text

from storage.migrating import migrate, version
from storage.schema import SCHEMA
from tests.config import START_SECONDS
from tests.unit.test_migrations import postgres
from tests.unit.test_migrations_rows import connected, say, write
from tests.waiting import eventually

ERASE = text("DELETE FROM messages WHERE id = 'm1'")


def value(url: str, query: str) -> object:
    with psycopg.connect(url) as connection:
        row = connection.execute(query.encode()).fetchone()
        return row[0] if row else None


def old_database() -> str:
    url = postgres(Path())
    migrate(url, "0004")
    with connected(url) as connection:
        connection.execute(text("INSERT INTO conversations VALUES (1, 'default', 'anna', 'c', 0, 0)"))
        for number in (1, 2):
            write(connection, number, "completed", says=True)
    return url


@contextmanager
def migrating(url: str) -> Iterator[None]:
    """It has come through at the end."""
    with ThreadPoolExecutor() as threads:
        migration = threads.submit(migrate, url)
        yield
        migration.result(START_SECONDS)
    assert version(url) == SCHEMA


@pytest.mark.parametrize("begun", ["0004", "0005"])
def test_writes_of_one_transaction_need_no_lock_that_it_holds(begun: str) -> None:
    url = old_database()
    migrate(url, begun)
    with migrating(url), connected(url) as connection:
        write(connection, 3, "completed", says=False)
        waits = (
            "SELECT count(*) > 0 FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'relation'"
        )
        eventually(lambda: value(url, waits), "the migration to wait for the table", within=START_SECONDS)
        say(connection, 3)
        connection.execute(ERASE)
    assert value(url, "SELECT count(*) FROM updates WHERE conversation = 1") == 2
    assert value(url, "SELECT count(*) FROM turns WHERE said_at IS NULL") == 0


def test_rows_that_somebody_holds_get_their_place_afterwards() -> None:
    url = old_database()
    migrate(url, "0005")
    with psycopg.connect(url) as holder:
        holder.execute(ERASE.text.encode())
        with migrating(url):
            others = "SELECT count(*) FROM updates WHERE conversation = 1"
            eventually(lambda: value(url, others) == 1, "others to be done", within=START_SECONDS)
            holder.rollback()
    assert value(url, others) == 2
