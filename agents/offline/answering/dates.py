"""A day that a text names, for parameters that are dates."""

import re
from datetime import date, timedelta

from agents.offline.answering.reading import Reading
from agents.offline.answering.words import NUMBERS
from agents.offline.text import by_initial, nearest

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_SHORT = {name[:3]: index for index, name in enumerate(_DAYS)} | {"tues": 1, "thurs": 3, "thur": 3, "weds": 2}
_INDEX = by_initial(_DAYS)
_IN_DAYS = re.compile(
    r"\b(?:in )?(a|\d{1,3}|one|two|three|four|five|six|seven|ten) (days?|weeks?)(?:'s)?(?: time)?(?: (ago|from now))?\b"
)
_PAST = re.compile(r"\b(?:was|were|did|ago|last|since|yesterday)\b")


def find_dates(reading: Reading, today: date) -> tuple[date, ...]:
    """Weekdays and days without a year lie ahead unless the text looks back."""
    past = bool(_PAST.search(reading.line.joined))
    found = [
        _on(today, month.year, month.month, month.day, past=past)
        for month in reading.named_months
        if month.day and month.month
    ]
    days = tuple(day for day in found if day)
    if days:
        return days
    named = _named(reading, today, past=past)
    return (named,) if named else ()


def _on(today: date, year: int | None, month: int, day: int, *, past: bool) -> date | None:
    for candidate in (year,) if year else (today.year, today.year - 1 if past else today.year + 1):
        try:
            found = date(candidate, month, day)
        except ValueError:
            continue
        if year or (found <= today if past else found >= today):
            return found
    return None


def _named(reading: Reading, today: date, *, past: bool) -> date | None:
    joined = reading.line.joined
    if "day after tomorrow" in joined:
        return today + timedelta(days=2)
    for word, shift in (("today", 0), ("tonight", 0), ("tomorrow", 1), ("tomorow", 1), ("tmrw", 1), ("yesterday", -1)):
        if re.search(rf"\b{word}\b", joined):
            return today + timedelta(days=shift)
    if match := _IN_DAYS.search(joined):
        count = 1 if match[1] == "a" else int(match[1]) if match[1].isdecimal() else NUMBERS[match[1]]
        days = count * (7 if match[2].startswith("week") else 1)
        return today + timedelta(days=-days if match[3] == "ago" else days)
    return _weekday(reading, today, past=past)


def _weekday(reading: Reading, today: date, *, past: bool) -> date | None:
    for word in reading.line.words:
        name = word.text.removesuffix("'s")
        index = _SHORT.get(name)
        if index is None and (near := nearest(name, _INDEX)):
            index = _DAYS.index(near)
        if index is not None and name not in ("sun", "sat", "mon"):
            ahead = (index - today.weekday()) % 7 or 7
            return today + timedelta(days=ahead - 7 if past else ahead)
    return None
