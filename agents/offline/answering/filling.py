"""Fills a tool's parameters from what a text says and what was said before."""

import re
from calendar import month_name
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import product

from pydantic import JsonValue

from agents.offline.answering.choices import find_choices
from agents.offline.answering.dates import find_dates
from agents.offline.answering.months import most_recent, resolved
from agents.offline.answering.numbers import find_number
from agents.offline.answering.parameters import Kind, Parameter
from agents.offline.answering.patterns import find_emails, find_flags, find_identifiers, find_phones, find_postcodes
from agents.offline.answering.phrases import find_matter, find_name, find_pair, find_place, find_words
from agents.offline.answering.reading import Reading
from agents.offline.answering.schema import ToolCard
from agents.offline.answering.tables import slot_tables

type Values = tuple[JsonValue, ...]
type Arguments = Mapping[str, JsonValue]
_CALLS = 6
_YEAR = re.compile(r"\b(20\d\d)\b")
_NEXT = re.compile(r"\b(?:next|upcoming|coming) (?:bill|payment|invoice|one)\b")
_LAST_YEAR = re.compile(r"\b(?:last|previous) year\b")


@dataclass(frozen=True, slots=True)
class Context:
    """What was spoken of before: the month last named, and the last call's arguments."""

    today: date
    month: tuple[int, int | None] | None = None
    arguments: Arguments = field(default_factory=dict)
    year_said: bool = False
    recent: tuple[tuple[int, int | None], ...] = ()


@dataclass(frozen=True, slots=True)
class Filled:
    """One or more values per parameter; `named` are those of the text itself, `doubtful` countries to be confirmed."""

    values: Mapping[str, Values]
    named: frozenset[str] = frozenset()
    doubtful: tuple[str, ...] = ()

    def arguments(self, tool: ToolCard) -> tuple[dict[str, JsonValue], ...]:
        """Each combination is a call of its own; months carry their years."""
        names = [p.name for p in tool.parameters if self.values.get(p.name) and p.kind is not Kind.YEAR]
        calls = [
            dict(zip(names, combination, strict=True)) for combination in product(*(self.values[n] for n in names))
        ]
        for year in tool.of(Kind.YEAR):
            for call in calls:
                if value := self._year(tool, year, call):
                    call[year.name] = value
        return tuple(calls[:_CALLS])

    def _year(self, tool: ToolCard, year: Parameter, call: Arguments) -> JsonValue:
        years = self.values.get(year.name, ())
        month = next(iter(tool.of(Kind.MONTH)), None)
        if month is None or month.name not in call or len(years) < 2:
            return years[0] if years else None
        position = self.values[month.name].index(call[month.name])
        return years[position] if position < len(years) else None


def fill(tool: ToolCard, reading: Reading, context: Context, *, request: str) -> Filled:
    """What this text names, then what it leaves to what was said before; nothing is made up."""
    values: dict[str, Values] = {}
    _fill_months(tool, reading, context, values)
    doubtful = _fill_countries(tool, reading, values)
    _fill_dates(tool, reading, context, values)
    _fill_texts(tool, reading, request, values)
    _fill_choices(tool, reading, values)
    for parameter in tool.parameters:
        if parameter.name not in values and (found := tuple(_others(parameter, reading))):
            values[parameter.name] = (list(found),) if parameter.many else found
    values = {name: found for name, found in values.items() if found}
    named = frozenset(values)
    for parameter in tool.required:
        if parameter.verbatim and parameter.name not in values:
            values[parameter.name] = (parameter.cut(find_words(reading)),)
    return Filled(_supplied(tool, values, reading, context), named, doubtful)


def _supplied(tool: ToolCard, values: Mapping[str, Values], reading: Reading, context: Context) -> dict[str, Values]:
    """Required values that were named before, and optional ones too when the text points back."""
    supplied = dict(values)
    points = reading.pointing or reading.definite or (reading.elliptic and not reading.asking)
    points = (points or (reading.why and not reading.own)) and not _NEXT.search(reading.line.joined)
    for parameter in tool.parameters:
        if parameter.name in values or parameter.kind in (Kind.QUERY, Kind.TEXT, Kind.YEAR, Kind.DATE):
            continue
        known = context.arguments.get(parameter.name)
        if known is None and parameter.kind is Kind.MONTH and context.month:
            known = _month_value(parameter, context.month[0])
        if known is not None and (parameter.required or (points and parameter.kind is not Kind.INTEGER)):
            supplied[parameter.name] = (known,)
            if parameter.kind is Kind.MONTH and reading.both and len(context.recent) > 1:
                supplied[parameter.name] = tuple(_month_value(parameter, month) for month, _ in context.recent)
                continue
            if parameter.kind is Kind.MONTH and context.month and (years := tool.of(Kind.YEAR)) and context.month[1]:
                supplied.setdefault(years[0].name, (context.month[1],))
    return supplied


