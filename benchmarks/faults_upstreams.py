"""A model server and two MCP servers that fail where a message says so: `python -m benchmarks.faults_upstreams PORTS`.

PORTS are three, comma-separated: model, billing, tariff. A text with `#<number>.f<fault>.<request>` meets that fault
from that model request on; a conversation called `m<fault>-<number>` meets it in its tool calls.
"""

import asyncio
import re
import sys
from collections import Counter
from contextlib import AsyncExitStack
from datetime import date

from mcp import ClientSession
from mcp.shared.memory import create_connected_server_and_client_session

from mcp_servers import create_server
from tests.doubles import fake_openai_faults as model_faults
from tests.doubles import mcp_faults
from tests.doubles.fake_openai import FakeOpenAI
from tests.doubles.fake_openai_faults import ChatCall, Fault
from tests.doubles.fake_openai_wire import Answer, ToolCall
from tests.doubles.mcp_faults import Behaviour, Exchange, FaultyServer

TODAY = date(2026, 11, 23)
MODEL_FAULTS: tuple[Fault, ...] = (
    model_faults.status(400),
    model_faults.status(401),
    model_faults.status(429, retry_after="0.2"),
    model_faults.status(429, retry_after="120"),
    model_faults.status(500),
    model_faults.status(503),
    model_faults.hang,
    model_faults.drip(),
    model_faults.reset,
    model_faults.half_reply,
    model_faults.html,
    model_faults.bad_json,
    model_faults.empty_choices,
    model_faults.content_filter,
    model_faults.wrong_schema,
    model_faults.truncated,
    model_faults.huge(),
    model_faults.says(Answer(calls=(ToolCall("Billing-no_such_tool", "{}"),))),
)
TOOL_FAULTS: tuple[Behaviour, ...] = (
    mcp_faults.status(401),
    mcp_faults.status(404),
    mcp_faults.status(429),
    mcp_faults.status(500),
    mcp_faults.status(200, b"<html>", "text/html"),
    mcp_faults.hang,
    mcp_faults.die,
    mcp_faults.reset,
    mcp_faults.half_an_answer,
    mcp_faults.answer({"content": []}, id=-1),
    mcp_faults.answer({"isError": True, "content": [{"type": "text", "text": "There is no answer."}]}),
    mcp_faults.answer({"content": [{"type": "text", "text": "x" * 2_000_000}]}),
)
_HARMED_TEXT = re.compile(r"#(\d+)\.f(\d+)\.(\d)")
_HARMED_CONVERSATION = re.compile(r"m(\d+)-\d+")


def harmful_model() -> Fault:
    requests = Counter[str]()

    async def fault(call: ChatCall) -> None:
        found = _HARMED_TEXT.search(str(call.body["messages"]))
        if found:
            requests[found[1]] += 1
        harmed = found and requests[found[1]] >= int(found[3])
        await (MODEL_FAULTS[int(found[2])] if found and harmed else model_faults.answer)(call)

    return fault


def harmful_tools(session: ClientSession) -> Behaviour:
    async def behave(exchange: Exchange) -> None:
        found = _HARMED_CONVERSATION.match(exchange.headers["x-ms-conversation-id"])
        if found:
            await TOOL_FAULTS[int(found[1])](exchange)
            return
        request = exchange.rpc["params"]
        result = await session.call_tool(request["name"], request["arguments"], meta=request["_meta"])
        content = result.model_dump(mode="json", by_alias=True, exclude_none=True)
        await exchange.respond(200, exchange.result(content))

    return behave


async def serve(model_port: int, billing_port: int, tariff_port: int) -> None:
    async with AsyncExitStack() as stack:
        for name, port in (("billing", billing_port), ("tariff", tariff_port)):
            bundled = create_server(name, lambda: TODAY)
            session = await stack.enter_async_context(create_connected_server_and_client_session(bundled._mcp_server))
            tools = [tool.model_dump(by_alias=True, exclude_none=True) for tool in (await session.list_tools()).tools]
            behaviours = {"tools/call": harmful_tools(session)}
            await stack.enter_async_context(FaultyServer(tools=tools, behaviours=behaviours, port=port))
        await FakeOpenAI(normally=harmful_model(), port=model_port).serve()


if __name__ == "__main__":
    asyncio.run(serve(*(int(port) for port in sys.argv[1].split(","))))
