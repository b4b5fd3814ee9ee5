"""A time that is said once for several questions: "in June, show me my bill and my roaming usage"."""

import re
from collections.abc import Sequence

from agents.offline.planning.language import Word

_TIME = frozenset({"<month>", "<year>"})
_RELATIVE = re.compile(r"\b(?:last|this|previous|past) (?:month|year|week|summer)\b", re.IGNORECASE)
_BEFORE = re.compile(r"(?:\b(?:in|for|from|of|during|since)\s+)?$", re.IGNORECASE)
_VERB = re.compile(r"^(?:how|what|when|which|why|where|who|is|are|do|does|did|can|could|will|show|tell|give|explain)\b")
_LEADING = 16


def shared_time(text: str, words: Sequence[Word], last_request: str) -> str:
    """The time that opens the message, or closes it behind a mere list of things; empty when there is none."""
    places = [(word.start, word.end) for word in words if word.text in _TIME]
    places += [match.span() for match in _RELATIVE.finditer(text)]
    if not places:
        return ""
    start, end = min(places)[0], max(places)[1]
    before = _BEFORE.search(text[:start])
    opening = start - (len(before.group()) if before else 0)
    leads = not text[:opening].strip(" ,") and start <= _LEADING
    closes = not text[end:].strip(" .?!,") and not _VERB.match(last_request.casefold())
    return text[opening:end].strip() if (leads or closes) and end - start <= _LEADING * 2 else ""


def has_time(text: str, words: Sequence[Word], spans: Sequence[tuple[int, int]]) -> bool:
    inside = [(start, end) for start, end in spans]
    if any(_RELATIVE.search(text[start:end]) for start, end in inside):
        return True
    return any(word.text in _TIME and start <= word.start < end for word in words for start, end in inside)