def _fill_months(tool: ToolCard, reading: Reading, context: Context, values: dict[str, Values]) -> None:
    asks_why = any(parameter.verbatim for parameter in tool.parameters)
    spoken = resolved(reading.months, context.today, context.month)
    kept = [value for month, value in spoken if not month.negated and not (asks_why and month.compared)]
    months = list(dict.fromkeys(kept))
    if not months:
        year = _said_year(reading, context.today)
        values.update({parameter.name: (year,) for parameter in tool.of(Kind.YEAR) if year})
        return
    for parameter in tool.of(Kind.MONTH):
        values[parameter.name] = tuple(_month_value(parameter, month) for month, _ in months)
    for parameter in tool.of(Kind.YEAR_MONTH):
        values[parameter.name] = tuple(
            f"{year or most_recent(month, context.today)}-{month:02}" for month, year in months
        )
    for parameter in tool.of(Kind.YEAR):
        if any(year for _, year in months):
            values[parameter.name] = tuple(year for _, year in months)


def _month_value(parameter: Parameter, month: int) -> JsonValue:
    return month_name[month] if parameter.textual else month


def _said_year(reading: Reading, today: date) -> int | None:
    if match := _YEAR.search(reading.line.joined):
        return int(match[1])
    return today.year - 1 if _LAST_YEAR.search(reading.line.joined) else None


def _fill_countries(tool: ToolCard, reading: Reading, values: dict[str, Values]) -> tuple[str, ...]:
    parameters = tool.of(Kind.COUNTRY, Kind.COUNTRY_CODE)
    named = reading.named_countries
    if not parameters or not named:
        return ()
    if not all(country.sure for country in named):
        return tuple(country.code for country in named)
    shared = len(parameters) > 1 and len(named) == len(parameters)
    for index, parameter in enumerate(parameters):
        chosen = named[index : index + 1] if shared else named if index == 0 else ()
        found = tuple(country_value(parameter, country.code) for country in chosen)
        values[parameter.name] = (list(found),) if parameter.many else found
    return ()


def country_value(parameter: Parameter, code: str) -> str:
    return code if parameter.kind is Kind.COUNTRY_CODE else slot_tables().names[code]


def _fill_dates(tool: ToolCard, reading: Reading, context: Context, values: dict[str, Values]) -> None:
    parameters = tool.of(Kind.DATE)
    days = find_dates(reading, context.today) if parameters else ()
    for parameter, day in zip(parameters, days, strict=False):
        values[parameter.name] = (day.isoformat(),)


def _fill_texts(tool: ToolCard, reading: Reading, request: str, values: dict[str, Values]) -> None:
    texts = [parameter for parameter in tool.of(Kind.TEXT, Kind.PLACE) if parameter.required]
    for parameter in tool.of(Kind.QUERY):
        values[parameter.name] = (parameter.cut(request),)
    if len(texts) == 2:
        pair = find_pair(reading, texts[0])
        values.update({p.name: (p.cut(name),) for p, name in zip(texts, pair, strict=True) if name})
        return
    for parameter in texts[:1]:
        if parameter.kind is Kind.PLACE:
            name = find_place(reading, tool)
        elif parameter.verbatim:
            name = find_matter(reading, parameter)
        else:
            name = find_name(reading, parameter, tool)
        values[parameter.name] = (parameter.cut(name),) if name else ()


def _fill_choices(tool: ToolCard, reading: Reading, values: dict[str, Values]) -> None:
    """Two parameters with the same values, `from` and `to`, take one each in the order of the text."""
    parameters = tool.of(Kind.CHOICE)
    for parameter in parameters:
        alike = [other for other in parameters if other.choices == parameter.choices and not other.many]
        if len(alike) > 1:
            found = find_choices(reading.line, parameter)
            values.update({p.name: (value,) for p, value in zip(alike, found, strict=False)})
            values.update({p.name: () for p in alike[len(found) :]})


def _others(parameter: Parameter, reading: Reading) -> Iterator[JsonValue]:
    match parameter.kind:
        case Kind.CHOICE:
            yield from find_choices(reading.line, parameter)
        case Kind.INTEGER | Kind.NUMBER:
            if (number := find_number(reading, parameter)) is not None and parameter.allows(number):
                yield number
        case Kind.BOOLEAN:
            yield from find_flags(parameter, reading)
        case Kind.POSTCODE:
            yield from find_postcodes(reading.line.original)
        case Kind.PHONE:
            yield from find_phones(reading.line.original)
        case Kind.EMAIL:
            yield from find_emails(reading.line.original)
        case Kind.IDENTIFIER:
            yield from find_identifiers(parameter, reading.line.original)
        case _:
            return


def combine(filled: Filled, context: Context, tool: ToolCard, *, years: bool) -> Filled:
    """What the text names replaces what was said before, parameter by parameter."""
    kept = {p.name for p in tool.parameters if p.kind is not Kind.YEAR or years}
    values = {name: (value,) for name, value in context.arguments.items() if name in kept}
    return Filled(values | {n: v for n, v in filled.values.items() if n in filled.named}, filled.named, filled.doubtful)


def missing(tool: ToolCard, filled: Filled) -> Sequence[Parameter]:
    return [parameter for parameter in tool.required if not filled.values.get(parameter.name)]
