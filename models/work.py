"""Under which circumstances a message is answered, for whoever works on it deep inside."""

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Work:
    """`deadline` is by the event loop's clock; `is_followed` tells whether anybody reads along right now."""

    deadline: float | None = None
    is_followed: Callable[[], bool] = lambda: False


# Set by the worker in the task of a message; its tasks inherit it.
current_work: ContextVar[Work] = ContextVar("current_work", default=Work())  # noqa: B039 - a frozen value
