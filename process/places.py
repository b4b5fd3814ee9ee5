"""How long a waiting message will wait, judged by how long recent ones took."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

WEIGHT_OF_NEWEST = 0.2


class Durations:
    """A moving average; `usual` is None before anything was measured."""

    def __init__(self) -> None:
        self.usual: float | None = None

    @contextmanager
    def measured(self) -> Iterator[None]:
        begun = time.monotonic()
        try:
            yield
        finally:
            self.add(time.monotonic() - begun)

    def add(self, seconds: float) -> None:
        self.usual = seconds if self.usual is None else self.usual + WEIGHT_OF_NEWEST * (seconds - self.usual)


def estimate_wait(
    in_conversation: int, in_queue: int, *, free_hands: int, hands: int, each: float | None
) -> float | None:
    """Seconds until the work begins: the conversation's messages go one by one, the queue's by all hands."""
    if each is None:
        return None
    rounds = max(0, in_queue - free_hands + 1) / hands
    return round(max(in_conversation, rounds) * each, 2)
