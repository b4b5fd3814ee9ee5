import argparse
import asyncio
import logging
import sys

from mcp_servers.server import SERVERS
from mcp_servers.serving import serve

FIRST_PORT = 3001


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m mcp_servers", description="Run one or all of the MCP servers.")
    parser.add_argument("name", choices=[*SERVERS, "all"])
    parser.add_argument("--port", type=int, help="of the server, or of the first of all (default: 3001 to 3004)")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument(
        "--allowed-host", action="append", default=[], help="another host name of this server; repeatable"
    )
    options = parser.parse_args()
    first = options.port or FIRST_PORT
    ports = {name: first + place for place, name in enumerate(SERVERS)}
    if options.name != "all":
        ports = {options.name: options.port or ports[options.name]}
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    for name, port in ports.items():
        sys.stdout.write(f"{name}: http://{options.host}:{port}\n")
    sys.stdout.flush()
    asyncio.run(serve(ports, host=options.host, allowed_hosts=options.allowed_host))


if __name__ == "__main__":
    main()
