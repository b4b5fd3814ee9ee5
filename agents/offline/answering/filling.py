"""Fills a tool's parameters from what a text says and what was said before."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import product

from pydantic import JsonValue

from agents.offline.answering.choices import find_choices
from agents.offline.answering.dates import find_date
from agents.offline.answering.numbers import find_number
from agents.offline.answering.phrases import find_name, find_pair
from agents.offline.answering.places import guess_countries
from agents.offline.answering.reading import Reading
from agents.offline.answering.schema import Kind, Parameter, ToolCard
from agents.offline.answering.tables import slot_tables

type Values = tuple[JsonValue, ...]
type Arguments = Mapping[str, JsonValue]
_CALLS = 6
_POSTCODE = re.compile(r"\b([A-Z]{1,2}\d[A-Z\d]?) ?(\d[A-Z]{2})\b", re.IGNORECASE)
_PHONE = re.compile(r"(?<!\d)(?:\+\d{1,3}[ \d]{8,14}\d|0\d[ \d]{8,11}\d)(?!\d)")
_EMAIL = re.compile(r"[^\s@]+@[^\s@]+\.\w+")
_IDENTIFIER = re.compile(r"\b(?=[\w-]*\d)[A-Za-z0-9][\w-]{1,40}\b")


@dataclass(frozen=True, slots=True)
class Context:
    """What was spoken of before: the month and countries last named, and the last call's arguments."""

    today: date
    month: tuple[int, int | None] | None = None
    arguments: Arguments = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Filled:
    """One or more values per parameter; `doubtful` are country codes to be confirmed."""

    values: Mapping[str, Values]
    doubtful: tuple[str, ...] = ()

    def arguments(self, tool: ToolCard) -> tuple[dict[str, JsonValue], ...]:
        """Each combination is a call of its own; months carry their years."""
        names = [p.name for p in tool.parameters if self.values.get(p.name) and p.kind is not Kind.YEAR]
        years = next(iter(tool.of(Kind.YEAR)), None)
        paired = self.values.get(years.name, ()) if years else ()
        month = next(iter(tool.of(Kind.MONTH)), None)
        calls = []
        for combination in product(*(self.values[name] for name in names)):
            call = dict(zip(names, combination, strict=True))
            if years and paired:
                position = self.values[month.name].index(call[month.name]) if month and month.name in call else 0
                year = paired[position] if position < len(paired) else paired[-1]
                if year is not None:
                    call[years.name] = year
            calls.append(call)
        return tuple(calls[:_CALLS])


def fill(tool: ToolCard, reading: Reading, context: Context, *, request: str) -> Filled:
    """Values that this text names; nothing is made up."""
    values: dict[str, Values] = {}
    _fill_months(tool, reading, context, values)
    doubtful = _fill_countries(tool, reading, values)
    _fill_texts(tool, reading, request, values)
    for parameter in tool.parameters:
        if parameter.name not in values and (found := tuple(_others(parameter, reading, context))):
            values[parameter.name] = found
    return Filled({name: _shaped(tool, name, found) for name, found in values.items() if found}, doubtful)


def _shaped(tool: ToolCard, name: str, found: Values) -> Values:
    many = any(parameter.name == name and parameter.many for parameter in tool.parameters)
    return (list(found),) if many else found


def _fill_months(tool: ToolCard, reading: Reading, context: Context, values: dict[str, Values]) -> None:
    months = [month.resolve(context.today, context.month) for month in reading.months if not month.negated]
    months = list(dict.fromkeys(months))
    if not months:
        _fill_year(tool, reading, context, values)
        return
    for parameter in tool.of(Kind.MONTH):
        values[parameter.name] = tuple(_month_name(month) if parameter.pattern else month for month, _ in months)
    for parameter in tool.of(Kind.YEAR_MONTH):
        values[parameter.name] = tuple(f"{year or _recent(month, context.today)}-{month:02}" for month, year in months)
    for parameter in tool.of(Kind.YEAR):
        if any(year for _, year in months):
            values[parameter.name] = tuple(year for _, year in months)


def _month_name(month: int) -> int:
    return month


def _recent(month: int, today: date) -> int:
    return today.year if month <= today.month else today.year - 1


_YEAR = re.compile(r"\b(20\d\d)\b")
_LAST_YEAR = re.compile(r"\b(?:last|previous) year\b")


