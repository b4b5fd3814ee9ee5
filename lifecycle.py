"""A process's start and end: one process per memory, and nothing accepted is dropped at a signal."""

import asyncio
import fcntl
import multiprocessing
import os
import resource
import signal
import sys
import tempfile
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import NoReturn

STARTUP_FAILURE = 3  # what uvicorn's and gunicorn's supervisors take as "do not start another"

_SECOND = (
    "Semker refuses to start a second worker process: messages live in the memory of one process, so the others "
    "would answer 404 for them. Start one worker."
)


_SECOND_OF_FILE = (
    "Semker refuses to start a second process on the same SQLite file: start one, or set DATABASE_URL to a PostgreSQL."
)


def refuse(sentence: str) -> NoReturn:
    """Ends the process here, because a start that fails by an exception is told with a stack by every server."""
    sys.stderr.write(f"{sentence}\n")
    sys.stderr.flush()
    os._exit(STARTUP_FAILURE)


def end_process() -> None:
    """As a signal from outside would, so that what is open is closed; the next in the line may do better."""
    signal.raise_signal(signal.SIGTERM)


@contextmanager
def only_process() -> Iterator[None]:
    """Held by one of a supervisor's worker processes; ends any other with one sentence."""
    if not _has_supervisor():
        yield
        return
    path = Path(tempfile.gettempdir()) / f"semker-{os.getuid()}-{os.getppid()}.lock"
    with _locked(path, "TMPDIR", _SECOND):
        try:
            yield
        finally:
            path.unlink(missing_ok=True)


@contextmanager
def only_process_on(path: Path, *, refusal: str = _SECOND_OF_FILE) -> Iterator[None]:
    """The lock stays beside the file, and goes with the process that holds it."""
    with _locked(path.with_name(f"{path.name}.lock"), "DATABASE_URL", refusal):
        yield


@contextmanager
def _locked(path: Path, place: str, refusal: str) -> Iterator[None]:
    try:
        opened = path.open("w")
    except OSError:
        refuse(f"Semker cannot start: it may not write to the directory that {place} names.")
    with opened as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            refuse(refusal)
        yield


def allow_many_connections() -> None:
    """As many open files as the system lets us have: many systems begin at 1,024, and a stream keeps its socket."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    with suppress(ValueError, OSError):  # "unlimited" is more than some kernels grant
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def _has_supervisor() -> bool:
    """uvicorn --workers (a spawned process) or gunicorn (which names itself in the environment)."""
    return multiprocessing.parent_process() is not None or "gunicorn" in os.environ.get("SERVER_SOFTWARE", "")


@contextmanager
def drain_before_exit(drain: Callable[[], Awaitable[None]]) -> Iterator[None]:
    """At the first SIGTERM or SIGINT run `drain` while requests are still answered; then, or at the second, stop.

    The server's own handlers are kept and called when the draining is over.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    loop = asyncio.get_running_loop()
    servers = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    draining: list[asyncio.Task[None]] = []

    def stop(number: int, frame: FrameType | None) -> None:
        handler = servers[signal.Signals(number)]
        if callable(handler):
            handler(number, frame)

    async def drain_and_stop(number: int) -> None:
        try:
            await drain()
        finally:
            stop(number, None)

    def on_signal(number: int, frame: FrameType | None) -> None:
        if draining:
            stop(number, frame)
        else:
            loop.call_soon_threadsafe(lambda: draining.append(loop.create_task(drain_and_stop(number))))

    for number in servers:
        signal.signal(number, on_signal)
    try:
        yield
    finally:
        for number, handler in servers.items():
            signal.signal(number, handler)
