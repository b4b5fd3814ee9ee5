"""Decides what one customer text asks for, given what was asked before it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from pydantic import JsonValue

from agents.offline.answering.asking import ask_for, did_you_mean, not_able
from agents.offline.answering.choosing import Candidate, Scale
from agents.offline.answering.filling import Context, Filled, combine, missing
from agents.offline.answering.months import resolved
from agents.offline.answering.parameters import Kind
from agents.offline.answering.pending import Pending, picked, picked_call, says_no
from agents.offline.answering.reading import Reading, read
from agents.offline.answering.schema import ToolCard
from agents.offline.answering.values import ToolCall
from models.plan import AgentReply

_ENOUGH = 0.6
_FITTING = 0.75
_AMOUNT = re.compile(r"(?:and |so |ok |but )*(?:what|how much) (?:was|is|were)\b")
_PLACED = (Kind.COUNTRY, Kind.COUNTRY_CODE)


@dataclass(frozen=True, slots=True)
class State:
    """What the conversation is about: the last tool with its calls, the month spoken of, our open question."""

    tool: ToolCard | None = None
    calls: tuple[Mapping[str, JsonValue], ...] = ()
    month: tuple[int, int | None] | None = None
    year_said: bool = False
    pending: Pending | None = None
    recent: tuple[tuple[int, int | None], ...] = ()

    def context(self, today: date) -> Context:
        arguments: Mapping[str, JsonValue] = self.calls[-1] if self.calls else {}
        return Context(today, self.month, arguments, self.year_said, self.recent)


@dataclass(frozen=True, slots=True)
class Step:
    state: State
    outcome: tuple[ToolCall, ...] | AgentReply


@dataclass(frozen=True, slots=True)
class Dialogue:
    tools: Sequence[ToolCard]
    scale: Scale = field(init=False)
    guesses: bool = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "scale", Scale(self.tools))
        object.__setattr__(self, "guesses", any(tool.of(*_PLACED) for tool in self.tools))

    def step(self, state: State, text: str, today: date) -> Step:
        reading = read(text, guess=self.guesses)
        candidates = self.scale.candidates(reading, state.context(today), text)
        if state.pending and (answered := _answered(state, state.pending, reading, candidates, today)):
            return answered
        if state.tool and len(state.calls) > 1 and (call := picked_call(reading, state.calls)) is not None:
            after = replace(state, calls=(call,), pending=None)
            return Step(after, (ToolCall(state.tool.name, call),))
        chosen = None if self.scale.lacks(reading) else _chosen(state, reading, candidates, today)
        if chosen is None:
            return Step(_remembered(replace(state, pending=None), reading, today), not_able(self.tools))
        return _outcome(state, *chosen, reading, today)


def _chosen(
    state: State, reading: Reading, candidates: Sequence[Candidate], today: date
) -> tuple[ToolCard, Filled] | None:
    """The tool with its values, those of the last call included where the text leans on it."""
    if not candidates:
        return None
    best = candidates[0]
    last = next((c for c in candidates if state.tool and c.tool.name == state.tool.name), None)
    if last and not _asks_for_the_whole(last, reading):
        context = state.context(today)
        if max(candidate.words for candidate in candidates) < _ENOUGH:
            return _continued(reading, candidates, last, context)
        if last.total + _continuity(reading, last.tool) >= best.total:
            best = last
        if best is last and (
            reading.elliptic or (len(reading.line.words) <= 4 and not (reading.own or reading.listing))
        ):
            return best.tool, combine(best.filled, context, best.tool, years=_keeps_years(context, reading))
    if (best.words >= _ENOUGH and best.total > 0) or (best.total >= _FITTING and _says_something(best)):
        return best.tool, best.filled
    return _searched(candidates)


def _asks_for_the_whole(last: Candidate, reading: Reading) -> bool:
    """`What was it in October?` after a question about one thing: neither why nor what thing."""
    texts = [parameter.name for parameter in last.tool.required if parameter.verbatim and parameter.kind is Kind.TEXT]
    unnamed = bool(texts) and not last.filled.named.intersection(texts)
    return unnamed and bool(_AMOUNT.match(reading.line.joined)) and bool(reading.named_months)


def _continuity(reading: Reading, last: ToolCard) -> float:
    """How much a text counts on the last tool: most when it is no more than a name for a tool that takes names."""
    if not reading.elliptic:
        return 0.2
    if reading.asking:
        return 0.6
    return 2.6 if any(parameter.kind is Kind.TEXT for parameter in last.required) and not reading.months else 1.2


def _continued(
    reading: Reading, candidates: Sequence[Candidate], last: Candidate, context: Context
) -> tuple[ToolCard, Filled] | None:
    """The last tool again with the new value, or the tool that takes it when the last one does not."""
    best = candidates[0]
    if best.total > last.total + max(1.0, _continuity(reading, last.tool)) and not (
        reading.months or reading.countries
    ):
        return best.tool, best.filled
    if _takes(last, reading) and (_says_something(last) or reading.pointing or reading.elliptic or reading.definite):
        return last.tool, combine(last.filled, context, last.tool, years=_keeps_years(context, reading))
    for candidate in candidates:
        if _takes(candidate, reading) and _says_something(candidate):
            return candidate.tool, candidate.filled
    return _searched(candidates)


def _searched(candidates: Sequence[Candidate]) -> tuple[ToolCard, Filled] | None:
    """The tool that takes any question."""
    return next(((c.tool, c.filled) for c in candidates if c.tool.of(Kind.QUERY)), None)


def _says_something(candidate: Candidate) -> bool:
    kinds = {parameter.name: parameter for parameter in candidate.tool.parameters}
    return bool(candidate.filled.doubtful) or any(not kinds[name].verbatim for name in candidate.filled.named)


def _takes(candidate: Candidate, reading: Reading) -> bool:
    if reading.named_months and not candidate.tool.of(Kind.MONTH, Kind.YEAR_MONTH, Kind.DATE):
        return False
    return not reading.named_countries or bool(candidate.tool.of(*_PLACED, Kind.PLACE))


def _keeps_years(context: Context, reading: Reading) -> bool:
    """A year that the customer said holds for the next month as well; one that we counted does not."""
    return context.year_said or not reading.named_months


def _answered(
    state: State, pending: Pending, reading: Reading, candidates: Sequence[Candidate], today: date
) -> Step | None:
    """None when the text is no answer to our question but something new."""
    candidate = next(c for c in candidates if c.tool.name == pending.tool.name)
    name = pending.parameter.name
    value = picked(pending, reading)
    if value is None and pending.candidates and says_no(reading):
        return Step(replace(state, pending=replace(pending, candidates=())), ask_for(pending.parameter))
    found = {key: values for key, values in candidate.filled.values.items() if key in candidate.filled.named}
    if value is not None:
        found[name] = (value,)
    elif (name not in found and not candidate.filled.doubtful) or _is_new(pending, reading, candidates):
        return None
    filled = Filled({**pending.values, **found}, frozenset(found), candidate.filled.doubtful if value is None else ())
    return _outcome(state, candidate.tool, filled, reading, today)


def _is_new(pending: Pending, reading: Reading, candidates: Sequence[Candidate]) -> bool:
    """Free text answers any question, unless it clearly asks for another tool."""
    if pending.parameter.kind not in (Kind.TEXT, Kind.PLACE, Kind.QUERY):
        return False
    best = max(candidates, key=lambda candidate: candidate.words)
    return best.tool.name != pending.tool.name and best.words >= 2 * _ENOUGH and reading.asking


def _outcome(state: State, tool: ToolCard, filled: Filled, reading: Reading, today: date) -> Step:
    asked = _remembered(state, reading, today)
    if filled.doubtful:
        pending = Pending(tool, tool.of(*_PLACED)[0], filled.values, filled.doubtful)
        return Step(replace(asked, pending=pending), did_you_mean(filled.doubtful))
    if lacking := missing(tool, filled):
        return Step(replace(asked, pending=Pending(tool, lacking[0], filled.values)), ask_for(lacking[0]))
    calls = filled.arguments(tool)
    months, years = tool.of(Kind.MONTH), tool.of(Kind.YEAR)
    month = calls[-1].get(months[0].name) if months else None
    year = calls[-1].get(years[0].name) if years else None
    spoken = (month, year if isinstance(year, int) else None) if isinstance(month, int) else None
    said = any(
        month.year is not None or month.year_shift is not None or abs(month.shift or 0) == 12
        for month in reading.named_months
    )
    after = State(
        tool=tool,
        calls=calls,
        month=spoken or (None if tool.current else asked.month),
        recent=_recent(asked, spoken),
        year_said=said or (state.year_said and year is not None),
    )
    return Step(after, tuple(ToolCall(tool.name, call) for call in calls))


def _remembered(state: State, reading: Reading, today: date) -> State:
    """A month that was named stays in mind even where no tool took it."""
    spoken = resolved(reading.months, today, state.month)
    for _, month in spoken:
        state = replace(state, month=month, recent=_recent(state, month))
    return state


def _recent(state: State, month: tuple[int, int | None] | None) -> tuple[tuple[int, int | None], ...]:
    """The two months last spoken of."""
    return (*[other for other in state.recent if other != month], month)[-2:] if month else state.recent
