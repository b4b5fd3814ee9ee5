"""The well-behaved server as a child process, with a tool that ends it."""

import os

from tests.doubles.mcp_server import create_server

if __name__ == "__main__":
    server = create_server()

    @server.tool()
    async def die() -> str:
        os._exit(1)

    @server.tool()
    async def get_environment() -> list[str]:
        return sorted(os.environ)

    server.run()
