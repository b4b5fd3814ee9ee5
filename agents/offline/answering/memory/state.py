"""What a conversation is about so far, as the agent pass remembers it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from pydantic import JsonValue

from agents.offline.answering.memory.context import Context
from agents.offline.answering.memory.pending import Pending
from agents.offline.answering.reading.dates import adds_a_year
from agents.offline.answering.reading.months import Spoken, resolved
from agents.offline.answering.reading.reading import Reading
from agents.offline.answering.tools.parameters import Kind
from agents.offline.answering.tools.schema import ToolCard

type Call = Mapping[str, JsonValue]
_KEPT = 4


@dataclass(frozen=True, slots=True)
class State:
    """The last tool with its calls, our open question, and what was last spoken of of every kind, the latest last."""

    tool: ToolCard | None = None
    calls: tuple[Call, ...] = ()
    month: Spoken | None = None
    year_said: bool = False
    pending: Pending | None = None
    months: tuple[Spoken, ...] = ()
    countries: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    topic: str = ""

    def context(self, today: date) -> Context:
        arguments: Call = self.calls[-1] if self.calls else {}
        return Context(
            today=today,
            month=self.month,
            arguments=arguments,
            year_said=self.year_said,
            months=self.months,
            countries=self.countries,
            names=self.names,
            topic=self.topic,
            asked=self.pending.parameter.name if self.pending else "",
            calls=len(self.calls),
            several=dict(_differing(self.calls)),
        )

    def hearing(self, reading: Reading, today: date) -> "State":
        """What was named stays in mind even where no tool took it."""
        state = self
        for said, month in resolved(reading.months, today, self.month):
            meant = state.month if said.compared and state.month else month
            state = replace(state, month=meant, months=_latest(state.months, [month]))
        if state.month and adds_a_year(reading):
            state = replace(state, month=(state.month[0], reading.year))
        sure = [country.code for country in reading.named_countries if country.sure]
        return replace(state, countries=_latest(state.countries, sure))

    def calling(self, tool: ToolCard, calls: tuple[Call, ...], reading: Reading) -> "State":
        """After `hearing`, and after the calls that came of it."""
        spoken = tuple(_months(tool, calls))
        timed = any(parameter.name in calls[-1] for parameter in tool.of(Kind.MONTH, Kind.YEAR_MONTH))
        year = next((calls[-1].get(parameter.name) for parameter in tool.of(Kind.YEAR)), None)
        said = any(
            month.year is not None or month.year_shift is not None or abs(month.shift or 0) == 12
            for month in reading.named_months
        )
        return State(
            tool=tool,
            calls=calls,
            month=spoken[-1] if spoken else None if tool.current and not timed else self.month,
            year_said=said or reading.year is not None or (self.year_said and year is not None),
            months=_latest(self.months, spoken),
            countries=self.countries,
            names=_latest(self.names, list(_names(tool, calls))),
            topic=next(_topics(tool, calls, reading, self.topic), self.topic),
        )


def _differing(calls: tuple[Call, ...]) -> Iterator[tuple[str, tuple[JsonValue, ...]]]:
    for name in calls[0] if calls else ():
        values = tuple(call.get(name) for call in calls)
        if len({repr(value) for value in values}) == len(calls) > 1:
            yield name, values


def _months(tool: ToolCard, calls: tuple[Call, ...]) -> Iterator[Spoken]:
    years = tool.of(Kind.YEAR)
    for parameter in tool.of(Kind.MONTH)[:1]:
        for call in calls:
            month, year = call.get(parameter.name), call.get(years[0].name) if years else None
            if isinstance(month, int):
                yield month, year if isinstance(year, int) else None


def _names(tool: ToolCard, calls: tuple[Call, ...]) -> Iterator[str]:
    """Names that were given for free text or chosen, the customer's own thing left out."""
    for call in calls:
        chosen = [parameter for parameter in tool.of(Kind.CHOICE) if parameter.required]
        for parameter in (*tool.of(Kind.TEXT), *chosen):
            name = call.get(parameter.name)
            if isinstance(name, str) and not parameter.verbatim and name != parameter.own:
                yield name


def _topics(tool: ToolCard, calls: tuple[Call, ...], reading: Reading, before: str) -> Iterator[str]:
    """The last question that stands for itself, of a tool that takes any question."""
    for parameter in tool.of(Kind.QUERY):
        asked = calls[-1].get(parameter.name)
        if isinstance(asked, str) and not (before and reading.leans):
            yield asked


def _latest[T](known: tuple[T, ...], heard: Sequence[T]) -> tuple[T, ...]:
    return (*[item for item in known if item not in heard], *dict.fromkeys(heard))[-_KEPT:]
