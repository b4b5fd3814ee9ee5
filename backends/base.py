"""Where messages live and how they come to be worked on: together, because the one decides about the other."""

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from importlib import import_module
from typing import Protocol

from config.settings import Settings
from process.announcements import Announcements
from process.queue import Queue
from process.worker import Worker
from storage.base import DeliveryLog, MessageStore


@dataclass(frozen=True, slots=True)
class Backend:
    store: MessageStore
    queue: Queue
    deliveries: DeliveryLog


class Employ(Protocol):
    def __call__(self, store: MessageStore, *, max_attempts: int) -> Worker: ...


class Opening(Protocol):
    """`works`: this process answers messages; only a queue that processes share can do without."""

    def __call__(
        self, settings: Settings, announcements: Announcements, employ: Employ, *, works: bool
    ) -> AbstractAsyncContextManager[Backend]: ...


def backend_of(settings: Settings) -> Opening:
    """Imported late: who needs no database does not wait for its libraries."""
    opening: Opening = import_module(f"backends.{settings.store.kind}").open_backend
    return opening