def said_year(reading: Reading, today: date) -> int | None:
    if match := _YEAR.search(reading.line.joined):
        return int(match[1])
    return today.year - 1 if _LAST_YEAR.search(reading.line.joined) else None


def _fill_year(tool: ToolCard, reading: Reading, context: Context, values: dict[str, Values]) -> None:
    year = said_year(reading, context.today)
    for parameter in tool.of(Kind.YEAR):
        if year:
            values[parameter.name] = (year,)


def _fill_countries(tool: ToolCard, reading: Reading, values: dict[str, Values]) -> tuple[str, ...]:
    parameters = tool.of(Kind.COUNTRY, Kind.COUNTRY_CODE)
    if not parameters:
        return ()
    named = [country for country in reading.countries if not country.negated]
    if not named and not reading.countries:
        guesses = guess_countries(reading.line, frozenset(tool.weights))
        if any(not guess.sure for guess in guesses):
            return tuple(guess.code for guess in guesses)
        named = list(guesses)
    shared = len(parameters) > 1 and len(named) == len(parameters)
    for index, parameter in enumerate(parameters):
        chosen = named[index : index + 1] if shared else named if index == 0 else []
        values[parameter.name] = tuple(
            country.code if parameter.kind is Kind.COUNTRY_CODE else country.name for country in chosen
        )
    return ()


def country_value(parameter: Parameter, code: str) -> str:
    return code if parameter.kind is Kind.COUNTRY_CODE else slot_tables().names[code]


def _fill_texts(tool: ToolCard, reading: Reading, request: str, values: dict[str, Values]) -> None:
    for parameter in tool.of(Kind.QUERY):
        values[parameter.name] = (request.strip(),)
    texts = [parameter for parameter in tool.of(Kind.TEXT, Kind.PLACE) if parameter.required]
    if len(texts) == 2:
        pair = find_pair(reading, texts[0])
        for parameter, name in zip(texts, pair, strict=True):
            values[parameter.name] = (name,) if name else ()
    elif texts:
        name = find_name(reading, texts[0])
        values[texts[0].name] = (name,) if name else ()


def _others(parameter: Parameter, reading: Reading, context: Context) -> Iterator[JsonValue]:
    original = reading.line.original
    match parameter.kind:
        case Kind.CHOICE:
            yield from find_choices(reading.line, parameter)
        case Kind.INTEGER | Kind.NUMBER:
            if (number := find_number(reading, parameter)) is not None and parameter.allows(number):
                yield number
        case Kind.DATE:
            if day := find_date(reading, context.today):
                yield day.isoformat()
        case Kind.BOOLEAN:
            yield from _flag(parameter, reading)
        case Kind.POSTCODE:
            yield from (f"{match[1]} {match[2]}".upper() for match in _POSTCODE.finditer(original))
        case Kind.PHONE:
            yield from (match[0] for match in _PHONE.finditer(original))
        case Kind.EMAIL:
            yield from (match[0] for match in _EMAIL.finditer(original))
        case Kind.IDENTIFIER:
            yield from _identifiers(parameter, original)
        case _:
            return


def _identifiers(parameter: Parameter, original: str) -> Iterator[JsonValue]:
    for match in _IDENTIFIER.finditer(original):
        if parameter.allows(match[0]) and not re.fullmatch(
            r"20\d\d|\d+(?:gb|mb|st|nd|rd|th|g)", match[0], re.IGNORECASE
        ):
            yield match[0]


def _flag(parameter: Parameter, reading: Reading) -> Iterator[bool]:
    words = [
        word for word in parameter.label.split() if word not in ("is", "has", "include", "with", "only", "including")
    ]
    joined = f" {reading.line.joined} "
    if words and all(f" {word}" in joined for word in words):
        yield re.search(rf"\b(?:no|not|without|exclude|excluding|don't) (?:\w+ )?{re.escape(words[0])}", joined) is None


def combine(filled: Filled, inherited: Arguments, tool: ToolCard) -> Filled:
    """What the text names replaces what was said before, parameter by parameter."""
    known = {parameter.name for parameter in tool.parameters}
    values = {name: (value,) for name, value in inherited.items() if name in known} | dict(filled.values)
    return Filled(values, filled.doubtful)


def missing(tool: ToolCard, filled: Filled) -> Sequence[Parameter]:
    return [parameter for parameter in tool.required if not filled.values.get(parameter.name)]
