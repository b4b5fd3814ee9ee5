"""The service with a planner that takes its time: `python -m benchmarks.chaos_service api|worker`."""

import asyncio
import random
import sys
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import asynccontextmanager

from config.settings import Settings
from models.conversation import Turn
from models.message import Delta, Message, MessageStatus, Progress
from runtime import work
from start_server import serve

LONGEST_SECONDS = 0.06


class SlowEcho:
    async def answer(self, message: Message, history: Sequence[Turn]) -> AsyncGenerator[Progress | Delta]:
        for step in ("Thinking", "Looking it up"):
            await asyncio.sleep(random.uniform(0, LONGEST_SECONDS))
            yield Progress(result=step, agent_name="SlowAgent")
        await asyncio.sleep(random.uniform(0, LONGEST_SECONDS))
        yield Progress(status=MessageStatus.COMPLETED, result=message.text, agent_name="SlowAgent")


@asynccontextmanager
async def open_slow_echo(settings: Settings) -> AsyncIterator[SlowEcho]:
    yield SlowEcho()


def main() -> None:
    if sys.argv[1] == "api":
        serve(Settings.load(), open_slow_echo)
    else:
        asyncio.run(work(Settings.load(), open_slow_echo))


if __name__ == "__main__":
    main()
