"""A planner that does what the message says, as JSON: `python -m tests.doubles.scripted_planner [worker]` runs it.

`{"steps": 3, "every": 0.1, "deltas": 5}`: three steps, 0.1 s before each, and after each five pieces of text.
"""

import asyncio
import json
import sys
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from config.environment import InvalidSettings
from config.settings import Settings
from models.conversation import Turn
from models.message import Delta, Message, MessageStatus, Progress
from runtime import work
from start_server import serve


@dataclass(frozen=True, slots=True)
class Script:
    steps: int = 3
    every: float = 0
    deltas: int = 0
    delta_text: str = "word "
    delta_times: int = 1
    hang: float = 0

    @classmethod
    def of(cls, text: str) -> "Script":
        return cls(**json.loads(text)) if text.startswith("{") else cls()


class ScriptedPlanner:
    def __init__(self) -> None:
        self.begun: list[str] = []
        self.ended: list[str] = []

    async def answer(self, message: Message, history: Sequence[Turn]) -> AsyncGenerator[Progress | Delta]:
        script = Script.of(message.text)
        self.begun.append(message.id)
        try:
            for step in range(script.steps):
                await asyncio.sleep(script.every)
                yield Progress(result=f"step {step + 1}", agent_name="DoubleAgent")
                for _ in range(script.deltas):
                    yield Delta(script.delta_text * script.delta_times, "DoubleAgent")
                    await asyncio.sleep(0)
            await asyncio.sleep(script.hang)
            yield Progress(
                status=MessageStatus.COMPLETED,
                result=f"answer after {len(history)} turns",
                agent_name="DoubleAgent",
            )
        finally:
            self.ended.append(message.id)


@asynccontextmanager
async def open_scripted(settings: Settings) -> AsyncIterator[ScriptedPlanner]:
    yield ScriptedPlanner()


def main() -> None:
    try:
        if sys.argv[1:] == ["worker"]:
            asyncio.run(work(Settings.load(), open_scripted))
        else:
            serve(Settings.load(), open_scripted)
    except InvalidSettings as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
