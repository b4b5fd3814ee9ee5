"""What a text leaves unsaid because it was said before, and what a long one says besides its question."""

from dataclasses import replace

from agents.offline.answering.cues import EARLIER, THAN, THERE_AND
from agents.offline.answering.filling import relative_year
from agents.offline.answering.months import Month, Spoken
from agents.offline.answering.places import Country
from agents.offline.answering.questions import gist
from agents.offline.answering.reading import Reading, read
from agents.offline.answering.state import State


def shortened(text: str) -> str:
    """The questions of a long story, where all its months and countries stand in them."""
    short, whole = read(gist(text)), read(text)
    same = len(short.months) == len(whole.months) and len(short.countries) == len(whole.countries)
    return short.line.original if same else text


def recalled(reading: Reading, state: State) -> Reading:
    """`That month` and `there` are as good as a name."""
    end = len(reading.line.words)
    spoken = _spoken(reading, state)
    if spoken and not reading.months:
        month, said = spoken
        year = reading.year or said
        shift = relative_year(reading)
        found = Month(end, end, month=month, year=None if shift is not None else year, year_shift=shift)
        reading = replace(reading, months=(found,))
    if state.countries and THERE_AND.search(reading.line.meant):
        reading = replace(reading, countries=(Country(state.countries[-1], end, end), *reading.countries))
    if reading.there and not reading.countries and state.countries:
        reading = replace(reading, countries=(Country(state.countries[-1], end, end),))
    return reading


def _spoken(reading: Reading, state: State) -> Spoken | None:
    """The month that `that month` means, or `the first one` of the last two."""
    said = EARLIER.search(THAN.sub("", reading.line.meant))
    if said and len(state.months) > 1:
        return state.months[-1 if said[1] in ("second", "2nd", "latter") else -2]
    return state.month if reading.recalls else None
