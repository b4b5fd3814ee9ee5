"""Fills a tool's parameters from what a text says and what was said before."""

import re
from collections.abc import Iterator, Mapping, Sequence

from pydantic import JsonValue

from agents.offline.answering.arguments.date_pairs import counted_on, days_of, find_months, find_period
from agents.offline.answering.arguments.flags import find_flag
from agents.offline.answering.arguments.inheriting import supplied
from agents.offline.answering.arguments.mentions import completed, find_pair, pair_of, spoken_of
from agents.offline.answering.arguments.names import find_names
from agents.offline.answering.arguments.numbers import find_numbers
from agents.offline.answering.arguments.phrases import find_matter, find_words
from agents.offline.answering.arguments.towns import find_towns
from agents.offline.answering.arguments.years import find_years, relative_year
from agents.offline.answering.enumerations.choices import find_choices
from agents.offline.answering.language.words import read_line
from agents.offline.answering.memory.context import (
    Context,
    Filled,
    Values,
    country_value,
    month_value,
    year_month,
    year_value,
)
from agents.offline.answering.reading.date_forms import written
from agents.offline.answering.reading.dates import adds_a_year
from agents.offline.answering.reading.months import Spoken, resolved
from agents.offline.answering.reading.reading import Reading
from agents.offline.answering.reading.timezones import find_times, find_zones
from agents.offline.answering.tools.parameters import Kind, Parameter
from agents.offline.answering.tools.patterns import find_emails, find_identifiers, find_phones, find_postcodes
from agents.offline.answering.tools.schema import ToolCard

_SAME_MONTHS = re.compile(r"\b(?:same|those|these|both)(?: (?:two|three|four))? months\b")


def fill(tool: ToolCard, reading: Reading, context: Context, *, request: str) -> Filled:
    """What this text names, then what it leaves to what was said before; nothing is made up."""
    values: dict[str, Values] = {}
    _fill_months(tool, reading, context, values)
    doubtful = _fill_countries(tool, reading, values)
    _fill_dates(tool, reading, context, values)
    _fill_zones(tool, reading, values)
    _fill_texts(tool, reading, context, request=request, values=values)
    _fill_choices(tool, reading, values)
    for parameter in tool.parameters:
        if parameter.name not in values and (found := tuple(_others(parameter, reading))):
            values[parameter.name] = (list(found),) if parameter.many else found
        elif _is_bare(tool, parameter, values) and (before := spoken_of(parameter, reading, context)):
            values[parameter.name] = tuple(before)
    values = {name: found for name, found in values.items() if found}
    named = frozenset(values)
    for parameter in tool.required:
        if parameter.verbatim and parameter.name not in values and not _is_open(parameter, reading):
            values[parameter.name] = (parameter.cut(find_words(reading)),)
    given = supplied(tool, values, reading, context)
    for parameter in tool.required:
        if parameter.fallback and not given.get(parameter.name):
            given[parameter.name] = (parameter.fallback,)
    return Filled(given, named, doubtful)


def _is_bare(tool: ToolCard, parameter: Parameter, values: Mapping[str, Values]) -> bool:
    return parameter.required and not values.get(parameter.name) and not pair_of(tool)


def _is_open(parameter: Parameter, reading: Reading) -> bool:
    """ "Can you explain a charge to me?" leaves open which one."""
    said = f"(?:{'|'.join(map(re.escape, parameter.label.split()))})"
    open_end = rf"\b(?:an?|some|one of (?:my|the)) {said}s?\b(?: (?:to|for) me)?$"
    return re.search(open_end, reading.line.meant) is not None


def _fill_months(tool: ToolCard, reading: Reading, context: Context, values: dict[str, Values]) -> None:
    parameters = tool.of(Kind.MONTH, Kind.YEAR_MONTH)
    if len(parameters) == 2:
        _fill_two_months(tool, parameters, reading, context, values)
        return
    if not parameters:
        values.update(
            {p.name: tuple(year_value(p, y) for y in find_years(p, reading, context)) for p in tool.of(Kind.YEAR)}
        )
        return
    asks_why = reading.why or any(parameter.verbatim for parameter in tool.parameters)
    spoken = resolved(reading.months, context.today, context.month)
    kept = [value for month, value in spoken if not month.negated and not (asks_why and month.compared)]
    shift = relative_year(reading)
    year = reading.year or (None if shift is None else context.today.year + shift)
    months = list(dict.fromkeys(kept)) or _same_months(reading, context, year)
    if not months:
        values.update({parameter.name: (year_value(parameter, year),) for parameter in tool.of(Kind.YEAR) if year})
        return
    if len(months) == 1 and reading.year:  # "That June one, I wanted 2025."
        months = [(months[0][0], months[0][1] or reading.year)]
    if shift == 0:  # Back to this year, whatever year was spoken of.
        months = [(month, said or (year if month <= context.today.month else None)) for month, said in months]
    for parameter in tool.of(Kind.MONTH):
        values[parameter.name] = tuple(month_value(parameter, month) for month, _ in months)
    for parameter in tool.of(Kind.YEAR_MONTH):
        values[parameter.name] = tuple(year_month(parameter, month, context.today) for month in months)
    for parameter in tool.of(Kind.YEAR):
        if any(year for _, year in months):
            values[parameter.name] = tuple(year_value(parameter, year) if year else None for _, year in months)


