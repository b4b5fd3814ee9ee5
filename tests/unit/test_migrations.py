"""From nothing to the schema that the code needs, and back; a wrong one is told in one sentence."""

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, inspect

from storage.migrating import migrate, version
from storage.schema import SCHEMA, WrongSchema, check
from tests.config import COMMAND_LINE, ROOT, START_SECONDS
from tests.doubles.postgres import new_database
from tests.live_server import process

TABLES = {"conversations", "messages", "updates", "turns", "counts"}


def sqlite_file(directory: Path) -> str:
    return f"sqlite:///{directory}/semker.db"


def postgres(_: Path) -> str:
    return new_database()


def tables(url: str) -> set[str]:
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    try:
        return set(inspect(engine).get_table_names()) - {"alembic_version"}
    finally:
        engine.dispose()


@pytest.mark.parametrize("database", [sqlite_file, postgres])
def test_up_down_and_up_again(database: Callable[[Path], str], tmp_path: Path) -> None:
    url = database(tmp_path)
    assert version(url) is None
    migrate(url)
    assert version(url) == SCHEMA
    assert tables(url) >= TABLES
    migrate(url)
    migrate(url, "0001")
    assert tables(url) == TABLES
    migrate(url, "base")
    assert tables(url) == set()
    migrate(url)
    assert version(url) == SCHEMA


@pytest.mark.parametrize("database", [sqlite_file, postgres])
def test_outbox_comes_and_goes(database: Callable[[Path], str], tmp_path: Path) -> None:
    url = database(tmp_path)
    migrate(url, "0003")
    before = tables(url)
    migrate(url, "0004")
    assert tables(url) - before == {"outbox", "deliveries"}
    migrate(url, "0003")
    assert tables(url) == before
    migrate(url)
    assert version(url) == SCHEMA


def test_many_at_once_wait_for_each_other() -> None:
    url = new_database()
    with ExitStack() as stack:
        command = (*COMMAND_LINE, "migrate")
        commands = [stack.enter_context(process(command, {"DATABASE_URL": url})) for _ in range(3)]
        outcomes = [(each.wait(START_SECONDS), each.output) for each in commands]
    assert all(code == 0 and f"has schema {SCHEMA}" in output for code, output in outcomes), outcomes
    assert version(url) == SCHEMA


def test_code_needs_the_newest_schema() -> None:
    assert ScriptDirectory(str(ROOT / "storage" / "migrations")).get_current_head() == SCHEMA


def test_older_schema_is_refused() -> None:
    for found in (None, "0001"):
        with pytest.raises(WrongSchema, match=r"run `python main.py migrate` first"):
            check(found)


def test_newer_schema_is_refused() -> None:
    with pytest.raises(WrongSchema, match="start a newer version"):
        check("9999")
    check(SCHEMA)
