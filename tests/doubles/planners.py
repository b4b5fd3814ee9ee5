"""Small real planners; `opened(planner)` is what `create_app` and `open_runtime` take for the agents."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Protocol

from config.settings import Settings
from models.conversation import Turn
from models.message import Delta, Message, MessageStatus, Progress

type Answering = AsyncGenerator[Progress | Delta]


class Planner(Protocol):
    def answer(self, message: Message, history: Sequence[Turn]) -> Answering: ...


class Opening(Protocol):
    def __call__(self, settings: Settings) -> AbstractAsyncContextManager[Planner]: ...


def opened(planner: Planner) -> Opening:
    @asynccontextmanager
    async def opening(settings: Settings) -> AsyncIterator[Planner]:
        yield planner

    return opening


def completed(result: str) -> Progress:
    return Progress(status=MessageStatus.COMPLETED, result=result, agent_name="EchoAgent")


class Echo:
    """Says the customer's text again, after a step; `asked` are the texts and what was said before each."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, Sequence[Turn]]] = []

    async def answer(self, message: Message, history: Sequence[Turn]) -> Answering:
        self.asked.append((message.text, history))
        yield Progress(result="Thinking", agent_name="EchoAgent")
        yield completed(message.text)


class Held:
    """Answers when it is let go; `begun` are the texts in the order in which work on them began."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.ended: list[str] = []
        self._gates: dict[str, asyncio.Event] = {}

    def release(self, *texts: str) -> None:
        for text in texts:
            self._gate(text).set()

    async def answer(self, message: Message, history: Sequence[Turn]) -> Answering:
        self.begun.append(message.text)
        try:
            yield Progress(result="Thinking")
            await self._gate(message.text).wait()
            yield completed(message.text)
        finally:
            self.ended.append(message.text)

    def _gate(self, text: str) -> asyncio.Event:
        return self._gates.setdefault(text, asyncio.Event())


class Endless:
    """Has always one more thing to say."""

    async def answer(self, message: Message, history: Sequence[Turn]) -> Answering:
        while True:
            yield Progress(result="Still thinking")
            await asyncio.sleep(0.001)


class Failing:
    """Raises after its first words, except for the text "Hello"."""

    def __init__(self, error: BaseException) -> None:
        self._error = error

    async def answer(self, message: Message, history: Sequence[Turn]) -> Answering:
        yield Progress(result="Thinking")
        if message.text != "Hello":
            raise self._error
        yield completed("Hello")


class Speechless:
    """Ends without a final word."""

    async def answer(self, message: Message, history: Sequence[Turn]) -> Answering:
        yield Progress(result="Thinking")


class Talkative:
    """Goes on after its final word."""

    def __init__(self) -> None:
        self.went_on = False

    async def answer(self, message: Message, history: Sequence[Turn]) -> Answering:
        yield completed("That is all")
        self.went_on = True
        yield completed("And another thing")