def _same_months(reading: Reading, context: Context, year: int | None) -> list[Spoken]:
    """ "The same months last year", and "of 2025 I mean" for a tool whose months have their year in them."""
    if not year:
        return []
    if _SAME_MONTHS.search(reading.line.meant):
        return [(month, year) for month, _ in context.months[-max(2, context.calls) :]]
    return [(context.month[0], year)] if context.month and adds_a_year(reading) else []


def _fill_two_months(
    tool: ToolCard, parameters: Sequence[Parameter], reading: Reading, context: Context, values: dict[str, Values]
) -> None:
    """Each of the two takes one month, and a year where there is one for it."""
    found = find_months(tool, parameters, reading, context)
    years = tool.of(Kind.YEAR)
    for parameter, (month, year) in ((p, found[p.name]) for p in parameters if p.name in found):
        timed = parameter.kind is Kind.YEAR_MONTH
        values[parameter.name] = (
            (year_month(parameter, (month, year), context.today) if timed else month_value(parameter, month)),
        )
        if year and len(years) >= 1:
            of_it = years[min(parameters.index(parameter), len(years) - 1)]
            values[of_it.name] = (year_value(of_it, year),)


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


def _fill_dates(tool: ToolCard, reading: Reading, context: Context, values: dict[str, Values]) -> None:
    if parameters := tool.of(Kind.DATE):
        found = find_period(tool, parameters, reading, context)
        found |= counted_on(parameters, reading, context)
        if days := days_of(parameters, reading, context):
            values[parameters[0].name] = days
            return
        values.update({p.name: (written(p.form, found[p.name]),) for p in parameters if p.name in found})


def _fill_zones(tool: ToolCard, reading: Reading, values: dict[str, Values]) -> None:
    """Of two, `from` and `to`, the one that is named is where to; the other one is ours."""
    parameters = tool.of(Kind.TIMEZONE)
    zones = find_zones(reading.line, reading.named_countries) if parameters else ()
    if len(parameters) > 1 and len(zones) == 1:
        parameters = parameters[-1:]
    values.update({parameter.name: (zone,) for parameter, zone in zip(parameters, zones, strict=False)})


def _fill_texts(tool: ToolCard, reading: Reading, context: Context, *, request: str, values: dict[str, Values]) -> None:
    texts = [parameter for parameter in tool.of(Kind.TEXT, Kind.PLACE) if parameter.required]
    for parameter in tool.of(Kind.QUERY):
        about = f"{context.topic} {request}" if context.topic and reading.leans else request
        values[parameter.name] = (parameter.cut(about),)
    if both := pair_of(tool):
        values.update(_pair(tool, both, reading, context))
        return
    optional = [parameter for parameter in tool.of(Kind.TEXT) if not (parameter.required or parameter.verbatim)]
    for parameter in texts[:1] or optional[:1]:
        if parameter.verbatim:
            example = next((text for text in parameter.examples if _is_said(text, reading)), None)
            name = example or find_matter(reading, parameter)
            values[parameter.name] = (parameter.cut(name),) if name else ()
        elif parameter.kind is Kind.PLACE:
            values[parameter.name] = find_towns(reading, tool)
        else:
            values[parameter.name] = tuple(map(parameter.cut, find_names(reading, parameter, tool)))


def _pair(tool: ToolCard, both: tuple[Parameter, Parameter], reading: Reading, context: Context) -> dict[str, Values]:
    """Where the second is optional, one's own is meant by leaving it out."""
    earlier = context.arguments if reading.elliptic else {}
    found = find_pair(reading, both[0], context.names)
    if found[1] is None and not both[1].required and found[0] != both[0].own:
        one, *_ = (*find_names(reading, both[0], tool), None)
        found = one, None
    names = [name for name in completed(found, reading, both, earlier, context.names) if name]
    if not both[1].required:
        names = [name for name in dict.fromkeys(names) if name != both[0].own]
    return {parameter.name: (parameter.cut(name),) for parameter, name in zip(both, names, strict=False)}


def _is_said(text: str, reading: Reading) -> bool:
    return f" {read_line(text).joined} " in f" {reading.line.joined} "


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
            yield from (number for number in find_numbers(reading, parameter) if parameter.allows(number))
        case Kind.BOOLEAN:
            if (flag := find_flag(parameter, reading)) is not None:
                yield flag
        case Kind.POSTCODE:
            yield from find_postcodes(reading.line.original)
        case Kind.PHONE:
            yield from find_phones(reading.line.original)
        case Kind.TIME:
            yield from find_times(reading.line.original)
        case Kind.EMAIL:
            yield from find_emails(reading.line.original)
        case Kind.IDENTIFIER:
            yield from find_identifiers(parameter, reading.line.original)
        case _:
            return


def missing(tool: ToolCard, filled: Filled) -> Sequence[Parameter]:
    return [parameter for parameter in tool.required if not filled.values.get(parameter.name)]
