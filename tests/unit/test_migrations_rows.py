"""Rows of the version before are taken along, and on PostgreSQL those that it still writes after the migration."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Connection, create_engine, text

from models.clock import utc_now
from models.message import MessageStatus, Progress
from models.principal import Principal
from storage.migrating import migrate
from storage.postgres import PostgresOptions, open_postgres
from storage.rows import dump_progress, micros
from storage.sql import SqlStore
from storage.sqlite import open_sqlite
from tests.unit.test_migrations import postgres, sqlite_file

ANNA = Principal(tenant="default", customer_id="anna")
FINISHED = 1_000_000
SAID = '[["user", "question {0}"], ["assistant", "answer {0}"]]'


@contextmanager
def connected(url: str) -> Iterator[Connection]:
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    try:
        with engine.begin() as connection:
            yield connection
    finally:
        engine.dispose()


def write(connection: Connection, number: int, final: str, *, says: bool) -> None:
    """A message as the version before saves it."""
    values = {"number": number, "id": f"m{number}", "final": final, "at": FINISHED * number}
    for statement in (
        """
INSERT INTO messages (id, conversation, tenant, customer_id, scopes, conversation_id, text, status, received_at,
    attempt, sequence, write_id, final, finished_at, callback_url)
VALUES (:id, 1, 'default', 'anna', '', 'c', 'bill?', :final, 1, 1, 1, '', :final, :at, 'https://a.example/')""",
        """
INSERT INTO updates (message, sequence, position, processed_at, progress)
SELECT number, 1, :at, :at, '{"status"\\: "received", "result"\\: ""}' FROM messages WHERE id = :id""",
        "INSERT INTO outbox (message, state, attempts, next_try_at) SELECT number, 'pending', 0, 1 FROM messages "
        "WHERE id = :id",
        "UPDATE conversations SET stored = stored + 1, position = :at",
    ):
        used = {name: value for name, value in values.items() if f":{name}" in statement}
        connection.execute(text(statement), used)
    if says:
        say(connection, number)


def say(connection: Connection, number: int) -> None:
    connection.execute(
        text("INSERT INTO turns (conversation, turns) VALUES (1, :turns)"),
        {"turns": SAID.replace("{0}", str(number))},
    )


@pytest.fixture(params=[sqlite_file, postgres])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A conversation of five messages, the first of which are forgotten already, but not what was said."""
    find: Callable[[Path], str] = request.param
    url = find(tmp_path)
    migrate(url, "0004")
    with connected(url) as connection:
        connection.execute(text("INSERT INTO conversations VALUES (1, 'default', 'anna', 'c', 0, 0)"))
        for number in (1, 2):
            say(connection, number)
        for number, final in ((3, "completed"), (4, "failed"), (5, "completed")):
            write(connection, number, final, says=final == "completed")
    return url


def test_what_was_said_is_as_old_as_its_message_and_gone_without_one(url: str) -> None:
    migrate(url)
    with connected(url) as connection:
        rows = connection.execute(text("SELECT turns, said_at FROM turns ORDER BY number")).fetchall()
        assert rows == [(SAID.replace("{0}", str(number)), FINISHED * number) for number in (3, 5)]
        conversations = connection.execute(text("SELECT conversation FROM updates")).fetchall()
        assert conversations == [(1,)] * 3
        assert connection.execute(text("SELECT count(*) FROM outbox")).scalar() == 3
    migrate(url, "0004")
    with connected(url) as connection:
        assert connection.execute(text("SELECT count(*) FROM turns")).scalar() == 2
        write(connection, 6, "completed", says=True)
    migrate(url)
    with connected(url) as connection:
        assert connection.execute(text("SELECT said_at FROM turns ORDER BY number")).scalars().all() == [
            FINISHED * number for number in (3, 5, 6)
        ]


def test_message_that_was_answered_together_with_another_has_no_exchange(url: str) -> None:
    with connected(url) as connection:
        for number in (6, 7):
            write(connection, number, "completed", says=number == 6)
        for number, kind in ((6, "answer"), (7, "merged")):
            progress = Progress(
                status=MessageStatus.COMPLETED, result='NUL \0, "kind": "merged"', details={"kind": kind}
            )
            connection.execute(
                text("UPDATE updates SET progress = :progress WHERE position = :at"),
                {"progress": dump_progress(progress), "at": FINISHED * number},
            )
    migrate(url)
    with connected(url) as connection:
        assert connection.execute(text("SELECT said_at FROM turns ORDER BY number")).scalars().all() == [
            FINISHED * number for number in (3, 5, 6)
        ]


async def test_store_goes_on_with_them(url: str) -> None:
    migrate(url)
    opening = (
        open_sqlite(url.removeprefix("sqlite:///")) if "sqlite" in url else open_postgres(PostgresOptions(url=url))
    )
    async with opening as database:
        store = SqlStore(database)
        updates = await store.conversation_updates((ANNA, "c"), after=3 * FINISHED)
        assert [update.message_id for update in updates] == ["m4", "m5"]
        assert len(await store.turns(ANNA, "c", limit=9)) == 4


async def test_what_the_version_before_writes_meanwhile_has_its_place_and_time() -> None:
    url = postgres(Path())
    migrate(url)
    before = utc_now()
    with connected(url) as connection:
        connection.execute(text("INSERT INTO conversations VALUES (1, 'default', 'anna', 'c', 0, 0)"))
        write(connection, 1, "completed", says=True)
        (said_at,) = connection.execute(text("SELECT said_at FROM turns")).scalars()
    assert micros(before) <= said_at <= micros(utc_now())
    async with open_postgres(PostgresOptions(url=url)) as database:
        store = SqlStore(database)
        assert [update.message_id for update in await store.conversation_updates((ANNA, "c"))] == ["m1"]
        assert len(await store.turns(ANNA, "c", limit=9)) == 2
