import asyncio
import os
import signal
import socket
import threading
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import date, datetime

import uvicorn

from mcp_servers.months import Clock
from mcp_servers.server import http_app
from mcp_servers.tracing import exporting

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM)
DRAIN_SECONDS = 5


class CannotServe(SystemExit):
    """A port is taken or a setting is wrong. Not caught, it ends the program with this one sentence and status 1."""


class QuietServer(uvicorn.Server):
    """Leaves signals to `serve`, which stops several servers together."""

    @contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        yield


async def serve(
    ports: Mapping[str, int],
    *,
    host: str = "127.0.0.1",
    allowed_hosts: Sequence[str] = (),
    today: Clock | None = None,
) -> None:
    """Runs the named servers on their ports until SIGINT or SIGTERM; raises `CannotServe`."""
    clock = today or clock_from_environment()
    with exporting(), ExitStack() as stack:
        listening = [stack.enter_context(listen(host, port)) for port in ports.values()]
        servers = [
            QuietServer(
                uvicorn.Config(
                    http_app(name, clock, allowed_hosts=allowed_hosts),
                    log_config=None,
                    access_log=False,
                    timeout_graceful_shutdown=DRAIN_SECONDS,
                )
            )
            for name in ports
        ]
        stack.enter_context(stopped_by_signals(servers))
        async with asyncio.TaskGroup() as group:
            for server, listener in zip(servers, listening, strict=True):
                group.create_task(server.serve(sockets=[listener]))


def listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, port), family=family)
    except OSError as error:
        raise CannotServe(f"Cannot listen on {host} port {port}: {os.strerror(error.errno or 0)}.") from error
    # asyncio sets this on sockets that it opens itself; without it an answer waits 40 ms for an acknowledgement
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


def clock_from_environment() -> Clock:
    """Today, or the day of the environment variable CLOCK (an ISO date or date-time)."""
    fixed = os.environ.get("CLOCK")
    if not fixed:
        return date.today
    try:
        day = datetime.fromisoformat(fixed).date()
    except ValueError as error:
        raise CannotServe("CLOCK is not an ISO date or date-time, such as 2026-11-23T10:00:00.") from error
    return lambda: day


@contextmanager
def stopped_by_signals(servers: Sequence[uvicorn.Server]) -> Iterator[None]:
    def stop(number: int, frame: object) -> None:
        for server in servers:
            server.should_exit = True

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, stop) for number in STOP_SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
