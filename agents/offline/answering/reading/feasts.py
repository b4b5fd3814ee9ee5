"""Days that go by a name: Christmas Eve, Boxing Day, Good Friday."""

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta

from agents.offline.answering.language.words import Line


def _easter(year: int) -> date:
    """The Sunday after the first full moon of spring, in Gauss's way as corrected for the Gregorian calendar."""
    century, golden = year // 100, year % 19
    moon = (century - century // 4 - (8 * century + 13) // 25 + 19 * golden + 15) % 30
    moon -= moon // 28 * (1 - moon // 28 * (29 // (moon + 1)) * ((21 - golden) // 11))
    weekday = (year + year // 4 + moon + 2 - century + century // 4) % 7
    offset = moon - weekday
    month = 3 + (offset + 40) // 44
    return date(year, month, offset + 28 - 31 * (month // 4))


def _fixed(month: int, day: int) -> Callable[[int], date]:
    return lambda year: date(year, month, day)


def _beside_easter(days: int) -> Callable[[int], date]:
    return lambda year: _easter(year) + timedelta(days=days)


_FEASTS: tuple[tuple[re.Pattern[str], Callable[[int], date]], ...] = tuple(
    (re.compile(rf"\b(?:{name})(?=\s|$)"), on)
    for name, on in (
        ("(?:christmas|xmas|chrismas) eve", _fixed(12, 24)),
        ("(?:christmas|xmas|chrismas)(?! eve)(?: day)?(?:'s)?", _fixed(12, 25)),
        ("boxing day", _fixed(12, 26)),
        ("new year'?s? eve|nye", _fixed(12, 31)),
        ("new year'?s?(?! eve| resolution)(?: day)?", _fixed(1, 1)),
        ("valentine'?s?(?: day)?", _fixed(2, 14)),
        ("halloween", _fixed(10, 31)),
        ("(?:bonfire|guy fawkes) (?:night|day)", _fixed(11, 5)),
        ("good friday", _beside_easter(-2)),
        ("easter monday", _beside_easter(1)),
        ("easter(?! monday)(?: sunday| day)?", _beside_easter(0)),
    )
)


def find_feasts(line: Line, today: date, *, past: bool) -> Iterator[tuple[int, int, date]]:
    """Each with the words that it covers; the next one, or the last one when the text looks back."""
    for pattern, on in _FEASTS:
        for _, first, last in line.find(pattern):
            years = (today.year, today.year - 1) if past else (today.year, today.year + 1)
            days = [on(year) for year in years]
            found = next((day for day in days if (day <= today if past else day >= today)), days[0])
            yield first, last, found
