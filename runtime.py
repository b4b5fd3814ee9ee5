"""The composition root: opens everything in order, as one async context manager."""

import asyncio
import logging
import signal
from collections.abc import AsyncIterator
from concurrent.futures import Future
from contextlib import (
    AbstractAsyncContextManager,
    AbstractContextManager,
    AsyncExitStack,
    asynccontextmanager,
    nullcontext,
)
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from threading import Thread
from typing import Protocol

from backends.base import Backend, backend_of
from config.settings import Settings
from lifecycle import drain_before_exit, end_process
from process.announcements import Announcements
from process.callbacks import Callbacks, Send
from process.engine import Engine
from process.following import Following
from process.merging import Merging
from process.message_processor import Limits, MessageProcessor
from process.seats import Seats
from process.worker import Planner, Worker
from storage.base import MessageStore
from telemetry import Telemetry, open_telemetry
from telemetry.meters import observe

LINGER_SECONDS = 1.0
CALLBACK_LEASE_SECONDS = 15  # to log a try, beyond the try itself

logger = logging.getLogger(__name__)


class PlannerFactory(Protocol):
    """Opens the agents with their models and tools; imported late because it costs seconds."""

    def __call__(self, settings: Settings) -> AbstractAsyncContextManager[Planner]: ...


@dataclass(frozen=True, slots=True)
class Runtime:
    settings: Settings
    processor: MessageProcessor
    following: Following
    callbacks: Callbacks
    engine: Engine
    telemetry: Telemetry


@asynccontextmanager
async def open_runtime(
    settings: Settings, planner: PlannerFactory | None = None, *, works: bool = True
) -> AsyncIterator[Runtime]:
    """`planner` replaces the real agents, for tests; `works`: this process may answer messages, not only take them."""
    announcements = Announcements()
    engine = Engine(partial(_opening, settings, planner), end_process)

    def employ(store: MessageStore, *, max_attempts: int) -> Worker:
        return Worker(
            store,
            engine,
            timeout=settings.processing.message_timeout,
            delay=settings.processing.message_processing_delay,
            max_attempts=max_attempts,
            ready=engine.ready,
            tell=announcements.tell,
            is_followed=announcements.is_followed,
            merging=Merging(
                store,
                window=settings.processing.merge_window_ms / 1000,
                max_length=settings.processing.max_message_length,
            ),
        )

    opening = backend_of(settings)(settings, announcements, employ, works=works)
    async with (
        _telemetry(settings) as telemetry,
        opening as backend,
        _callbacks(settings, backend, announcements) as calls,
    ):
        seats = Seats(total=settings.streams.max_streams, per_client=settings.streams.max_streams_per_client)
        following = Following(backend.store, announcements, seats, max_seconds=settings.streams.stream_max_seconds)
        processor = MessageProcessor(backend.store, backend.queue, _limits(settings), calls)
        _observe(processor, seats)
        with drain_before_exit(partial(_drain, settings, processor, following, engine)):
            async with engine.loading(), processor.running():
                yield Runtime(settings, processor, following, calls, engine, telemetry)


async def _drain(settings: Settings, processor: MessageProcessor, following: Following, engine: Engine) -> None:
    was_busy = not processor.is_idle
    await processor.drain(0 if engine.has_given_up else settings.server.shutdown_grace)
    following.close()  # an open stream would hold up the server's shutdown
    if was_busy:  # clients that poll still read the last answers
        await asyncio.sleep(LINGER_SECONDS)


@asynccontextmanager
async def _callbacks(settings: Settings, backend: Backend, announcements: Announcements) -> AsyncIterator[Callbacks]:
    webhooks = settings.webhooks
    async with AsyncExitStack() as stack:
        send: Send | None = None
        if webhooks.secret is not None:
            opening = import_module("webhooks.sender").open_sender(  # its libraries cost time
                webhooks.secret.get_secret_value(),
                timeout=webhooks.timeout,
                concurrency=webhooks.concurrency,
                is_development=settings.api.debug,
            )
            send = await stack.enter_async_context(opening)
        callbacks = Callbacks(
            backend.store,
            backend.deliveries,
            announcements,
            send,
            concurrency=webhooks.concurrency,
            max_pending=webhooks.max_pending,
            lease=webhooks.timeout + CALLBACK_LEASE_SECONDS,
        )
        await stack.enter_async_context(callbacks.sending())
        yield callbacks


def _limits(settings: Settings) -> Limits:
    limits = settings.processing
    return Limits(
        max_message_length=limits.max_message_length,
        max_queued_messages=limits.max_queued_messages,
        message_ttl=limits.message_ttl,
        key_ttl=limits.idempotency_ttl,
    )


def _telemetry(settings: Settings) -> AbstractAsyncContextManager[Telemetry]:
    environment, api = settings.server.environment, settings.api
    return open_telemetry(settings.telemetry, version=api.version, environment=environment, debug=api.debug)


def _observe(processor: MessageProcessor, seats: Seats) -> None:
    observe("semker.messages.waiting", "{message}", "Accepted, not begun", lambda: processor.waiting)
    observe("semker.messages.at_work", "{message}", "Being answered", lambda: processor.at_work)
    observe("semker.messages.oldest_waiting", "s", "Age of the oldest", lambda: processor.oldest_waiting_seconds)
    observe("semker.streams", "{stream}", "Clients that follow", lambda: seats.count)


async def _opening(settings: Settings, planner: PlannerFactory | None) -> AbstractAsyncContextManager[Planner]:
    factory = planner if planner is not None else await _agents()
    return factory(settings)


async def _agents() -> PlannerFactory:
    """Imported in a thread that nobody waits for: it takes seconds and cannot be stopped, a start that fails can."""
    imported: Future[PlannerFactory] = Future()
    imported.set_running_or_notify_cancel()

    def run() -> None:
        try:
            imported.set_result(import_module("agents.engine").open_planner)
        except Exception as error:
            imported.set_exception(error)

    Thread(target=run, daemon=True, name="agents").start()
    return await asyncio.wrap_future(imported)


async def work(settings: Settings, planner: PlannerFactory | None = None) -> None:
    """Answers messages and serves nobody, until a signal comes."""
    ended = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    async with open_runtime(settings, planner) as runtime:
        with _metrics_served(runtime.telemetry, settings.telemetry.metrics_port):
            await ended.wait()
    if runtime.engine.has_given_up:
        raise SystemExit(1)


def _metrics_served(telemetry: Telemetry, port: int | None) -> AbstractContextManager[None]:
    if telemetry.prometheus is None or port is None:
        return nullcontext()
    return telemetry.prometheus.served(port)
