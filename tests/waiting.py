"""Waits for a condition, never for a guessed time."""

import asyncio
import time
from collections.abc import Callable

from tests.config import POLL_SECONDS


def eventually[Found](look: Callable[[], Found | None], what: str, *, within: float) -> Found:
    """The first thing that `look` finds; None and False are nothing."""
    deadline = time.monotonic() + within
    while True:
        found = look()
        if found is not None and found is not False:
            return found
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {within:g} s: {what}")
        time.sleep(POLL_SECONDS)


async def settled(holds: Callable[[], bool], *, within: float = 5.0) -> None:
    """Lets the loop run until the condition holds."""
    async with asyncio.timeout(within):
        while not holds():  # noqa: ASYNC110 - what is waited for knows nothing of its tests
            await asyncio.sleep(0.001)
