"""Years for tools that take a year and no month: "payments in 2024 and 2025", "and the year before"."""

import re

from agents.offline.answering.language.cues import YEAR
from agents.offline.answering.memory.context import Context
from agents.offline.answering.reading.reading import Reading
from agents.offline.answering.tools.parameters import Parameter

_FROM_TODAY = ((re.compile(r"\b(?:last|previous) year\b"), -1), (re.compile(r"\bthis year\b|\bthis year's\b"), 0))
_FROM_SPOKEN = (
    (re.compile(r"\byear (?:before|earlier|prior)\b|\b(?:previous|preceding) (?:year|one)\b"), -1),
    (re.compile(r"\byear (?:after|later)\b|\b(?:following|next) (?:year|one)\b"), 1),
)


def relative_year(reading: Reading) -> int | None:
    """How many years from now: `last year`, `this year`."""
    return next((shift for pattern, shift in _FROM_TODAY if pattern.search(reading.line.meant)), None)


def find_years(parameter: Parameter, reading: Reading, context: Context) -> tuple[int, ...]:
    """Those that are said, or the one that is counted from the year asked for before, or from this one."""
    said = [int(word.text) for word in reading.line.words if YEAR.fullmatch(word.text)]
    if said:
        return tuple(dict.fromkeys(said))
    before = context.arguments.get(parameter.name)
    for pattern, shift in _FROM_SPOKEN if before else ():
        if pattern.search(reading.line.meant):
            return (int(str(before)) + shift,)
    from_now = relative_year(reading)
    return () if from_now is None else (context.today.year + from_now,)
