"""A small, well-behaved MCP server, in process or on a real socket."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import uvicorn
from mcp.server.fastmcp import Context, FastMCP
from pydantic import BaseModel


class Bill(BaseModel):
    summary: str
    amount: str
    customer_id: str


def create_server(*, stateless: bool = True, json_response: bool = True) -> FastMCP:
    server = FastMCP("double", stateless_http=stateless, json_response=json_response)

    @server.tool(title="Current bill")
    async def get_bill(month: int, context: Context[Any, Any]) -> Bill:
        """The bill of a month."""
        customer = _meta(context)["semker/customer_id"]
        return Bill(summary=f"Bill {month} of {customer}: £45.50", amount="45.50", customer_id=customer)

    @server.tool()
    async def get_meta(context: Context[Any, Any]) -> dict[str, Any]:
        return {"meta": _meta(context), "headers": _headers(context)}

    @server.tool()
    async def list_months() -> list[int]:
        return [10, 11, 12]

    @server.tool(structured_output=False)
    async def say(text: str) -> str:
        return text

    @server.tool()
    async def fail(text: str) -> str:
        raise ValueError(text)

    @server.tool()
    async def wait(seconds: float) -> str:
        await asyncio.sleep(seconds)
        return "waited"

    return server


@asynccontextmanager
async def serving(create: Callable[[], FastMCP], port: int = 0) -> AsyncIterator[str]:
    """The address of the server over HTTP."""
    listener = socket.create_server(("127.0.0.1", port))
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    config = uvicorn.Config(create().streamable_http_app(), log_level="error", lifespan="on", access_log=False)
    server = uvicorn.Server(config)
    server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
    task = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/mcp"
    finally:
        server.should_exit = server.force_exit = True
        await task
        listener.close()


def _meta(context: Context[Any, Any]) -> dict[str, Any]:
    meta = context.request_context.meta
    return dict(meta.model_extra or {}) if meta else {}


def _headers(context: Context[Any, Any]) -> dict[str, str]:
    request = context.request_context.request
    return dict(request.headers) if request is not None else {}
