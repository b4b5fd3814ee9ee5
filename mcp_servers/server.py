import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date

from mcp.server.fastmcp import FastMCP
from mcp.server.fastmcp.server import StreamableHTTPASGIApp
from mcp.server.transport_security import TransportSecuritySettings
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from mcp_servers.billing import Billing
from mcp_servers.faq import Faq
from mcp_servers.months import Clock
from mcp_servers.roaming import Roaming
from mcp_servers.tariff import Tariff
from mcp_servers.toolkit import tools_of

type Service = Billing | Roaming | Tariff | Faq

SERVERS: Mapping[str, Callable[[Clock], Service]] = {
    "billing": Billing,
    "roaming": Roaming,
    "tariff": Tariff,
    "faq": Faq,
}
LOCAL_HOSTS = ("localhost", "127.0.0.1", "[::1]")


def create_server(name: str, today: Clock = date.today, *, allowed_hosts: Sequence[str] = ()) -> FastMCP[None]:
    """The server of that name; `allowed_hosts` are names besides localhost under which it may be reached over HTTP."""
    service = SERVERS[name](today)
    hosts = (*LOCAL_HOSTS, *allowed_hosts)
    with logging_untouched():
        return FastMCP(
            f"semker-{name}",
            instructions=type(service).__doc__,
            tools=tools_of(service),
            stateless_http=True,
            json_response=True,
            transport_security=TransportSecuritySettings(
                allowed_hosts=[form for host in hosts for form in (host, f"{host}:*")],
                allowed_origins=[
                    f"{scheme}://{host}{port}" for host in hosts for scheme in ("http", "https") for port in ("", ":*")
                ],
            ),
        )


def http_app(name: str, today: Clock = date.today, *, allowed_hosts: Sequence[str] = ()) -> Starlette:
    """Answers MCP on / and on /mcp, and GET /health."""
    server = create_server(name, today, allowed_hosts=allowed_hosts)
    server.streamable_http_app()
    manager = server.session_manager
    endpoint = StreamableHTTPASGIApp(manager)

    async def health(request: Request) -> JSONResponse:
        return JSONResponse({"status": "healthy", "server": name})

    # Without sessions there is no stream to GET and nothing to DELETE: both get 405.
    return Starlette(
        routes=[
            Route("/", endpoint, methods=["POST"]),
            Route("/mcp", endpoint, methods=["POST"]),
            Route("/health", health),
        ],
        lifespan=lambda app: manager.run(),
    )


@contextmanager
def logging_untouched() -> Iterator[None]:
    """FastMCP sets up the root logger, which belongs to the program that uses it."""
    root = logging.getLogger()
    level, handlers = root.level, root.handlers[:]
    try:
        yield
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
