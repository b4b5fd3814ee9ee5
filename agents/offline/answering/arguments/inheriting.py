"""What a text leaves to what was said before it."""

import re
from collections.abc import Mapping

from agents.offline.answering.arguments.mentions import pair_of
from agents.offline.answering.memory.context import Context, Filled, Values, country_value, month_value, year_month
from agents.offline.answering.reading.quantities import bare_number
from agents.offline.answering.reading.reading import Reading
from agents.offline.answering.tools.parameters import Kind, Parameter
from agents.offline.answering.tools.schema import ToolCard

_TIMES = (Kind.MONTH, Kind.YEAR, Kind.YEAR_MONTH)
_NO_LIMIT = re.compile(
    r"\bno (?:price |spending |money )?(?:limit|maximum|max|cap|budget)\b|\b(?:any|whatever the) price\b"
    r"|\b(?:price|money|budget) (?:does not|doesn't|is not|isn't|is no) (?:matter|issue|problem|important|object)\b"
)
_LATEST = re.compile(r"\b(?:latest|current|newest|most recent|last) (?:\w+ )?(?:bill|invoice|statement)\b")
_NEVER_SUPPLIED = (Kind.QUERY, Kind.TEXT, Kind.YEAR, Kind.DATE)


def supplied(tool: ToolCard, values: Mapping[str, Values], reading: Reading, context: Context) -> dict[str, Values]:
    """Required values that were named before, and optional ones too when the text points back."""
    found_before = dict(values)
    points = (
        reading.pointing
        or reading.definite
        or (reading.elliptic and not (reading.asking and len(reading.line.words) > 2))
    )
    points = (points or (reading.why and not reading.own)) and not reading.now
    several = len(tool.of(Kind.MONTH, Kind.YEAR_MONTH)) > 1
    for parameter in tool.parameters:
        if parameter.name in values or parameter.kind in _NEVER_SUPPLIED or (several and parameter.kind in _TIMES):
            continue
        found = _remembered(parameter, reading, context)
        if found and (parameter.required or (points and parameter.kind is not Kind.INTEGER)):
            found_before[parameter.name] = found
            if parameter.kind is Kind.MONTH and len(found) == 1 and context.month and context.month[1]:
                for year in tool.of(Kind.YEAR)[:1]:
                    found_before.setdefault(year.name, (context.month[1],))
    return found_before


def _all_of_them(context: Context, reading: Reading) -> Mapping[str, Values]:
    """ "Rates for Spain and Italy", "and texts?": still both; "it" and "there" are one of them."""
    alone = reading.elliptic and not reading.pointing and len(context.several) == 1
    return context.several if alone else {}


def _remembered(parameter: Parameter, reading: Reading, context: Context) -> Values:
    """The value of the last call or, for months and countries, what was last spoken of: one, or both."""
    if parameter.kind is Kind.MONTH and context.month:
        months = context.months[-2:] if reading.both else (context.month,)
        return tuple(month_value(parameter, month) for month, _ in months)
    if parameter.kind is Kind.YEAR_MONTH and context.month:
        months = context.months[-2:] if reading.both else (context.month,)
        return tuple(year_month(parameter, month, context.today) for month in months)
    if parameter.kind in (Kind.COUNTRY, Kind.COUNTRY_CODE) and context.countries:
        together = {len(values) for values in _all_of_them(context, reading).values()}
        count = 2 if reading.both else max(together, default=1)
        codes = context.countries[-count:]
        return tuple(country_value(parameter, code) for code in codes)
    if parameter.required and not context.month and _LATEST.search(reading.line.meant):
        if parameter.kind is Kind.MONTH:
            return (month_value(parameter, context.today.month),)
        if parameter.kind is Kind.YEAR_MONTH:
            return (year_month(parameter, (context.today.month, None), context.today),)
    known = None if parameter.choices and reading.everything else context.arguments.get(parameter.name)
    return () if known is None else (known,)


def combine(filled: Filled, context: Context, tool: ToolCard, reading: Reading, *, years: bool) -> Filled:
    """What the text names replaces what was said before, parameter by parameter."""
    dropped = {p.name for p in tool.of(*_TIMES)} if reading.now else {p.name for p in tool.of(Kind.YEAR) if not years}
    dropped |= {p.name for p in tool.of(Kind.CHOICE) if reading.everything and not p.required}
    if _NO_LIMIT.search(reading.line.meant):
        dropped |= {p.name for p in tool.of(Kind.INTEGER, Kind.NUMBER) if not p.required}
    if (both := pair_of(tool)) and both[0].name in filled.named and not both[1].required:
        dropped.add(both[1].name)  # One name beside one's own.
    last: dict[str, Values] = {name: (value,) for name, value in context.arguments.items()}
    last.update(_all_of_them(context, reading))
    values = {name: found for name, found in last.items() if name not in dropped}
    numbers = [p for p in tool.of(Kind.INTEGER, Kind.NUMBER) if p.name in values]
    if len(numbers) == 1 and numbers[0].name not in filled.named and (bare := bare_number(reading)) is not None:
        values[numbers[0].name] = (int(bare) if bare == int(bare) else bare,)
    said = {name: found for name, found in filled.values.items() if name in filled.named or len(found) > 1}
    return Filled(values | said, filled.named, filled.doubtful)
