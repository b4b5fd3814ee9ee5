"""Amounts in a text: how much of what, and whether it is the most or the least."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from agents.offline.answering.language.vocabulary import EMPTY, word_set
from agents.offline.answering.language.words import NUMBERS, Line, Word, read_line
from agents.offline.answering.reading.reading import Reading


class Unit(StrEnum):
    MONEY = "money"
    DATA = "data"
    TIME = "time"
    OTHER = "other"


class Bound(StrEnum):
    MOST = "most"
    LEAST = "least"


@dataclass(frozen=True, slots=True)
class Quantity:
    """`unit` is the word beside the number, `lead` the words before it; `Max 100` has its number `in_name`."""

    value: float
    unit: str
    of: Unit
    bound: Bound | None
    lead: str
    following: str
    in_name: bool


POUNDS = word_set("£ € $ pound pounds quid gbp euro euros eur dollar dollars usd p pence bucks")
GIGABYTES = word_set("gb gbs gig gigs gigabyte gigabytes g gigas")
# How many days each is; a month counts in months where days do not matter.
DAYS = {"day": 1.0, "night": 1.0, "week": 7.0, "wk": 7.0, "fortnight": 14.0, "month": 30.0, "year": 365.0, "yr": 365.0}
HOURS = {"minute": 1 / 60, "min": 1 / 60, "hour": 1.0, "hr": 1.0}
_LASTING = word_set("trip stay holiday visit contract break term long away abroad commitment")
_NOTES = {"tenner": 10, "tener": 10, "fiver": 5}
_TEENS = "thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_TENS_OF = {word: 10 * tens for tens, word in enumerate(_TENS.split(), 2)} | {"fourty": 40}
_NUMBERS = {
    **{word: number for word, number in NUMBERS.items() if word not in ("few", "un", "une", "uno", "ein", "eine")},
    **{word: number for number, word in enumerate(_TEENS.split(), 13)},
    **_TENS_OF,
    "hundred": 100,
}
_OPENINGS = (*"0123456789£€$", *_TENS_OF, *_NOTES, "a", "one", "the", "half", "couple")
_NUMBER = re.compile(r"[£€$]?\s?(\d[\d,]*(?:\.\d+)?)([a-z]*)")
_MOST = re.compile(
    r"(?:under|below|beneath|(?:less|cheaper|fewer|lower) than|up to|up 2|at most|max(?:imum)?(?: of)?|within"
    r"|budget(?: is| of|'s)?|limit(?: is| of)?|afford|spend)(?: (?:about|around|like|is|a|to))*$"
)
_LEAST = re.compile(
    r"(?:over|above|exceed(?:ing)?|beyond|at least|(?:more|greater|higher|dearer|bigger) than|min(?:imum)?(?: of)?|from"
    r"|upwards of)(?: (?:about|around|like|a))*$"
)
_DENIED = re.compile(
    r"\b(?:not|no|nothing|never|none|without|can't|cant|cannot|don't|dont|doesn't|doesnt|won't|shouldn't|isn't)"
    r"(?: (?!but\b)[^ ]+){0,4} ?$"
)
_MONTHLY = r"^(?:a month |per month |pm |monthly |each )?"
_MOST_BEHIND = re.compile(rf"{_MONTHLY}(?:max|maximum|tops|at (?:the )?most|or (?:less|under|below|cheaper|fewer))\b")
_LEAST_BEHIND = re.compile(
    rf"{_MONTHLY}(?:min|minimum|at (?:the )?least|or (?:more|over|above|up)|upwards?|and (?:up|over|above|more))\b"
)
_RATE = re.compile(r"(?:\d|£|pounds?|quid|gb|gigs?|how much|once|twice|data|cost|price|prices|costs) $")


def quantities(reading: Reading) -> tuple[Quantity, ...]:
    """In the order of the text; many parameters ask for those of one text."""
    return _quantities(reading.line.original, reading.taken)


@lru_cache(maxsize=64)
def _quantities(text: str, taken: frozenset[int]) -> tuple[Quantity, ...]:
    return tuple(_found(read_line(text), taken))


def _found(line: Line, taken: frozenset[int]) -> Iterator[Quantity]:
    words = line.words
    index = 0
    while index < len(words):
        if not words[index].text.startswith(_OPENINGS) and words[index].text not in _NUMBERS:
            index += 1
            continue
        first, (value, unit, last) = index, _number(line, index)
        index = max(last, index + 1)
        if value is not None and taken.isdisjoint(range(first, last)):
            yield _quantity(line, first, last, value, unit)


def _quantity(line: Line, first: int, last: int, value: float, unit: str) -> Quantity:
    beside = line.words[last].text if last < len(line.words) else ""
    last += 1 if unit == "" and _kind_of(beside) is not Unit.OTHER else 0
    unit = unit or beside
    lead, behind = line.text(first - 8, first), line.text(last, last + 4)
    plus = line.gap(last - 1).startswith("+") if last <= len(line.words) else False
    name = first > 0 and line.is_capital(first - 1) and not line.original.isupper() and first > 1
    return Quantity(value, unit, _kind_of(unit), _bound(lead, behind, plus=plus), lead, behind, name)


def _number(line: Line, index: int) -> tuple[float | None, str, int]:
    """With its unit, where that is written in one with it, and where it ends."""
    words = line.words
    text = words[index].text
    if (text[0].isdigit() or text[0] in "£€$") and (match := _NUMBER.fullmatch(text)):
        suffix = "£" if text[0] in "£€$" else match[2]
        return (
            (None, "", index + 1) if suffix in ("st", "nd", "rd", "th", "k") else (_float(match[1]), suffix, index + 1)
        )
    if text in _NOTES:
        return float(_NOTES[text]), "£", index + 1
    following = words[index + 1].text if index + 1 < len(words) else ""
    if text in ("a", "the", "one") and following in ("fortnight", "hundred"):
        return (100.0, "", index + 2) if following == "hundred" else (1.0, "fortnight", index + 2)
    if text == "half" and following in ("a", "an") and line.text(index + 2, index + 3) in ("dozen", "hour"):
        return (6.0, "", index + 3) if words[index + 2].text == "dozen" else (0.5, "hour", index + 3)
    if text in ("a", "one") and _lasts(line, index):
        return 1.0, following, index + 2
    return _spelled(words, index, line)


def _lasts(line: Line, index: int) -> bool:
    """`For a week`, `a year's contract`; neither `a day pass` nor `5 GB a month`."""
    unit, behind = line.text(index + 1, index + 2), line.text(index + 2, index + 3)
    if _singular(unit) not in (*DAYS, *HOURS) or _RATE.search(f"{line.text(index - 2, index)} "):
        return False
    return not behind or behind in EMPTY or behind in _LASTING or unit.endswith("'s")


def _spelled(words: tuple[Word, ...], index: int, line: Line) -> tuple[float | None, str, int]:
    text, following = words[index].text, words[index + 1].text if index + 1 < len(words) else ""
    if text in _TENS_OF and _NUMBERS.get(following, 10) < 10:
        return float(_TENS_OF[text] + _NUMBERS[following]), "", index + 2
    whole = next((f"{ten}" for ten in _TENS_OF if text.startswith(ten) and text != ten), "")
    if whole and _NUMBERS.get(text.removeprefix(whole), 10) < 10:
        return float(_TENS_OF[whole] + _NUMBERS[text.removeprefix(whole)]), "", index + 1
    value = _NUMBERS.get(text)
    if text == "couple" and following == "of":
        return 2.0, "", index + 2
    if value is None or (text == "one" and (not following or following in EMPTY) and _kind_of(following) is Unit.OTHER):
        return None, "", index + 1
    return float(value), "", index + 1


def _float(text: str) -> float:
    return float(text.replace(",", ""))


def _bound(lead: str, behind: str, *, plus: bool) -> Bound | None:
    if plus or _LEAST_BEHIND.match(behind):
        return Bound.LEAST
    if _MOST_BEHIND.match(behind):
        return Bound.MOST
    for pattern, said, denied in ((_MOST, Bound.MOST, Bound.LEAST), (_LEAST, Bound.LEAST, Bound.MOST)):
        if match := pattern.search(lead):
            return denied if _DENIED.search(lead[: match.start()]) else said
    return None


def _kind_of(unit: str) -> Unit:
    if unit in POUNDS:
        return Unit.MONEY
    if unit in GIGABYTES or unit in ("mb", "megabytes", "data"):
        return Unit.DATA
    return Unit.TIME if _singular(unit) in DAYS or _singular(unit) in HOURS else Unit.OTHER


def _singular(unit: str) -> str:
    return unit.removesuffix("'s").removesuffix("'").removesuffix("s")


def in_unit(quantity: Quantity, wanted: str) -> float | None:
    """Two weeks in days are 14, two years in months 24; None for what is no length of time."""
    unit = _singular(quantity.unit)
    if wanted == "month":
        months = {"month": 1.0, "year": 12.0, "yr": 12.0}.get(unit)
        return None if months is None else quantity.value * months
    sizes = HOURS if wanted in HOURS else DAYS
    return quantity.value * sizes[unit] / sizes[wanted] if unit in sizes else None


def bare_number(reading: Reading) -> float | None:
    """The only number of a text, where it says not of what: "35?", "and if I go up to 30"."""
    found = [each for each in quantities(reading) if not each.in_name]
    plain = len(found) == 1 and (not found[0].unit or found[0].unit in EMPTY)
    return found[0].value if plain else None
