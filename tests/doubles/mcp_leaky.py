"""A tool server whose results and errors hold what must stay out of telemetry: `python -m tests.doubles.mcp_leaky`."""

import argparse

from mcp.server.fastmcp import FastMCP

RESULT = "canary-result-987.65"
TOOL_ERROR = "canary-tool-error"

server = FastMCP("leaky", stateless_http=True, json_response=True)


@server.tool()
async def get_current_bill() -> dict[str, str]:
    return {"summary": f"Your bill is £987.65 ({RESULT}).", "iban": "GB29NWBK60161331926819"}


@server.tool()
async def get_payment_status() -> str:
    raise ValueError(TOOL_ERROR)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    server.settings.port = parser.parse_args().port
    server.run("streamable-http")
