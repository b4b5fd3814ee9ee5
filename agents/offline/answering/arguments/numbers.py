"""Which number of a text a parameter takes: a limit, a count, a price, a length of time."""

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from agents.offline.answering.enumerations.choices import find_choices
from agents.offline.answering.language.vocabulary import EMPTY, meanings, stem, word_set
from agents.offline.answering.reading.quantities import DAYS, HOURS, Bound, Quantity, Unit, in_unit, quantities
from agents.offline.answering.reading.reading import Reading
from agents.offline.answering.tools.parameters import Kind, Parameter

_LIMITS = word_set("limit count max maximum number n top size how many result last")
_MONEY = word_set("price cost amount budget fee spend pound gbp £ euro eur usd money")
_DATA = word_set("gb mb gigabyte gig data megabyte")
_TIMES = {**DAYS, **HOURS, "month": 30.0}
_MOST = re.compile(r"\b(?:max(?:imum)?|most|highest|budget|up to|no more than|at most|limit|cap|upper|longest)\b")
_LEAST = re.compile(r"\b(?:min(?:imum)?|least|lowest|at least|lower|smallest|shortest)\b")
_BACK = re.compile(r"\b(?:past|last|back|recent|history|ago|previous)\b")
_NOT_LASTING = re.compile(r"^(?:ago|back|before|time|from now|later|earlier)\b")
_BEFORE_A_DAY = re.compile(r"\b(?:in|within)$")
_LATELY = re.compile(r"\b(?:last|past|previous)$")
_PER_MONTH = re.compile(r"^(?:a month|per month|pm|monthly|each month|p/m)\b")
_UNCOUNTED = word_set("gb mb data pound pounds quid minutes days day gigs weeks week nights hours")
_MONTHLY = word_set("bill invoice statement month monthly period")
_PERIODS = ((r"half (?:a )?year", 6), (r"(?:twelve months|12 months|year)", 12), (r"quarter", 3))
_THE_LAST = re.compile(r"\b(?:last|latest|newest|most recent) ([a-z]+)\b(?! but one| before)")
_BESIDE_OTHERS = re.compile(r"\b(?:why|than|compared?|before|previous)\b")
_NEAR = 4
_AND = re.compile(r"\b(?:and|then|n|plus)\b")
_SEVERAL = 3


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What a parameter measures, in which unit and as which bound; `about` are the words that tell of it."""

    unit: Unit
    time: str
    bound: Bound | None
    label: frozenset[str]
    about: frozenset[str]
    counts: bool
    looks_back: bool


def find_numbers(reading: Reading, parameter: Parameter) -> tuple[int | float, ...]:
    """The number that fits the parameter's unit or, for a limit, the count that was asked for; several of one rank."""
    if parameter.choices and (named := find_choices(reading.line, parameter)):
        return (int(float(named[0])),)
    wanted = _wanted(parameter)
    if wanted.counts:
        count = _count(reading, wanted)
        return () if count is None else (count,)
    scored: list[tuple[float, float]] = []
    for quantity in _with_units(quantities(reading), wanted):
        value = _value(quantity, wanted)
        if value is not None and (score := _score(quantity, wanted, reading, required=parameter.required)) > 0:
            scored.append((score, value))
    best = [value for score, value in scored if score == max(scored)[0]]
    several = (parameter.required or wanted.unit is Unit.TIME) and not wanted.bound and _AND.search(reading.line.meant)
    found = best if several and len(best) <= _SEVERAL else best[:1]
    return tuple(dict.fromkeys(_rounded(round(value, 6), parameter, wanted) for value in found))


def _with_units(found: Sequence[Quantity], wanted: _Wanted) -> Iterator[Quantity]:
    """`5 days in France and 4 in Italy`: a number without a unit has that of the one before."""
    last: Quantity | None = None
    for quantity in found:
        bare = not quantity.unit or quantity.unit in EMPTY
        if last and bare and wanted.unit is Unit.TIME and last.of is Unit.TIME:
            yield replace(quantity, unit=last.unit, of=last.of)
            continue
        last = quantity
        yield quantity


def _rounded(value: float, parameter: Parameter, wanted: _Wanted) -> int | float:
    """Ten days are two weeks of a stay; £12.50 at most is 12 in whole pounds."""
    if value.is_integer() or parameter.kind is not Kind.INTEGER:
        return int(value) if value.is_integer() else value
    return math.floor(value) if wanted.bound is Bound.MOST else math.ceil(value)


@lru_cache(maxsize=1024)
def _wanted(parameter: Parameter) -> _Wanted:
    label = frozenset(stem(word) for word in parameter.label.split())
    description = parameter.description.lower()
    words = [word for word in re.findall(r"[a-z£]+", description) if word not in EMPTY and len(word) > 1]
    told = frozenset(stem(word) for word in words)
    plain = [word.removesuffix("s") for word in parameter.label.split()]
    time = next((word for word in reversed(plain) if word in _TIMES), "")
    time = time or (
        said[1] if (said := re.search(r"\b(?:in|of) (day|night|week|month|hour|minute)s\b", description)) else ""
    )
    money, data = {stem(word) for word in _MONEY}, {stem(word) for word in _DATA}
    unit = next((unit for unit, names in ((Unit.MONEY, money), (Unit.DATA, data)) if label & names), Unit.OTHER)
    if unit is Unit.OTHER:
        unit = Unit.TIME if time else Unit.MONEY if told & money else Unit.DATA if told & (data - {"data"}) else unit
    bounds = f"{parameter.label} {description}"
    bound = Bound.MOST if _MOST.search(bounds) else Bound.LEAST if _LEAST.search(bounds) else None
    if {"min", "minimum", "least"} & label:
        bound = Bound.LEAST
    counts = bool(label & {stem(word) for word in _LIMITS}) and unit is Unit.OTHER
    return _Wanted(unit, time, bound, label, label | told, counts, bool(_BACK.search(bounds)))


