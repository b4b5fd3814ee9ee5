"""What the tests of the MCP client share."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from agents.mcp_client import CallContext, ToolServer
from agents.mcp_transports import Transport
from models.principal import Principal

CONTEXT = CallContext(Principal("acme", "c-1"), "conversation-1", "message-1", 1)


def tool_server(transport: Transport, seconds: float = 5.0) -> ToolServer:
    return ToolServer("Billing", transport, connect_timeout=0.75 * seconds, call_timeout=seconds)


async def until(condition: Callable[[], bool | Awaitable[bool]], seconds: float = 5.0) -> None:
    async with asyncio.timeout(seconds):
        while True:
            holds = condition()
            if holds if isinstance(holds, bool) else await holds:
                return
            await asyncio.sleep(0.005)


@asynccontextmanager
async def leaving_nothing_behind() -> AsyncIterator[None]:
    """No more tasks and open files after than before."""
    tasks, files = len(asyncio.all_tasks()), _open_files()
    yield
    try:
        await until(lambda: len(asyncio.all_tasks()) <= tasks and _open_files() <= files)
    except TimeoutError:
        left = [task.get_coro() for task in asyncio.all_tasks()]
        raise AssertionError(f"files {files} -> {_open_files()}, tasks {tasks} -> {left}") from None


def _open_files() -> int:
    files = Path("/proc/self/fd")
    return len(list(files.iterdir())) if files.exists() else 0
