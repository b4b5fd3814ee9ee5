"""Messages that are manners, not questions."""

from enum import StrEnum

from agents.offline.planning.patterns import pattern, phrases

_GREETING = phrases("greeting")
_CLOSING = phrases("greeting", "closing")
_IDENTITY = pattern("identity")
_LONGEST = 14


class Manner(StrEnum):
    GREETING = "greeting"
    CLOSING = "closing"
    IDENTITY = "identity"


def manner(words: list[str]) -> Manner | None:
    text = " ".join(words)
    if not text or len(words) > _LONGEST:
        return None
    if _IDENTITY.match(text):
        return Manner.IDENTITY
    if _GREETING.fullmatch(text):
        return Manner.GREETING
    return Manner.CLOSING if _CLOSING.fullmatch(text) else None
