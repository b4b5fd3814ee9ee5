"""Months that a text names, in the order of the text."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import zip_longest

from agents.offline.answering.language.words import Line, is_taken_back

type Spoken = tuple[int, int | None]

_AGAINST = re.compile(
    r"(?:since|than|compared (?:to|with)|different (?:from|to)|(?:same|high|low|much|big|expensive|cheap) as|unlike"
    r"|versus|vs)(?: (?:in|for|my|the|it was|was|i did))*$"
)
_NEGATED = re.compile(
    r"(?:\bnot|\bexcept|\bexcluding|\bisn't|\b(?:don't|dont|didn't|do not|did not) (?:want|need|mean|ask for|say)"
    r"|\binstead of|\brather than|\bother than)(?: (?:for|in|the|my|from|of|a|one|bill|invoice))*$"
)
_LAST_YEAR = re.compile(r"(?<!the )(?<!over )\blast year(?:'s)?(?=\s|$)")
_JOINTS = ("and", "n", "or", "plus", "und", "y", "et", "e")
_NEW_YEAR, _YEAR_END = 2, 11
_RANGES = ("to", "until", "till", "through", "thru", "up to")


@dataclass(frozen=True, slots=True)
class Month:
    """Words `first..last` name a month; a `shift` counts from today or, when `anchored`, from the month spoken of.

    `compared` is a month that another one is held against: "higher than in May".
    `recent` is "this May", `last_such` "last May".
    `beside` is -1 for the last such month before the one spoken of, 1 for the next one after it.
    """

    first: int
    last: int
    month: int | None = None
    year: int | None = None
    day: int | None = None
    shift: int | None = None
    anchored: bool = False
    negated: bool = False
    compared: bool = False
    year_shift: int | None = None
    recent: bool = False
    last_such: bool = False
    beside: int = 0

    @property
    def is_of_now(self) -> bool:
        """Whether it counts from today, whatever year was spoken of before."""
        return self.recent or (self.shift is not None and not self.anchored)

    def resolve(self, today: date, anchor: Spoken | None) -> Spoken:
        """Month and year; the year only when it was said or the count crosses into another one."""
        if self.month is not None and self.beside and anchor:
            return self.month, self._year_beside(anchor, today)
        if self.last_such and self.month == today.month and self.year is None:
            return self.month, today.year - 1
        if self.month is not None:
            return self.month, today.year + self.year_shift if self.year_shift is not None else self.year
        month, said = anchor if self.anchored and anchor else (today.month, None)
        start = said or most_recent(month, today)
        years, index = divmod(month - 1 + (self.shift or 0), 12)
        year = start + years
        found = index + 1
        return found, year if said or year != start or year != most_recent(found, today) else None

    def _year_beside(self, anchor: Spoken, today: date) -> int:
        """`The December before that`, `the January after it`."""
        year = anchor[1] or most_recent(anchor[0], today)
        if self.beside < 0:
            return year if (self.month or 0) < anchor[0] else year - 1
        return year if (self.month or 0) > anchor[0] else year + 1


def most_recent(month: int, today: date) -> int:
    """The year of the last such month that has begun."""
    return today.year if month <= today.month else today.year - 1


def resolved(months: Sequence[Month], today: date, anchor: Spoken | None) -> tuple[tuple[Month, Spoken], ...]:
    """`last month and the month before`: each mention counts from the one in front of it."""
    found = []
    for month in months:
        anchor = month.resolve(today, anchor)
        found.append((month, anchor))
    return tuple(found)


def in_order(line: Line, found: Sequence[Month]) -> tuple[Month, ...]:
    ordered = _sharing_a_year(line, _merged(sorted(found, key=lambda month: month.first)))
    if _LAST_YEAR.search(line.meant):
        said = {month.month for month in ordered if month.year_shift == -1}  # "September with September last year".
        ordered = [month if month.month in said else _of_last_year(month) for month in ordered]
    marked = [
        replace(
            month,
            negated=bool(_NEGATED.search(line.text(month.first - 6, month.first)))
            or (later is not None and is_taken_back(line, month.last, later.first)),
            compared=bool(_AGAINST.search(line.text(month.first - 5, month.first))),
        )
        for month, later in zip_longest(ordered, ordered[1:])
    ]
    return tuple(_filled(line, marked))


def _of_last_year(month: Month) -> Month:
    """`last year's June bill`: the year may stand anywhere in the text."""
    said = month.year is not None or month.year_shift is not None or month.month is None or month.recent
    return month if said else replace(month, year_shift=-1)


def _merged(months: Sequence[Month]) -> list[Month]:
    """`the month before June` is May."""
    merged: list[Month] = []
    for month in months:
        last = merged[-1] if merged else None
        if last and last.anchored and last.shift and last.last == month.first and month.month:
            counted = (month.month - 1 + last.shift) % 12 + 1
            merged[-1] = replace(month, first=last.first, month=counted)
        elif last and last.month and month.anchored and month.shift and last.last == month.first:
            merged[-1] = replace(last, last=month.last, beside=1 if month.shift > 0 else -1)  # The July after that.
        elif last and last.month and last.year is None and month.shift == -12 and last.last == month.first:
            merged[-1] = replace(last, last=month.last, year_shift=-1)  # October a year ago.
        else:
            merged.append(month)
    return merged


def _sharing_a_year(line: Line, months: Sequence[Month]) -> list[Month]:
    """`January and February 2025` are of one year, `November to January 2026` of two."""
    shared = list(months)
    for index in range(len(shared) - 2, -1, -1):
        month, following = shared[index], shared[index + 1]
        joint = line.text(month.last, following.first)
        joined = joint in (*_RANGES, *_JOINTS) or (
            not joint and line.gap(month.last - 1).strip() in (",", "-", "&", "/")
        )
        said = month.year is not None or month.year_shift is not None or month.recent
        if not month.month or not following.month or not following.year or said or not joined:
            continue
        if following.month != month.month:
            wraps = following.month <= _NEW_YEAR < _YEAR_END <= month.month
            shared[index] = replace(month, year=following.year - wraps)
    return shared


def _filled(line: Line, months: Sequence[Month]) -> Iterator[Month]:
    """`June to August` is three months."""
    for month, following in zip_longest(months, months[1:]):
        yield month
        if following is None or month.month is None or following.month is None or month.negated or month.day:
            continue
        if _is_range(line, month, following):
            for number in range(1, (following.month - month.month) % 12):
                yield replace(month, month=(month.month - 1 + number) % 12 + 1)


def _is_range(line: Line, month: Month, following: Month) -> bool:
    joint = line.text(month.last, following.first)
    between = joint == "and" and month.first > 0 and line.words[month.first - 1].text == "between"
    compared = "differ" in line.joined or "compar" in line.joined
    return joint in _RANGES or (between and not compared) or (not joint and "-" in line.gap(month.last - 1))
