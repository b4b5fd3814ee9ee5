"""DATABASE_URL=sqlite:///path: durable, for one process, which takes up what the one before it left open."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from importlib import import_module
from pathlib import Path

from backends.base import Backend, Employ
from config.settings import Settings
from lifecycle import only_process_on, refuse
from process.announcements import Announcements
from process.local_queue import LocalQueue
from storage.schema import SCHEMA, WrongSchema, check
from storage.sql import SqlStore
from storage.sql_outbox import SqlOutbox
from storage.sqlite import open_sqlite


@asynccontextmanager
async def open_backend(
    settings: Settings, announcements: Announcements, employ: Employ, *, works: bool
) -> AsyncIterator[Backend]:
    url, limits = settings.store.url, settings.processing
    path = Path(url.removeprefix("sqlite:///"))
    if not path.parent.is_dir():
        refuse("DATABASE_URL names a file in a directory that does not exist.")
    with only_process_on(path):
        try:
            await asyncio.to_thread(_migrate, path, url)
        except sqlite3.DatabaseError:
            refuse("DATABASE_URL names what cannot be opened as a SQLite database, or not written.")
        async with open_sqlite(str(path)) as database:
            store = SqlStore(database, announce=announcements.announce)
            worker = employ(store, max_attempts=settings.store.max_attempts)
            queue = LocalQueue(store, worker, concurrency=limits.max_concurrent_messages, resumes=True)
            outbox = SqlOutbox(database)
            await outbox.release()
            yield Backend(store, queue, outbox)


def _migrate(path: Path, url: str) -> None:
    found = _version(path)
    if found is not None and found > SCHEMA:
        try:
            check(found)
        except WrongSchema as error:
            refuse(str(error))
    if found != SCHEMA:
        import_module("storage.migrating").migrate(url)  # its libraries cost a second


def _version(path: Path) -> str | None:
    with closing(sqlite3.connect(path)) as connection:
        tables = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'").fetchone()
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone() if tables else None
        return str(row[0]) if row else None
