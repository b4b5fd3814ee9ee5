"""Messages that are manners, not questions."""

import re
from enum import StrEnum

from agents.offline.planning.patterns import pattern, whole_words

_GREETING = whole_words("greeting")
_CLOSING = whole_words("greeting", "closing")
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
    if _is_only(_GREETING, text):
        return Manner.GREETING
    return Manner.CLOSING if _is_only(_CLOSING, text) else None


def _is_only(phrases: re.Pattern[str], text: str) -> bool:
    while text:
        match = phrases.match(text)
        if match is None:
            return False
        text = text[match.end() :].lstrip()
    return True
