"""A day that is counted from the one spoken of: "a month later", "the day before"."""

import re
from calendar import monthrange
from datetime import date, timedelta

from agents.offline.answering.language.words import NUMBERS
from agents.offline.answering.reading.reading import Reading

_SHIFT = re.compile(
    rf"\b(?P<count>the|an?|\d{{1,2}}|{'|'.join(NUMBERS)}) (?P<unit>day|week|fortnight|month|year)s? "
    r"(?P<way>later|after|on|earlier|before)(?: (?:that|it))?$"
)
_DAYS = {"day": 1, "week": 7, "fortnight": 14}
_MONTHS = {"month": 1, "year": 12}


def shifted(reading: Reading, spoken: date) -> date | None:
    """None where the text counts from nowhere."""
    match = _SHIFT.search(reading.line.meant)
    if match is None:
        return None
    word = match["count"]
    count = int(word) if word.isdecimal() else NUMBERS.get(word, 1)
    count = -count if match["way"] in ("earlier", "before") else count
    if days := _DAYS.get(match["unit"]):
        return spoken + timedelta(days=days * count)
    return _months_on(spoken, _MONTHS[match["unit"]] * count)


def _months_on(day: date, count: int) -> date:
    """The 31st of a shorter month is its last day."""
    years, month = divmod(day.month - 1 + count, 12)
    last = monthrange(day.year + years, month + 1)[1]
    return date(day.year + years, month + 1, min(day.day, last))
