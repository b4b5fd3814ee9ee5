"""Between us and somebody else's server: a breaker, and a bulkhead so that it holds up only its own calls."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from math import inf

from agents.breaker import Breaker, BreakerOpen
from agents.run import seconds_allowed
from config.settings import UpstreamSettings

IMPATIENCE = 2.0

logger = logging.getLogger(__name__)


class UpstreamRefused(Exception):
    """The upstream was not called: it is failing, or too many calls wait for it."""


class Upstream:
    """`patience` is how many seconds a call waits for its turn when `most_calls` are under way.

    It is IMPATIENCE at most while the upstream is failing, and over when the upstream ends no call for `silence`
    seconds: who waits keeps a place that others could have.
    """

    def __init__(
        self,
        name: str,
        settings: UpstreamSettings,
        *,
        is_failure: Callable[[Exception], bool],
        most_calls: int,
        patience: float,
        silence: float = inf,
    ) -> None:
        self.name = name
        self._breaker = Breaker(is_failure, failures=settings.failures, pause=settings.pause)
        self._turns = asyncio.Semaphore(most_calls)
        self._patience = patience
        self._silence = silence
        self._waiting: dict[asyncio.Timeout, float] = {}

    @property
    def is_failing(self) -> bool:
        """From a failed call until one goes well."""
        return self._breaker.failed > 0

    @property
    def is_left_alone(self) -> bool:
        return self._breaker.is_open

    @asynccontextmanager
    async def calling(self, *, proves: bool = True) -> AsyncIterator[None]:
        """Raises `UpstreamRefused`; what `proves` nothing may not even ask the upstream, and needs no turn."""
        if self._breaker.is_open:
            raise UpstreamRefused(f"{self.name} keeps failing")
        if proves:
            await self._turn()
        try:
            with self._breaker.calling(proves=proves):
                yield
        except BreakerOpen:
            raise UpstreamRefused(f"{self.name} keeps failing") from None
        finally:
            if proves:
                self._end_turn()

    async def _turn(self) -> None:
        if not self._turns.locked():
            await self._turns.acquire()
            return
        patience = min(self._patience, IMPATIENCE) if self.is_failing else self._patience
        seconds = seconds_allowed(patience)
        try:
            async with asyncio.timeout(min(seconds, self._silence)) as wait:
                self._waiting[wait] = asyncio.get_running_loop().time() + seconds
                try:
                    await self._turns.acquire()
                finally:
                    del self._waiting[wait]
        except TimeoutError:
            logger.warning("%s: a call was refused, too many are under way", self.name)
            raise UpstreamRefused(f"{self.name} is too busy") from None

    def _end_turn(self) -> None:
        """A call that ends shows who waits that the upstream does not hang."""
        self._turns.release()
        silent_until = asyncio.get_running_loop().time() + self._silence
        for wait, latest in self._waiting.items():
            if not wait.expired():
                wait.reschedule(min(latest, silent_until))
