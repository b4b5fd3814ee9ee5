"""A model and a billing MCP server that cost next to nothing: `python -m benchmarks.floor_upstreams PORT [SECONDS]`.

The answers are made once, from the bundled billing server. SECONDS is what a model call takes. GET /counts tells how
many connections and requests there were.
"""

import asyncio
import json
import sys
from collections import Counter
from datetime import date
from typing import cast

import uvloop
from mcp.server.fastmcp import FastMCP
from mcp.shared.memory import create_connected_server_and_client_session
from mcp.types import CallToolResult

from mcp_servers import create_server

TOOL = "get_current_bill"
TODAY = date(2026, 11, 23)


class Answers:
    def __init__(self) -> None:
        self.tools: object = None
        self.bill: object = None
        self.plan = _completion(
            {
                "steps": ["Ask the Billing agent."],
                "routes": [{"agent": "Billing", "request": "What is my current bill?"}],
                "reply": None,
                "input_required": False,
                "confidence": 0.9,
                "reasons": [],
            }
        )
        call = {"id": "call_1", "type": "function", "function": {"name": f"Billing-{TOOL}", "arguments": "{}"}}
        self.choice = _completion(None, tool_calls=[call])
        self.reply = b""

    async def make(self) -> None:
        server: FastMCP[None] = create_server("billing", lambda: TODAY)
        listed = [tool.model_dump(by_alias=True, exclude_none=True) for tool in await server.list_tools()]
        result = await _call(server)
        self.tools = {"tools": listed}
        self.bill = result.model_dump(mode="json", by_alias=True, exclude_none=True)
        assert result.structuredContent is not None
        text = result.structuredContent["summary"]
        self.reply = _completion({"able_to_serve": True, "human_input_required": False, "text": text})

    def of_model(self, body: bytes) -> tuple[str, bytes]:
        if b'"role":"tool"' in body:
            return "model: answer", self.reply
        return ("model: plan", self.plan) if b'"name":"Plan"' in body else ("model: choice", self.choice)

    def of_tools(self, body: bytes) -> tuple[str, bytes]:
        request = json.loads(body)
        method = request["method"]
        match method:
            case "initialize":
                result: object = {
                    "protocolVersion": request["params"]["protocolVersion"],
                    "capabilities": {"tools": {}},
                    "serverInfo": {"name": "billing", "version": "1"},
                }
            case "tools/list":
                result = self.tools
            case "tools/call":
                result = self.bill
            case _:
                return method, b""
        return method, json.dumps({"jsonrpc": "2.0", "id": request["id"], "result": result}).encode()


async def _call(server: "FastMCP[None]") -> CallToolResult:
    """As the demo customer, whom a session names in the metadata of its call."""
    meta = {"semker/customer_id": "C-1001", "semker/tenant": "default"}
    async with create_connected_server_and_client_session(server._mcp_server) as session:
        return await session.call_tool(TOOL, {}, meta=meta)


def _completion(content: object, **message: object) -> bytes:
    text = None if content is None else json.dumps(content, ensure_ascii=False)
    choice = {
        "index": 0,
        "message": {"role": "assistant", "content": text, "refusal": None, **message},
        "logprobs": None,
        "finish_reason": "tool_calls" if message else "stop",
    }
    usage = {"prompt_tokens": 1500, "completion_tokens": 40, "total_tokens": 1540}
    completion = {"id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": "gpt-4o-mini"}
    return json.dumps(completion | {"choices": [choice], "usage": usage}).encode()


class Connection(asyncio.Protocol):
    def __init__(self, answers: Answers, counts: Counter[str], seconds: float) -> None:
        self._answers = answers
        self._counts = counts
        self._seconds = seconds
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._is_counted = False

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, separator, body = self._received.partition(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0] or 0)
        if not separator or len(body) < length:
            return
        self._received = body[length:]
        self._answer(head, body[:length])

    def _answer(self, head: bytes, body: bytes) -> None:
        if head.startswith(b"GET /counts"):
            self._send(json.dumps(self._counts).encode())
            return
        if not self._is_counted:
            self._is_counted = True
            self._counts["connections for tools" if b"/mcp" in head[:12] else "connections for the model"] += 1
        if head.startswith(b"POST /mcp"):
            name, content = self._answers.of_tools(body)
            self._counts[name] += 1
            self._send(content, status=b"200 OK" if content else b"202 Accepted")
        elif head.startswith(b"POST"):
            name, content = self._answers.of_model(body)
            self._counts[name] += 1
            asyncio.get_running_loop().call_later(self._seconds, self._send, content)
        else:
            self._send(b"", status=b"405 Method Not Allowed")

    def _send(self, content: bytes, status: bytes = b"200 OK") -> None:
        head = b"HTTP/1.1 %s\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n" % (status, len(content))
        self._transport.write(head + content)


async def serve(port: int, seconds: float) -> None:
    answers, counts = Answers(), Counter[str]()
    await answers.make()
    server = await asyncio.get_running_loop().create_server(
        lambda: Connection(answers, counts, seconds), "127.0.0.1", port, backlog=512
    )
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(serve(int(sys.argv[1]), float(sys.argv[2]) if len(sys.argv) > 2 else 0))
