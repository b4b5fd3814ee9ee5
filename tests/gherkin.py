"""Behave's decorators and context with types."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol

import behave  # type: ignore[import-untyped]

from tests.features.world import World


class Context(Protocol):
    """What Behave hands to a step; `table` and `text` are there when the step has them."""

    world: World
    table: Iterable[Mapping[str, str]]
    text: str


type Step[**P] = Callable[P, None]


def given[**P](pattern: str) -> Callable[[Step[P]], Step[P]]:
    return _typed(behave.given, pattern)


def when[**P](pattern: str) -> Callable[[Step[P]], Step[P]]:
    return _typed(behave.when, pattern)


def then[**P](pattern: str) -> Callable[[Step[P]], Step[P]]:
    return _typed(behave.then, pattern)


def _typed[**P](decorator: Callable[[str], Any], pattern: str) -> Callable[[Step[P]], Step[P]]:
    def mark(function: Step[P]) -> Step[P]:
        marked: Step[P] = decorator(pattern)(function)
        return marked

    return mark