def _value(quantity: Quantity, wanted: _Wanted) -> float | None:
    """In the unit of the parameter."""
    if wanted.unit is Unit.TIME and quantity.of is Unit.TIME:
        return in_unit(quantity, wanted.time)
    if wanted.unit is Unit.DATA and quantity.of is Unit.DATA:
        small, asked_small = quantity.unit.startswith("m"), bool(wanted.about & {"mb", "megabyt"})
        return quantity.value * (1000 if asked_small else 0.001) if small != asked_small else quantity.value
    return quantity.value


def _score(quantity: Quantity, wanted: _Wanted, reading: Reading, *, required: bool) -> float:
    if wanted.bound and quantity.bound and wanted.bound is not quantity.bound:
        return 0.0
    if quantity.of is not Unit.OTHER:
        return _of_unit(quantity, wanted)
    if quantity.in_name:
        return 0.0
    return _of_no_unit(quantity, wanted) or (_supposed(quantity, wanted, reading) if required else 0.0)


def _of_no_unit(quantity: Quantity, wanted: _Wanted) -> float:
    if wanted.unit is Unit.OTHER and _is_about(quantity.unit, wanted):
        return 2.0
    if wanted.bound and wanted.bound is quantity.bound and wanted.unit is not Unit.TIME:
        named = quantity.lead.endswith(("max", "plus")) and not _PER_MONTH.match(
            f"{quantity.unit} {quantity.following}"
        )
        fits = wanted.unit is not Unit.DATA or wanted.bound is Bound.LEAST
        return 1.0 if fits and not named and not _is_noun(quantity.unit) else 0.0
    return 1.5 if any(stem(word) in wanted.label for word in quantity.lead.split()[-3:]) else 0.0


def _supposed(quantity: Quantity, wanted: _Wanted, reading: Reading) -> float:
    """A bare number answers what has to be known."""
    if wanted.unit is Unit.TIME and not reading.elliptic:
        return 0.0
    return 0.3 if quantity.unit else 0.5


def _of_unit(quantity: Quantity, wanted: _Wanted) -> float:
    if quantity.of is not wanted.unit:
        return 2.0 if wanted.unit is Unit.OTHER and stem(quantity.unit) in wanted.about else 0.0
    if quantity.of is not Unit.TIME:
        lowest = wanted.unit is Unit.MONEY and wanted.bound is Bound.LEAST
        return 0.0 if not quantity.bound and lowest else 2.0
    behind = _NOT_LASTING.match(quantity.following) or quantity.unit.endswith("'")
    if behind or _BEFORE_A_DAY.search(quantity.lead) or (_LATELY.search(quantity.lead) and not wanted.looks_back):
        return 0.0
    return 2.0


def _is_about(unit: str, wanted: _Wanted) -> bool:
    known = stem(unit) in wanted.about or not wanted.about.isdisjoint(meanings(unit))
    return bool(unit) and unit not in EMPTY and known


def _is_noun(unit: str) -> bool:
    """Whether the number counts something: "under 20 minutes" is no price."""
    return unit not in EMPTY and unit not in ("please", "pm", "per", "monthly", "max", "min", "tops") and unit.isalpha()


def _count(reading: Reading, wanted: _Wanted) -> int | None:
    """How many of them: "the last four", "five articles", "make it 12"; "the first one" is no count."""
    nouns = wanted.about - {stem(word) for word in _LIMITS}
    unit = reading.count_unit
    if reading.count is not None and unit not in _UNCOUNTED:
        if unit not in ("month", "months", "year", "years"):
            return reading.count
        if not nouns or wanted.about & {stem(word) for word in _MONTHLY}:
            return reading.count * 12 if unit in ("year", "years") else reading.count
        return None
    for period, months in _PERIODS:
        if re.search(rf"\b(?:the last|past|previous) {period}\b", reading.line.joined):
            return months
    for quantity in quantities(reading):
        alone = not quantity.unit and reading.elliptic and len(reading.line.words) <= _NEAR
        said = (quantity.unit, *quantity.following.split())[: _NEAR if quantity.value > 1 else 1]
        counted = any(stem(word) in nouns for word in said if word not in EMPTY)
        if quantity.value.is_integer() and quantity.of is Unit.OTHER and (alone or counted):
            return int(quantity.value)
    return 1 if _is_of_the_last(reading, nouns) else None


def _is_of_the_last(reading: Reading, nouns: frozenset[str]) -> bool:
    """ "My last payment", unless it is held against others."""
    match = _THE_LAST.search(reading.line.joined)
    if match is None or match[1].endswith("s") or match[1] in _TIMES or _BESIDE_OTHERS.search(reading.line.joined):
        return False
    return stem(match[1]) in nouns or not nouns.isdisjoint(meanings(match[1]))
