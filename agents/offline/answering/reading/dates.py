"""Days that a text names, for parameters that are dates."""

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from agents.offline.answering.language.words import NUMBERS, Line
from agents.offline.answering.reading.feasts import find_feasts
from agents.offline.answering.reading.months import Month, most_recent
from agents.offline.answering.reading.reading import Reading
from agents.offline.text import by_initial, nearest

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_SHORT = {name[:3]: index for index, name in enumerate(_DAYS)} | {"tues": 1, "thurs": 3, "thur": 3, "weds": 2}
_INDEX = by_initial(_DAYS)
_WORDLIKE = ("sun", "sat", "mon", "wed", "thu")
_ON = ("on", "this", "next", "last", "by", "until", "till", "since", "from", "coming")
_IN_DAYS = re.compile(
    r"\b(?:in )?(a|\d{1,3}|one|two|three|four|five|six|seven|ten) (days?|weeks?)(?:'s)?(?: time)?(?: (ago|from now))?\b"
)
_AHEAD = re.compile(r"\bin (?:a|\w+) \w+$|(?:time|ago|from now)$")
_PAST = re.compile(r"\b(?:was|were|did|ago|last|since|yesterday)\b")
_RELATIVE = tuple(
    (re.compile(rf"\b(?:{words})\b"), shift)
    for words, shift in (
        ("day after tomorrow", 2),
        ("(?<!after )(?:tomorrow|tomorow|tmrw)", 1),
        ("today|tonight|this (?:morning|afternoon|evening)", 0),
        ("day before yesterday", -2),
        ("(?<!before )yesterday", -1),
    )
)
_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
_OF_MONTH = re.compile(
    rf"\b(start|beginning|end|last day|\d{{1,2}}(?:st|nd|rd|th)|{'|'.join(_ORDINALS)}) of(?: the month of)?(?: the)?$"
)
_NTH = re.compile(r"\b(?:on|by|since|from|until|till|before|after|for|to) the (\d{1,2})(?:st|nd|rd|th)\b(?! of \w)")
_NUMBER = re.compile(r"(3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?")
_JOINTS = ("to", "and", "until", "till", "through")
_THE_PERIOD = re.compile(r"\b(?:start|beginning) of (?:the|this) (month|year)\b")


@dataclass(frozen=True, slots=True)
class Day:
    """Words `first..last` name it."""

    first: int
    last: int
    date: date


def looks_back(reading: Reading) -> bool:
    return bool(_PAST.search(reading.line.joined))


def adds_a_year(reading: Reading) -> bool:
    """ "Of 2025, I mean": the year of what was named before."""
    return bool(reading.year) and not reading.months and (reading.elliptic or not reading.meanings)


def find_days(reading: Reading, today: date, *, past: bool) -> tuple[Day, ...]:
    """In the order of the text; weekdays and days without a year lie ahead unless the text looks back."""
    line = reading.line
    days = [day for month in reading.named_months for day in _of_month(line, month, today, past=past)]
    if days:
        return tuple(days)
    days = [Day(*found) for found in find_feasts(line, today, past=past)]
    days += [
        Day(first, last, today + timedelta(days=shift))
        for pattern, shift in _RELATIVE
        for _, first, last in line.find(pattern)
    ]
    days = days or [*_counted(line, today), *_of_this_month(line, today, past=past)]
    return tuple(sorted(days or _weekdays(line, today, past=past), key=lambda day: day.first))


def _of_month(line: Line, month: Month, today: date, *, past: bool) -> Iterator[Day]:
    """`5 June`, both of `1 to 15 June`, `the first of June`."""
    number, year = month.resolve(today, None)
    if month.day:
        if (earlier := _joined_day(line, month)) and (found := _on(today, year, number, earlier, past=past)):
            yield Day(month.first - 2, month.first - 1, found)
        if found := _on(today, year, number, month.day, past=past):
            yield Day(month.first, month.last, found)
    elif said := _OF_MONTH.search(line.text(month.first - 6, month.first)):
        ends = said[1] in ("end", "last day")
        which = min(_which(said[1]), last_of(date(year or today.year, number, 1)).day)
        start = date(year or most_recent(number, today), number, 1)
        if year is None and not past and start < today.replace(day=1):
            start = start.replace(year=start.year + 1)
        first = month.first - said[0].count(" ") - 1
        yield Day(first, month.last, last_of(start) if ends else start.replace(day=which))


def _which(said: str) -> int:
    """`15th`, `fifteenth`; the start of a month is its first day."""
    if said[0].isdecimal():
        return max(int(said[:-2]), 1)
    return _ORDINALS.index(said) + 1 if said in _ORDINALS else 1


def _joined_day(line: Line, month: Month) -> int | None:
    before = month.first - 1
    if before < 0 or line.words[before].text == "the":
        before -= 1
    if before < 0:
        return None
    if line.words[before].text in _JOINTS:
        before -= 1
    elif line.gap(before).strip() != "-":
        return None
    found = _NUMBER.fullmatch(line.words[before].text) if before >= 0 else None
    return int(found[1]) if found else None


def last_of(day: date) -> date:
    return day.replace(day=monthrange(day.year, day.month)[1])


def _on(today: date, year: int | None, month: int, day: int, *, past: bool) -> date | None:
    for candidate in (year,) if year else (today.year, today.year - 1 if past else today.year + 1):
        try:
            found = date(candidate, month, day)
        except ValueError:
            continue
        if year or (found <= today if past else found >= today):
            return found
    return None


def _counted(line: Line, today: date) -> Iterator[Day]:
    """`In three days`, `a week ago`; a stay of two weeks is no day."""
    for match, first, last in line.find(_IN_DAYS):
        if _AHEAD.search(match[0]):
            count = 1 if match[1] == "a" else int(match[1]) if match[1].isdecimal() else NUMBERS[match[1]]
            days = count * (7 if match[2].startswith("week") else 1)
            yield Day(first, last, today + timedelta(days=-days if match[3] == "ago" else days))


def _of_this_month(line: Line, today: date, *, past: bool) -> Iterator[Day]:
    for match, first, last in line.find(_NTH):
        months = (today, last_of(today) + timedelta(days=1) if not past else today.replace(day=1) - timedelta(days=1))
        for month in months:
            found = _on(today, month.year, month.month, int(match[1]), past=past)
            if found and (found <= today if past else found >= today):
                yield Day(first + 1, last, found)
                break
    for match, first, last in line.find(_THE_PERIOD):
        yield Day(first, last, today.replace(month=1, day=1) if match[1] == "year" else today.replace(day=1))


def _weekdays(line: Line, today: date, *, past: bool) -> list[Day]:
    """`On Sunday`, but neither `on Sundays` nor `on a Sunday`."""
    found = []
    for position, word in enumerate(line.words):
        name = word.text.removesuffix("'s")
        index = _SHORT.get(name)
        if index is None and not name.endswith("s") and (near := nearest(name, _INDEX)):
            index = _DAYS.index(near)
        before = line.words[position - 1].text if position else ""
        if index is None or before in ("a", "every", "each") or (name in _WORDLIKE and before not in _ON):
            continue
        ahead = (index - today.weekday()) % 7 or 7
        back = before == "last" or (past and before not in ("next", "this", "coming"))
        found.append(Day(position, position + 1, today + timedelta(days=ahead - 7 if back else ahead)))
    return found
