"""Agents that cannot be loaded: `python -m tests.doubles.broken_agents for-good|for-a-while|for-ever [worker]`.

For a while means twice, for a reason that passes; for ever, that loading never ends.
"""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from config.settings import Settings
from runtime import work
from start_server import serve
from tests.doubles.planners import Echo, Planner, opened

SECRET = "sk-hunter2 in /etc/secret"


class BrokenAgents:
    def __init__(self, how: str) -> None:
        self._how = how
        self.tries = 0

    def __call__(self, settings: Settings) -> AbstractAsyncContextManager[Planner]:
        self.tries += 1
        if self._how == "for-good":
            raise ValueError(SECRET)
        if self._how == "for-a-while" and self.tries <= 2:
            raise ConnectionError(SECRET)
        return never() if self._how == "for-ever" else opened(Echo())(settings)


@asynccontextmanager
async def never() -> AsyncIterator[Planner]:
    await asyncio.Event().wait()
    yield Echo()


def main() -> None:
    how, *role = sys.argv[1:]
    if role == ["worker"]:
        asyncio.run(work(Settings.load(), BrokenAgents(how)))
    else:
        serve(Settings.load(), BrokenAgents(how))


if __name__ == "__main__":
    main()
