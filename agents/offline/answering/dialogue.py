"""Decides what one customer text asks for, given what was asked before it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from pydantic import JsonValue

from agents.offline.answering.asking import ask_for, did_you_mean, not_able
from agents.offline.answering.choosing import MONTHLY, PLACED, Scale, Score
from agents.offline.answering.filling import Context, Filled, combine, country_value, fill, missing, said_year
from agents.offline.answering.reading import Reading, read
from agents.offline.answering.schema import Kind, Parameter, ToolCard
from agents.offline.answering.values import ToolCall
from models.plan import AgentReply

_ENOUGH = 0.6
_YES = re.compile(
    r"^(?:yes|yeah|yep|yup|y|ya|si|oui|ja|correct|right|exactly|that's right|sure|that one|please|ok|okay|it is|indeed|yes please|aye|spot on|you got it)\b"
)
_NO = re.compile(r"^(?:no|nope|nah|nein|non|neither|none|wrong)\b")
_ORDINALS = (("first", "1st", "former"), ("second", "2nd", "latter"), ("third", "3rd"))


@dataclass(frozen=True, slots=True)
class Pending:
    """A question of ours that waits for its answer."""

    tool: ToolCard
    parameter: Parameter
    values: Mapping[str, tuple[JsonValue, ...]]
    candidates: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class State:
    """What the conversation is about: the last tool with its arguments, and what was named last."""

    tool: ToolCard | None = None
    arguments: Mapping[str, JsonValue] = field(default_factory=dict)
    month: tuple[int, int | None] | None = None
    pending: Pending | None = None


@dataclass(frozen=True, slots=True)
class Step:
    state: State
    outcome: tuple[ToolCall, ...] | AgentReply


class Dialogue:
    def __init__(self, tools: Sequence[ToolCard]) -> None:
        self._tools = tools
        self._scale = Scale(tools)

    def step(self, state: State, text: str, today: date) -> Step:
        reading = read(text)
        if state.pending and (answered := self._answered(state, state.pending, reading, text, today)):
            return answered
        chosen = self._choose(state, reading)
        if chosen is None:
            return Step(_remember(replace(state, pending=None), reading, today), not_able(self._tools))
        tool, inherits = chosen
        context = Context(today, state.month, state.arguments)
        filled = fill(tool, reading, context, request=text)
        if inherits:
            filled = combine(filled, _kept(state, filled, reading, today), tool)
        else:
            filled = _supplied(state, tool, filled, reading)
        return self._outcome(state, tool, filled, reading, today)

    def _choose(self, state: State, reading: Reading) -> tuple[ToolCard, bool] | None:
        """The tool, and whether the text leans on the last call."""
        if not self._tools:
            return None
        scores = self._scale.scores(reading)
        best = scores[0]
        if state.tool:
            if tool := self._inherited(state.tool, reading, scores):
                return tool, True
        if best.words >= _ENOUGH or best.tool.of(Kind.QUERY):
            return best.tool, best.tool is state.tool and reading.elliptic
        if best.total >= 1.5 and (reading.months or reading.countries):
            return best.tool, False
        return None

    def _inherited(self, last: ToolCard, reading: Reading, scores: Sequence[Score]) -> ToolCard | None:
        """The last tool, when the text adds nothing but a value for it; another one when only that takes the value."""
        speaks = max(score.words for score in scores) >= _ENOUGH
        leaning = reading.elliptic or reading.pointing or reading.why
        if speaks:
            words = {score.tool.name: score.words for score in scores}
            best = max(words.values())
            return last if reading.elliptic and words[last.name] >= best - 0.3 and _takes(last, reading) else None
        if not leaning and not (reading.months or reading.countries):
            return None
        if _takes(last, reading):
            return last
        return next((score.tool for score in scores if _takes(score.tool, reading)), None)

    def _answered(self, state: State, pending: Pending, reading: Reading, text: str, today: date) -> Step | None:
        """None when the text is no answer to our question but something new."""
        tool, parameter = pending.tool, pending.parameter
        value = _picked(pending, reading)
        if value is None and pending.candidates and _NO.match(reading.line.joined) and len(reading.line.words) <= 3:
            return Step(replace(state, pending=replace(pending, candidates=())), ask_for(parameter))
        filled = fill(tool, reading, Context(today, state.month, state.arguments), request=text)
        if value is not None:
            filled = Filled({**filled.values, parameter.name: (value,)})
        elif (not filled.values.get(parameter.name) and not filled.doubtful) or (parameter.kind in (Kind.TEXT, Kind.PLACE, Kind.QUERY) and self._is_new(reading, tool)):
            return None
        kept = {name: values for name, values in pending.values.items() if name not in filled.values}
        return self._outcome(state, tool, Filled({**kept, **filled.values}, filled.doubtful), reading, today)

    def _is_new(self, reading: Reading, tool: ToolCard) -> bool:
        best = self._scale.scores(reading)[0]
        return best.tool is not tool and best.words >= 2 * _ENOUGH

    def _outcome(self, state: State, tool: ToolCard, filled: Filled, reading: Reading, today: date) -> Step:
        if filled.doubtful:
            parameter = tool.of(Kind.COUNTRY, Kind.COUNTRY_CODE)[0]
            pending = Pending(tool, parameter, filled.values, filled.doubtful)
            return Step(_remember(replace(state, pending=pending), reading, today), did_you_mean(filled.doubtful))
        if lacking := missing(tool, filled):
            pending = Pending(tool, lacking[0], filled.values)
            return Step(_remember(replace(state, pending=pending), reading, today), ask_for(lacking[0]))
        calls = filled.arguments(tool)
        after = State(tool, calls[-1], _month_of(tool, calls[-1], state))
        return Step(_remember(after, reading, today), tuple(ToolCall(tool.name, call) for call in calls))


def _takes(tool: ToolCard, reading: Reading) -> bool:
    months = [month for month in reading.months if not month.negated]
    if months and not tool.of(*MONTHLY):
        return False
    return not reading.countries or bool(tool.of(*PLACED))


def _kept(state: State, filled: Filled, reading: Reading, today: date) -> Mapping[str, JsonValue]:
    """What the new text does not replace; a month that crossed into another year takes its own year along."""
    if reading.months and state.tool and any(month.shift is not None for month in reading.months):
        years = {parameter.name for parameter in state.tool.of(Kind.YEAR)}
        return {name: value for name, value in state.arguments.items() if name not in years}
    return state.arguments


def _supplied(state: State, tool: ToolCard, filled: Filled, reading: Reading) -> Filled:
    """Required values that were named before, and optional ones too when the text points back."""
    if not state.arguments and state.month is None:
        return filled
    values = dict(filled.values)
    for parameter in tool.parameters:
        if values.get(parameter.name) or parameter.kind in (Kind.QUERY, Kind.TEXT):
            continue
        known = state.arguments.get(parameter.name)
        if known is None and parameter.kind is Kind.MONTH and state.month:
            known = state.month[0]
        if known is not None and (parameter.required or reading.pointing):
            values[parameter.name] = (known,)
    return Filled(values, filled.doubtful)


def _picked(pending: Pending, reading: Reading) -> JsonValue:
    """`yes` to a single candidate, `the second one` of several."""
    if not pending.candidates:
        return None
    codes = list(pending.candidates)
    joined = reading.line.joined
    for position, names in enumerate(_ORDINALS[: len(codes)]):
        if any(re.search(rf"\b{name}\b", joined) for name in names):
            return country_value(pending.parameter, codes[position])
    if len(codes) == 1 and _YES.match(joined):
        return country_value(pending.parameter, codes[0])
    return None


def _month_of(tool: ToolCard, call: Mapping[str, JsonValue], state: State) -> tuple[int, int | None] | None:
    months, years = tool.of(Kind.MONTH), tool.of(Kind.YEAR)
    month = call.get(months[0].name) if months else None
    year = call.get(years[0].name) if years else None
    return (month, year if isinstance(year, int) else None) if isinstance(month, int) else state.month


def _remember(state: State, reading: Reading, today: date) -> State:
    named = [month for month in reading.months if not month.negated and not month.anchored]
    if not named:
        return state
    return replace(state, month=named[-1].resolve(today, None)) if state.pending or state.month is None else state


__all__ = ["Dialogue", "State", "Step", "said_year"]
