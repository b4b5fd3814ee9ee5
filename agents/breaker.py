"""Leaves an upstream alone for a while once it keeps failing."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class BreakerOpen(Exception):
    pass


class Breaker:
    """After `failures` failures in a row nothing passes for `pause` seconds; then one probe at a time decides."""

    def __init__(
        self,
        is_failure: Callable[[Exception], bool],
        *,
        failures: int,
        pause: float,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self.failed = 0
        self._is_failure = is_failure
        self._failures = failures
        self._pause = pause
        self._now = now
        self._opened_at: float | None = None
        self._is_probing = False

    @property
    def is_open(self) -> bool:
        """Whether a call would be refused now."""
        if self._opened_at is None:
            return False
        return self._is_probing or self._now() < self._opened_at + self._pause

    @contextmanager
    def calling(self, *, proves: bool = True) -> Iterator[None]:
        """Raises `BreakerOpen`; what goes well without proving that the upstream is well `proves` nothing."""
        if self.is_open:
            raise BreakerOpen
        is_probe = proves and self._opened_at is not None
        self._is_probing = self._is_probing or is_probe
        try:
            yield
            if proves:
                self._succeeded(is_probe)
        except Exception as error:
            if self._is_failure(error):
                self._count(is_probe)
            else:
                self._succeeded(is_probe)
            raise
        finally:
            self._is_probing = self._is_probing and not is_probe

    def _succeeded(self, is_probe: bool) -> None:
        if is_probe or self._opened_at is None:
            self.failed, self._opened_at = 0, None

    def _count(self, is_probe: bool) -> None:
        """Failures of calls that began before it opened change nothing any more."""
        self.failed += 1
        if is_probe or (self._opened_at is None and self.failed >= self._failures):
            self._opened_at = self._now()
