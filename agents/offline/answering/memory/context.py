"""What was spoken of before, and the values that a tool is called with."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import product

from pydantic import JsonValue

from agents.offline.answering.language.tables import slot_tables
from agents.offline.answering.reading.date_forms import written
from agents.offline.answering.reading.months import Spoken, most_recent
from agents.offline.answering.tools.parameters import Kind, Parameter
from agents.offline.answering.tools.schema import ToolCard

type Values = tuple[JsonValue, ...]
type Arguments = Mapping[str, JsonValue]
_CALLS = 6


@dataclass(frozen=True, slots=True)
class Context:
    """What was spoken of before, the latest last: months, countries, names; the last call; the last free question.

    `asked` is the parameter that we asked for and wait to be told. The last request took `calls` calls, and
    `several` are the values of what differed between them.
    """

    today: date
    month: Spoken | None = None
    arguments: Arguments = field(default_factory=dict)
    year_said: bool = False
    months: tuple[Spoken, ...] = ()
    countries: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    topic: str = ""
    asked: str = ""
    calls: int = 0
    several: Mapping[str, "Values"] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Filled:
    """One or more values per parameter; `named` are those of the text itself, `doubtful` countries to be confirmed."""

    values: Mapping[str, Values]
    named: frozenset[str] = frozenset()
    doubtful: tuple[str, ...] = ()

    def arguments(self, tool: ToolCard) -> tuple[dict[str, JsonValue], ...]:
        """Each combination is a call of its own; months carry their years, and as many numbers go one with each."""
        timed = any(self.values.get(p.name) for p in tool.of(Kind.MONTH))
        names = [p.name for p in tool.parameters if self.values.get(p.name) and not (timed and p.kind is Kind.YEAR)]
        beside = tuple(self._beside(tool, names))
        month = next((p.name for p in tool.of(Kind.MONTH) if p.name in names), None)
        calls: list[dict[str, JsonValue]] = []
        for places in product(*(range(len(self.values[name])) for name in names)):
            if any(places[number] != places[other] for number, other in beside):
                continue
            call = {name: self.values[name][place] for name, place in zip(names, places, strict=True)}
            place = places[names.index(month)] if month else None
            years = {year.name: self._year(year, place) for year in tool.of(Kind.YEAR) if year.name not in names}
            calls.append(call | {name: value for name, value in years.items() if value})
        return tuple(calls[:_CALLS])

    def _beside(self, tool: ToolCard, names: Sequence[str]) -> Iterator[tuple[int, int]]:
        """`5 days in France and 4 in Italy`: where the number stands among the names, and what it goes with."""
        numbers = [p.name for p in tool.of(Kind.INTEGER, Kind.NUMBER) if len(self.values.get(p.name, ())) > 1]
        for number in numbers:
            for other in names:
                if other not in numbers and len(self.values[other]) == len(self.values[number]):
                    yield names.index(number), names.index(other)

    def _year(self, year: Parameter, place: int | None) -> JsonValue:
        years = self.values.get(year.name, ())
        if place is None or len(years) < 2:
            return years[0] if years else None
        return years[place] if place < len(years) else None


def month_value(parameter: Parameter, month: int) -> JsonValue:
    """The month as the schema writes it."""
    if parameter.months:
        value = parameter.months[month - 1]
        return value if parameter.textual else int(value)
    return written(parameter.form, date(2000, month, 1)) if parameter.textual else month


def country_value(parameter: Parameter, code: str) -> str:
    return code if parameter.kind is Kind.COUNTRY_CODE else slot_tables().names[code]


def year_value(parameter: Parameter, year: int) -> JsonValue:
    return str(year) if parameter.textual else year


def year_month(parameter: Parameter, month: Spoken, today: date) -> JsonValue:
    value = written(parameter.form, date(month[1] or most_recent(month[0], today), month[0], 1))
    return value if parameter.textual else int(value)
