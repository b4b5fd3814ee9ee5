"""Without DATABASE_URL: this process's memory."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from backends.base import Backend, Employ
from config.settings import Settings
from lifecycle import only_process
from process.announcements import Announcements
from process.local_queue import LocalQueue
from storage.memory import MemoryStore


@asynccontextmanager
async def open_backend(
    settings: Settings, announcements: Announcements, employ: Employ, *, works: bool
) -> AsyncIterator[Backend]:
    limits = settings.processing
    with only_process():
        store = MemoryStore(max_messages=limits.max_stored_messages, announce=announcements.announce)
        worker = employ(store, max_attempts=1)
        queue = LocalQueue(store, worker, concurrency=limits.max_concurrent_messages)
        yield Backend(store, queue, store.outbox)
