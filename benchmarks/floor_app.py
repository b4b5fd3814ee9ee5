"""The floor: the same work for a message with nothing between FastAPI, a bare httpx client and one stock MCP session.

UPSTREAMS is the address of `benchmarks.floor_upstreams`. It sends the model the same texts and schemas as we do.
"""

import asyncio
import json
import os
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import uuid4

import httpx
from fastapi import BackgroundTasks, FastAPI, Header, HTTPException
from mcp import ClientSession
from mcp.client.streamable_http import streamablehttp_client
from pydantic import BaseModel

from agents.config import AGENTS
from agents.prompts import agent_instructions, planner_instructions
from agents.structured_output import response_format
from models.plan import AgentReply, Plan

UPSTREAMS = os.environ["UPSTREAMS"]
META = {"semker/customer_id": "C-1001", "semker/tenant": "default"}
BILLING = AGENTS[0]
MOST_AT_WORK = 64
TURNS = 16
PLANNING = {"role": "system", "content": planner_instructions(AGENTS)}
ANSWERING = {"role": "system", "content": agent_instructions(BILLING)}

type Json = dict[str, Any]


class Message(BaseModel):
    message: str


class State:
    http: httpx.AsyncClient
    session: ClientSession
    tools: list[Json]

    def __init__(self) -> None:
        self.updates: dict[str, list[Json]] = {}
        self.texts: dict[str, str] = {}
        self.turns: dict[str, list[Json]] = defaultdict(list)
        self.places = asyncio.Semaphore(MOST_AT_WORK)


state = State()


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[None]:
    async with (
        httpx.AsyncClient(base_url=UPSTREAMS, trust_env=False, timeout=60) as state.http,
        streamablehttp_client(f"{UPSTREAMS}/mcp") as (incoming, outgoing, _session_id),
        ClientSession(incoming, outgoing) as state.session,
    ):
        await state.session.initialize()
        state.tools = [
            {
                "type": "function",
                "function": {
                    "name": f"Billing-{tool.name}",
                    "description": tool.description,
                    "parameters": tool.inputSchema,
                },
            }
            for tool in (await state.session.list_tools()).tools
        ]
        yield


app = FastAPI(lifespan=lifespan)


@app.get("/health/ready")
async def ready() -> None:
    return None


@app.post("/messages", status_code=201)
async def send_message(
    message: Message, tasks: BackgroundTasks, x_ms_conversation_id: Annotated[str, Header()]
) -> Json:
    message_id = str(uuid4())
    state.texts[message_id] = message.message
    state.updates[message_id] = []
    _tell(message_id, "received", "Message received and sent to the agent.", None)
    tasks.add_task(answer, message_id, x_ms_conversation_id)
    return {"message_id": message_id, "status": "received", "received_at": datetime.now(UTC)}


@app.get("/messages/{message_id}/status")
async def get_status(message_id: str) -> Json:
    if message_id not in state.updates:
        raise HTTPException(404)
    last = state.updates[message_id][-1]
    return {
        "message_id": message_id,
        "status": last["status"],
        "content": state.texts[message_id],
        "timestamp": last["processed_at"],
        "result": last["result"],
    }


async def answer(message_id: str, conversation_id: str) -> None:
    async with state.places:
        earlier = state.turns[conversation_id][-TURNS:]
        question = {"role": "user", "content": state.texts[message_id]}
        plan = json.loads((await _ask([PLANNING, *earlier, question], Plan))["content"])
        _tell(message_id, "inprogress", " ".join(plan["steps"]), "PlannerAgent")

        route = plan["routes"][0]
        messages = [ANSWERING, *earlier, {"role": "user", "content": route["request"]}]
        choice = await _ask(messages, AgentReply, tools=state.tools)
        call = choice["tool_calls"][0]
        name = call["function"]["name"].partition("-")[2]
        _tell(message_id, "inprogress", f"Looking up {name}", "BillingAgent")
        result = await state.session.call_tool(name, json.loads(call["function"]["arguments"]), meta=META)
        content = json.dumps(result.structuredContent)
        told = {"role": "tool", "tool_call_id": call["id"], "content": content}
        reply = json.loads((await _ask([*messages, choice, told], AgentReply, tools=state.tools))["content"])
        state.turns[conversation_id] += [question, {"role": "assistant", "content": reply["text"]}]
        _tell(message_id, "completed", reply["text"], "BillingAgent")


async def _ask(messages: list[Json], output: type[BaseModel], tools: list[Json] | None = None) -> Json:
    body: Json = {"model": "gpt-4o-mini", "messages": messages, "response_format": response_format(output)}
    if tools:
        body |= {"tools": tools, "tool_choice": "auto"}
    response = await state.http.post("/v1/chat/completions", json=body)
    message: Json = response.json()["choices"][0]["message"]
    return message


def _tell(message_id: str, status: str, result: str, agent: str | None) -> None:
    update = {"status": status, "processed_at": datetime.now(UTC), "result": result, "agent_name": agent}
    state.updates[message_id].append({"message_id": message_id, **update})
