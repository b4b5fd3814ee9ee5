"""What a text leaves unsaid because it was said before, and what a long one says besides its question."""

from dataclasses import replace

from agents.offline.answering.arguments.years import relative_year
from agents.offline.answering.language.cues import EARLIER, THAN, THERE_AND
from agents.offline.answering.memory.state import State
from agents.offline.answering.reading.months import Month, Spoken
from agents.offline.answering.reading.places import Country
from agents.offline.answering.reading.questions import gist
from agents.offline.answering.reading.reading import Reading, read
from agents.offline.answering.tools.parameters import Kind

_YEAR = 12
_LATER = ("second", "2nd", "latter")


def shortened(text: str) -> str:
    """The questions of a long story, where all its months and countries stand in them."""
    short, whole = read(gist(text)), read(text)
    same = len(short.months) == len(whole.months) and len(short.countries) == len(whole.countries)
    return short.line.original if same else text


def recalled(reading: Reading, state: State) -> Reading:
    """`That month` and `there` are as good as a name."""
    end = len(reading.line.words)
    if state.tool and state.tool.of(Kind.YEAR) and not state.tool.of(Kind.MONTH, Kind.YEAR_MONTH):
        reading = replace(reading, months=tuple(m for m in reading.months if m.month or abs(m.shift or 0) != _YEAR))
    if not state.month:
        known = reading.months[1:] if reading.months and _leads_on(reading, reading.months[0]) else reading.months
        reading = replace(reading, months=known)
    spoken = _spoken(reading, state)
    if spoken and not reading.months:
        month, said = spoken
        year = reading.year or said
        shift = relative_year(reading)
        found = Month(end, end, month=month, year=None if shift is not None else year, year_shift=shift)
        reading = replace(reading, months=(found,))
    if not reading.countries and (code := _country_of(reading, state)):
        reading = replace(reading, countries=(Country(code, end, end),))
    if state.countries and THERE_AND.search(reading.line.meant):
        reading = replace(reading, countries=(Country(state.countries[-1], end, end), *reading.countries))
    if reading.there and not reading.countries and state.countries:
        reading = replace(reading, countries=(Country(state.countries[-1], end, end),))
    return reading


def _leads_on(reading: Reading, month: Month) -> bool:
    """`After that` where no month was spoken of."""
    return month.anchored and reading.line.text(month.first, month.last).split()[-2:-1] in (["after"], ["before"])


def _country_of(reading: Reading, state: State) -> str | None:
    """The country that `the first one` of the last two means."""
    placed = state.tool is not None and state.tool.of(Kind.COUNTRY, Kind.COUNTRY_CODE)
    said = EARLIER.search(THAN.sub("", reading.line.meant)) if placed else None
    if said is None or len(state.countries) < 2 or said[2] == "month":
        return None
    return state.countries[-1 if said[1] in _LATER else -2]


def _spoken(reading: Reading, state: State) -> Spoken | None:
    """The month that `that month` means, or `the first one` of the last two."""
    said = EARLIER.search(THAN.sub("", reading.line.meant))
    if said and len(state.months) > 1:
        return state.months[-1 if said[1] in _LATER else -2]
    return state.month if reading.recalls else None
