"""What model servers do wrong, each as one callable over a `ChatCall`; see `FakeOpenAI.script`."""

import asyncio
import gzip
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import replace

from pydantic import JsonValue

from tests.doubles.fake_openai_brain import Brain, reply, tool_names
from tests.doubles.fake_openai_http import Exchange
from tests.doubles.fake_openai_wire import Answer, ToolCall, chunks, completion, error

type Fault = Callable[["ChatCall"], Awaitable[None]]


class ChatCall:
    """A chat request that passed every check, waiting for its answer."""

    def __init__(self, exchange: Exchange, body: Mapping[str, JsonValue], *, brain: Brain, azure: bool) -> None:
        self.exchange = exchange
        self.body = body
        self.azure = azure
        self._brain = brain

    def think(self) -> Answer:
        return self._brain(self.body)

    @property
    def streams(self) -> bool:
        return bool(self.body.get("stream"))

    async def send(self, answer: Answer) -> None:
        if not self.streams:
            await self.exchange.send_json(200, completion(self.body, answer, azure=self.azure))
            return
        await self.exchange.send_events(self._events(answer))
        await self.exchange.end_events()

    async def send_json(self, content: dict[str, JsonValue]) -> None:
        await self.exchange.send_json(200, content)

    async def _events(self, answer: Answer) -> AsyncIterator[str]:
        for chunk in chunks(self.body, answer, azure=self.azure):
            yield json.dumps(chunk)
        yield "[DONE]"


async def answer(call: ChatCall) -> None:
    await call.send(call.think())


def status(code: int, *, retry_after: str | None = None, error_code: str | None = None) -> Fault:
    async def fault(call: ChatCall) -> None:
        headers = {"retry-after": retry_after} if retry_after is not None else {}
        content = error(f"Scripted failure {code}", kind="scripted_error", code=error_code)
        await call.exchange.send_json(code, content, headers)

    return fault


def says(scripted: Answer) -> Fault:
    """Any answer, wise or not: an unknown tool, arguments that are no JSON, a refusal."""

    async def fault(call: ChatCall) -> None:
        await call.send(scripted)

    return fault


def delay(seconds: float) -> Fault:
    async def fault(call: ChatCall) -> None:
        await asyncio.sleep(seconds)
        await answer(call)

    return fault


async def hang(call: ChatCall) -> None:
    """Silence until the client gives up."""
    await call.exchange.client_gone()


def drip(interval: float = 0.05) -> Fault:
    """A reply that comes a byte at a time and never ends; no read timeout notices it."""

    async def fault(call: ChatCall) -> None:
        await call.exchange.write(
            b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 100000\r\n\r\n"
        )
        for _ in range(100_000):
            await call.exchange.write(b" ")
            await asyncio.sleep(interval)

    return fault


async def reset(call: ChatCall) -> None:
    call.exchange.reset()


async def half_reply(call: ChatCall) -> None:
    """The headers promise more than comes."""
    await call.exchange.write(
        b'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 900\r\n\r\n{"id": '
    )
    call.exchange.close()


async def html(call: ChatCall) -> None:
    page = b"<!doctype html><html><body>Sign in to the hotel's network</body></html>"
    await call.exchange.send(200, page, headers={"content-type": "text/html"})


async def bad_json(call: ChatCall) -> None:
    await call.exchange.send(200, b'{"id": "chatcmpl-1", "choices": [', headers={"content-type": "application/json"})


async def empty_choices(call: ChatCall) -> None:
    content = completion(call.body, Answer(text=""), azure=call.azure)
    await call.send_json(content | {"choices": []})


async def content_filter(call: ChatCall) -> None:
    """Azure refuses the prompt with 400."""
    text = "The response was filtered due to the prompt triggering content management policy."
    content = error(text, kind="invalid_request_error", code="content_filter", param="prompt")
    result: JsonValue = {"hate": {"filtered": True, "severity": "high"}}
    inner: JsonValue = {"code": "ResponsibleAIPolicyViolation", "content_filter_result": result}
    body: dict[str, JsonValue] = {"error": {**_object(content["error"]), "status": 400, "innererror": inner}}
    await call.exchange.send_json(400, body)


def cut_stream(after: int = 2) -> Fault:
    """A stream that ends in good order before its finish reason, as a dying proxy ends it."""

    async def fault(call: ChatCall) -> None:
        await call.exchange.send_events(_first(call, after))
        await call.exchange.end_events()

    return fault


def broken_stream(after: int = 2) -> Fault:
    """A stream whose connection dies."""

    async def fault(call: ChatCall) -> None:
        await call.exchange.send_events(_first(call, after))
        call.exchange.reset()

    return fault


async def stalled_stream(call: ChatCall) -> None:
    """Begins well and then falls silent."""
    await call.exchange.send_events(_first(call, 2))
    await call.exchange.client_gone()


def dripping_stream(interval: float = 0.05) -> Fault:
    """Each piece comes in time, the end never."""

    async def pieces(call: ChatCall) -> AsyncIterator[str]:
        async for chunk in _first(call, 1):
            for _ in range(100_000):
                yield chunk
                await asyncio.sleep(interval)

    async def fault(call: ChatCall) -> None:
        await call.exchange.send_events(pieces(call))

    return fault


async def failing_stream(call: ChatCall) -> None:
    """The server gives up in the middle and says so."""

    async def pieces() -> AsyncIterator[str]:
        async for chunk in _first(call, 2):
            yield chunk
        yield json.dumps(error("The server had an error", kind="server_error"))

    await call.exchange.send_events(pieces())
    await call.exchange.end_events()


async def endless_tools(call: ChatCall) -> None:
    """Asks for the first tool again and again, as long as tools are offered."""
    names = tool_names(call.body)
    await call.send(Answer(calls=(ToolCall(names[0], "{}"),)) if names else reply("I give up."))


async def wrong_schema(call: ChatCall) -> None:
    await call.send(Answer(text='{"unexpected": true}'))


async def truncated(call: ChatCall) -> None:
    """The token limit cuts the answer."""
    thought = call.think()
    text = thought.text or "{}"
    await call.send(replace(thought, text=text[: len(text) // 2], finish="length"))


def huge(size: int = 20_000_000) -> Fault:
    async def fault(call: ChatCall) -> None:
        await call.send_json(completion(call.body, Answer(text="x" * size), azure=call.azure))

    return fault


async def gzip_bomb(call: ChatCall) -> None:
    body = gzip.compress(b" " * 200_000_000, compresslevel=9)
    headers = {"content-type": "application/json", "content-encoding": "gzip"}
    await call.exchange.send(200, body, headers=headers)


async def _first(call: ChatCall, count: int) -> AsyncIterator[str]:
    for index, chunk in enumerate(chunks(call.body, call.think(), azure=call.azure)):
        if index == count:
            return
        yield json.dumps(chunk)


def _object(value: JsonValue) -> dict[str, JsonValue]:
    assert isinstance(value, dict)
    return value
