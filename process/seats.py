"""How many readers may follow at once, together and each client for itself."""

from collections import Counter
from collections.abc import Hashable, Iterator
from contextlib import contextmanager

from models.errors import TooManyStreams, TooManyStreamsOfClient


class Seats:
    def __init__(self, *, total: int, per_client: int) -> None:
        self._total = total
        self._per_client = per_client
        self._taken: Counter[Hashable] = Counter()

    @property
    def count(self) -> int:
        return self._taken.total()

    @contextmanager
    def taken(self, client: Hashable) -> Iterator[None]:
        """Raises `TooManyStreams` or `TooManyStreamsOfClient`."""
        if self._taken.total() >= self._total:
            raise TooManyStreams
        if self._taken[client] >= self._per_client:
            raise TooManyStreamsOfClient
        self._taken[client] += 1
        try:
            yield
        finally:
            self._taken[client] -= 1
            if not self._taken[client]:
                del self._taken[client]
