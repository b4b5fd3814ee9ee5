"""Two days or two months of one tool: the ends of a period, or two months to hold against each other."""

import re
from collections.abc import Sequence
from datetime import date

from agents.offline.answering.language.vocabulary import word_set
from agents.offline.answering.memory.context import Context
from agents.offline.answering.reading.date_forms import read_date, written
from agents.offline.answering.reading.date_ranges import find_range
from agents.offline.answering.reading.date_shifts import shifted
from agents.offline.answering.reading.dates import find_days, looks_back
from agents.offline.answering.reading.months import Month, Spoken, most_recent, resolved
from agents.offline.answering.reading.reading import Reading
from agents.offline.answering.tools.parameters import Parameter
from agents.offline.answering.tools.schema import ToolCard

_STARTS = word_set("from since start starts begin beginning after first min earliest starting")
_ENDS = word_set("to until till end ends before last max latest through ending up")
_AND = re.compile(r"\b(?:and|n|plus)\b")
_OLDER = word_set("earlier older previous before base old from prior")
_NEWER = word_set("later newer current after new to")
_UNCLEAR = word_set("to from first last through min max up new old base current")
_AGAINST = re.compile(r"\b(?:compar\w*|differ\w*|diff|versus|vs|against|side by side)\b")
_COMPARES = re.compile(
    rf"{_AGAINST.pattern}|\b(?:than|chang\w+|(?:went|gone|go|goes|going|shot|jump\w*|rise|risen|rose) up|up so"
    r"|increas\w*|higher|lower|more|less|cheaper|dearer|between)\b"
)
_ROSE = re.compile(r"\b(?:up|increas\w*|jump\w*|rose|risen|chang\w+|higher|more|dropp?e?d?|down)\b")
_IS_OF_WHAT_WAS = re.compile(
    r"\b(?:paid|payments?|made|history|past|recent|used|usage|spent|charges?|invoices?|bills?|transactions?|orders?"
    r"|newest)\b"
)


def find_period(tool: ToolCard, parameters: Sequence[Parameter], reading: Reading, context: Context) -> dict[str, date]:
    """A value for each parameter that is said; of ends that are left open there is none."""
    starts, ends = _with(parameters, _STARTS), _with(parameters, _ENDS)
    past = looks_back(reading) or bool(_IS_OF_WHAT_WAS.search(f"{tool.label} {tool.description.lower()}"))
    if len(parameters) > 2 or not (starts or ends) or starts == ends:
        days = find_days(reading, context.today, past=looks_back(reading))
        return {parameter.name: day.date for parameter, day in zip(parameters, days, strict=False)}
    start, end = find_range(reading, context.month, context.today, past=past)
    found = [(parameter, start) for parameter in starts[:1]] + [(parameter, end) for parameter in ends[:1]]
    return {parameter.name: day for parameter, day in found if day}


def find_months(
    tool: ToolCard, parameters: Sequence[Parameter], reading: Reading, context: Context
) -> dict[str, Spoken]:
    """The months in which a period starts and ends, or two months that are held against each other."""
    ends = _with(parameters, _STARTS) and _with(parameters, _ENDS)
    if ends and not _AGAINST.search(f"{tool.label} {tool.description.lower()}"):
        days = find_period(tool, parameters, reading, context)
        return {name: (day.month, day.year) for name, day in days.items()}
    return _two_months(parameters, reading, context)


def _two_months(parameters: Sequence[Parameter], reading: Reading, context: Context) -> dict[str, Spoken]:
    """Older first where the names say which is which, else as they were said."""
    spoken = resolved(reading.months, context.today, context.month)
    named = [(month, value) for month, value in spoken if not month.negated]
    again = reading.elliptic and all(parameter.name in context.arguments for parameter in parameters)
    compares = context.asked or again or _COMPARES.search(reading.line.meant)
    pair = _pair(named, reading, context) if compares else []
    pair = list(dict.fromkeys(pair))
    if len(pair) == 1:
        lacking = context.asked or parameters[0].name
        return {p.name: pair[0] for p in parameters if p.name == lacking}
    ordered = [*_with(parameters, _OLDER)[:1], *_with(parameters, _NEWER)[:1]]
    if len(set(ordered)) == len(parameters):
        pair.sort(key=lambda month: _start(month, context.today))
        pair = [pair[0], pair[-1]] if pair else []
    return {parameter.name: month for parameter, month in zip(ordered or parameters, pair, strict=False)}


def _pair(named: Sequence[tuple[Month, Spoken]], reading: Reading, context: Context) -> list[Spoken]:
    """With one month named the other one is what was spoken of before, or the present one."""
    if len(named) != 1:
        return [value for _, value in named] or list(context.months[-2:] if reading.both else ())
    month, value = named[0]
    spoken = context.month or (context.today.month, None)
    leans = reading.pointing or reading.elliptic or month.compared or month.anchored
    if leans and (context.month or month.compared or month.anchored) and not _is_same(spoken, value, context.today):
        return [spoken, value] if month.compared else [value, spoken]
    if _ROSE.search(reading.line.meant) and not month.compared:
        return [_before(value, context.today), value]
    return [value]


def _is_same(one: Spoken, other: Spoken, today: date) -> bool:
    return _start(one, today) == _start(other, today)


def _before(month: Spoken, today: date) -> Spoken:
    year, number = _start(month, today)
    return (number - 1, month[1]) if number > 1 else (12, year - 1)


def _start(month: Spoken, today: date) -> tuple[int, int]:
    return month[1] or most_recent(month[0], today), month[0]


def _with(parameters: Sequence[Parameter], words: frozenset[str]) -> list[Parameter]:
    """Those that are called so or, when none is, that are described so."""
    named = [parameter for parameter in parameters if words.intersection(parameter.label.split())]
    told = words - _UNCLEAR
    return named or [p for p in parameters if told.intersection(re.findall(r"[a-z]+", p.description.lower()))]


def days_of(parameters: Sequence[Parameter], reading: Reading, context: Context) -> tuple[str, ...]:
    """ "On the 2nd and 3rd of November" is two days for a tool that takes one."""
    if len(parameters) > 1 or not parameters[0].required or not _AND.search(reading.line.meant):
        return ()
    days = find_days(reading, context.today, past=looks_back(reading))
    return tuple(written(parameters[0].form, day.date) for day in days) if len(days) > 1 else ()


def counted_on(parameters: Sequence[Parameter], reading: Reading, context: Context) -> dict[str, date]:
    """ "And a month later?" after a day that was asked for."""
    only = parameters[0]
    spoken = read_date(context.arguments.get(only.name), only.form) if len(parameters) == 1 else None
    day = shifted(reading, spoken) if spoken else None
    return {only.name: day} if day else {}
