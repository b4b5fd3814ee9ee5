"""What a message asks for, before its history is looked at."""

from dataclasses import dataclass

from agents.offline.planning.guards import Guard
from agents.offline.planning.language import Word
from agents.offline.planning.smalltalk import Manner


@dataclass(frozen=True, slots=True)
class Part:
    """What one agent is asked, as places in the text."""

    agent: str
    score: float
    spans: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Decision:
    """`parts` in order of mention, empty when the message is nobody's; `choice` are two that fit a short one alike."""

    text: str
    words: tuple[Word, ...]
    parts: tuple[Part, ...] = ()
    inside: float = 0.0
    guard: Guard | None = None
    manner: Manner | None = None
    missing: bool = False
    elsewhere: bool = False
    is_example: bool = False
    scores: tuple[tuple[str, float], ...] = ()
    choice: tuple[str, ...] = ()
    known: tuple[str, ...] = ()

    @property
    def agents(self) -> tuple[str, ...]:
        return tuple(part.agent for part in self.parts)

    @property
    def score(self) -> float:
        return min((part.score for part in self.parts), default=0.0)
