"""From which day to which a text speaks: `in October`, `since 15 July`, `last week`, `the last ten days`."""

import re
from datetime import date, timedelta

from agents.offline.answering.language.words import NUMBERS
from agents.offline.answering.reading.dates import Day, adds_a_year, find_days, last_of
from agents.offline.answering.reading.months import Spoken, most_recent, resolved
from agents.offline.answering.reading.reading import Reading

type Range = tuple[date | None, date | None]

_SINCE = re.compile(r"\b(?:since|from|after|starting|beginning|as of|onwards from)(?: (?:the|last|on|this|of))*$")
_AFTER = re.compile(r"\bafter(?: the)?$")
_UNTIL = re.compile(r"\b(?:until|till|til|up to|by|before|to)(?: (?:the|last|on|this|end|of))*$")
_BEFORE = re.compile(r"\bbefore(?: the)?$")
_ONWARDS = re.compile(r"^(?:onwards?|till now|until now|to date|to now|to today|and later)\b")
_WEEK = re.compile(r"\b(last|past|this|current|previous) week\b(?!')")
_LAST = re.compile(
    rf"\b(?:last|past|previous) (\d{{1,3}}|{'|'.join(NUMBERS)}|couple of|fortnight) ?"
    r"(days?|weeks?|months?|years?|)(?=\s|$)"
)
_YEAR = re.compile(r"\b(this|last|previous|current) year\b")
_LENGTHS = {"day": 1, "week": 7, "": 14}


def find_range(reading: Reading, month: Spoken | None, today: date, *, past: bool) -> Range:
    """A day or month alone is both ends; an end that was left open is None, and both are when nothing was said."""
    days = find_days(reading, today, past=past)
    if len(days) > 1:
        found = sorted(day.date for day in days)
        return found[0], found[-1]
    if days:
        return _around(reading, days[0], days[0])
    if months := _months(reading, month, today):
        found_days = sorted((day.date, last_of(day.date)) for day in months)
        whole = Day(months[0].first, months[0].last, found_days[0][0]), Day(0, 0, found_days[-1][1])
        return _around(reading, *whole) if len(months) == 1 else (whole[0].date, whole[1].date)
    if month and adds_a_year(reading):
        return None, None
    return _period(reading, today)


def _months(reading: Reading, anchor: Spoken | None, today: date) -> list[Day]:
    """Their first days."""
    found = resolved(reading.named_months, today, anchor)
    return [
        Day(month.first, month.last, date(year or most_recent(number, today), number, 1))
        for month, (number, year) in found
    ]


def _around(reading: Reading, first: Day, last: Day) -> Range:
    """What the words before and behind it say: `since`, `until`, or just that."""
    before = reading.line.text(first.first - 4, first.first)
    if _BEFORE.search(before):
        return None, first.date - timedelta(days=1)
    if _UNTIL.search(before):
        return None, last.date
    if _SINCE.search(before) or _ONWARDS.search(reading.line.text(first.last, first.last + 2)):
        whole_month = first.date != last.date
        return (last.date + timedelta(days=1) if whole_month and _AFTER.search(before) else first.date), None
    return first.date, last.date


def _period(reading: Reading, today: date) -> Range:
    joined = reading.line.meant
    if week := _WEEK.search(joined):
        return _week(week, today)
    if length := _LAST.search(joined):
        return _counted(length, today), None
    said = _YEAR.search(joined)
    year = reading.year or (said and today.year - (said[1] in ("last", "previous")))
    if not year:
        return None, None
    return date(year, 1, 1), date(year, 12, 31) if year < today.year else None


def _week(week: re.Match[str], today: date) -> Range:
    monday = today - timedelta(days=today.weekday())
    if week[1] in ("this", "current"):
        return monday, None
    since = _SINCE.search(week.string[: week.start()].rstrip())
    return monday - timedelta(days=7), None if since else monday - timedelta(days=1)


def _counted(length: re.Match[str], today: date) -> date | None:
    unit = length[2].rstrip("s")
    count = 1 if length[1] == "fortnight" else 2 if length[1] == "couple of" else _number(length[1])
    if unit in _LENGTHS and (unit or length[1] == "fortnight"):
        return today - timedelta(days=count * _LENGTHS[unit])
    if unit in ("month", "year"):
        months = today.year * 12 + today.month - 1 - count * (12 if unit == "year" else 1)
        start = date(months // 12, months % 12 + 1, 1)
        return start.replace(day=min(today.day, last_of(start).day))
    return None


def _number(text: str) -> int:
    return int(text) if text.isdecimal() else NUMBERS[text]
