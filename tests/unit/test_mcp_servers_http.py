"""The servers as a separate program: over real sockets, stopped by signals."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path

import httpx
import pytest
from mcp import ClientSession
from mcp.client.streamable_http import streamable_http_client

from mcp_servers import CannotServe, serve
from mcp_servers.serving import clock_from_environment
from tests.unit.test_mcp_servers_support import TODAY, call

pytestmark = pytest.mark.asyncio
ROOT = Path(__file__).parents[2]


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


async def healthy(client: httpx.AsyncClient, url: str) -> httpx.Response:
    async with asyncio.timeout(20):
        while True:
            try:
                return await client.get(f"{url}/health")
            except httpx.ConnectError:
                await asyncio.sleep(0.02)


@asynccontextmanager
async def running(*names: str, allowed_hosts: tuple[str, ...] = ()) -> AsyncIterator[dict[str, str]]:
    """The addresses of these servers, which end with SIGTERM to this process."""
    ports = {name: free_port() for name in names}
    task = asyncio.create_task(serve(ports, allowed_hosts=allowed_hosts, today=lambda: TODAY))
    urls = {name: f"http://127.0.0.1:{port}" for name, port in ports.items()}
    async with httpx.AsyncClient() as client:
        for url in urls.values():
            await healthy(client, url)
    try:
        yield urls
    finally:
        os.kill(os.getpid(), signal.SIGTERM)
        async with asyncio.timeout(10):
            await task


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[ClientSession]:
    async with (
        httpx.AsyncClient() as client,
        streamable_http_client(url, http_client=client) as (read, write, _),
        ClientSession(read, write) as opened,
    ):
        await opened.initialize()
        yield opened


async def test_two_servers_answer_on_both_paths_until_a_signal() -> None:
    handler = signal.getsignal(signal.SIGTERM)
    async with running("billing", "faq") as urls:
        for path in ("", "/", "/mcp"):
            async with connected(urls["billing"] + path) as opened:
                result = await call(opened, "get_current_bill")
                assert result.structuredContent is not None
                assert result.structuredContent["total"] == "45.50"
        async with connected(urls["faq"]) as opened:
            assert not (await call(opened, "search_faq", {"question": "esim"}, None)).isError
    assert signal.getsignal(signal.SIGTERM) is handler


async def test_customers_are_not_mixed_up_over_one_http_session() -> None:
    async with running("billing") as urls, connected(urls["billing"]) as opened:
        asked = ["C-1001", "C-1002", None] * 10
        results = await asyncio.gather(*(call(opened, "get_current_bill", customer=customer) for customer in asked))
        totals = [result.structuredContent and result.structuredContent["total"] for result in results]
        assert totals == ["45.50", "56.00", None] * 10


async def test_health_methods_and_hosts() -> None:
    async with running("tariff", allowed_hosts=("tariff-mcp.shop.svc",)) as urls, httpx.AsyncClient() as client:
        url = urls["tariff"]
        assert (await client.get(f"{url}/health")).json() == {"status": "healthy", "server": "tariff"}
        assert (await client.get(url)).status_code == 405
        assert (await client.delete(url)).status_code == 405
        body = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
        accept = {"Accept": "application/json, text/event-stream"}
        for host, status in [
            ("tariff-mcp.shop.svc", 200),
            ("tariff-mcp.shop.svc:3003", 200),
            ("localhost:3003", 200),
            ("localhost", 200),
            ("evil.example", 421),
        ]:
            answer = await client.post(url, json=body, headers={**accept, "Host": host})
            assert answer.status_code == status, host
        listed = await client.post(url, json=body, headers=accept)
        assert listed.headers["content-type"] == "application/json"
        assert len(listed.json()["result"]["tools"]) == 5


async def test_a_port_that_is_taken_is_one_clear_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        with pytest.raises(CannotServe) as refused:
            await serve({"billing": port})
        assert str(refused.value) == f"Cannot listen on 127.0.0.1 port {port}: Address already in use."
        output = await finished("billing", "--port", str(port))
    assert output == (1, f"Cannot listen on 127.0.0.1 port {port}: Address already in use.\n")


async def test_a_clock_that_is_no_date_is_one_clear_line() -> None:
    status, error = await finished("faq", "--port", str(free_port()), clock="tomorrow")
    assert (status, error) == (1, "CLOCK is not an ISO date or date-time, such as 2026-11-23T10:00:00.\n")


@pytest.mark.parametrize("clock", ["2031-04-02", "2031-04-02T23:59:59", "2031-04-02T10:00:00Z"])
async def test_the_environment_can_fix_today(clock: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLOCK", clock)
    assert clock_from_environment()() == date(2031, 4, 2)


async def test_the_program_runs_by_itself_and_stops_on_sigterm() -> None:
    port = free_port()
    process = await start("billing", "--port", str(port), clock="2031-04-02T08:00:00")
    url = f"http://127.0.0.1:{port}"
    try:
        async with httpx.AsyncClient() as client:
            await healthy(client, url)
        async with connected(url) as opened:
            result = await call(opened, "get_current_bill")
            assert result.structuredContent is not None
            assert result.structuredContent["month"] == "April 2031"
        process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(10):
            _, error = await process.communicate()
        assert (process.returncode, error) == (0, b"")
    finally:
        if process.returncode is None:
            process.kill()


async def start(*arguments: str, clock: str = "") -> asyncio.subprocess.Process:
    pipe = asyncio.subprocess.PIPE
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "mcp_servers", *arguments,
        cwd=ROOT, env={**os.environ, "CLOCK": clock}, stdout=pipe, stderr=pipe,
    )  # fmt: skip


async def finished(*arguments: str, clock: str = "") -> tuple[int | None, str]:
    process = await start(*arguments, clock=clock)
    async with asyncio.timeout(20):
        _, error = await process.communicate()
    return process.returncode, error.decode()
