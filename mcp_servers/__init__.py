"""Reference MCP servers of a small invented UK mobile operator, a program of its own."""

from mcp_servers.server import SERVERS, create_server, http_app
from mcp_servers.serving import CannotServe, serve
from mcp_servers.toolkit import CUSTOMER_KEY

__all__ = ["CUSTOMER_KEY", "SERVERS", "CannotServe", "create_server", "http_app", "serve"]
