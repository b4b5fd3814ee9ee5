"""Decides what one customer text asks for, given what was asked before it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from agents.offline.answering.answers.asking import ask_for, did_you_mean, not_able
from agents.offline.answering.arguments.comparing import own_side, takes_two
from agents.offline.answering.arguments.filling import missing
from agents.offline.answering.arguments.inheriting import combine
from agents.offline.answering.arguments.recalling import recalled, shortened
from agents.offline.answering.choosing.weighing import Candidate, Scale
from agents.offline.answering.memory.context import Context, Filled, Values
from agents.offline.answering.memory.pending import Pending, picked, picked_call, says_no
from agents.offline.answering.memory.state import State
from agents.offline.answering.reading.questions import pieces, questions, told_and_asked
from agents.offline.answering.reading.reading import Reading, read
from agents.offline.answering.tools.parameters import Kind, Parameter
from agents.offline.answering.tools.schema import ToolCard
from agents.offline.answering.values import ToolCall
from models.plan import AgentReply

_ENOUGH = 0.6
_BRIEF = 4
_STANDS_ALONE = 1.0
_CLEARER = 0.75
_PLACED = (Kind.COUNTRY, Kind.COUNTRY_CODE)


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
        return (
            self._several(state, text, today) or self._beside_own(state, text, today) or self._one(state, text, today)
        )

    def led(self, state: State, text: str, today: date, tool: str) -> State:
        """What a text leads to when it is known which tool it asks for."""
        return self._one(state, text, today, wanted=tool).state

    def heard(self, state: State, text: str, today: date) -> tuple[Reading, list[Candidate]]:
        """A text as it is understood after what was said before, and the tools for it, best first."""
        text = self._question(state, text, today)
        reading = recalled(read(shortened(text), guess=self.guesses), state)
        return reading, self._candidates(state, reading, text, today)

    def _candidates(self, state: State, reading: Reading, text: str, today: date) -> list[Candidate]:
        return self.scale.candidates(reading, state.context(today), text, state.tool.name if state.tool else None)

    def _several(self, state: State, text: str, today: date) -> Step | None:
        """Questions for different tools in one text, one after the other; None when it asks one thing."""
        parts = questions(text) or self._placed(text)
        calls: list[ToolCall] = []
        months = asked = 0
        for piece in parts if not state.pending else ():
            reading = read(piece, guess=self.guesses)
            best = self._candidates(state, reading, piece, today)[0]
            searched = reading.way and bool(best.tool.of(Kind.QUERY))
            step = self._one(state, piece, today) if searched or best.words >= _STANDS_ALONE else None
            if step is None or isinstance(step.outcome, AgentReply):
                return None
            state = step.state
            calls += [call for call in step.outcome if call not in calls]
            asked += searched
            months += bool(reading.named_months) and any(parameter.verbatim for parameter in best.tool.required)
        distinct = len(parts) in (len({call.tool for call in calls}), months, asked)
        return Step(state, tuple(calls)) if calls and distinct else None

    def _placed(self, text: str) -> Sequence[str]:
        """ "Roaming rates for Spain and my usage in March": parts with a month or a country each."""
        parts = pieces(text)
        said = (read(part, guess=self.guesses) for part in parts)
        return parts if all(reading.named_months or reading.named_countries for reading in said) else ()

    def _beside_own(self, state: State, text: str, today: date) -> Step | None:
        """What is held against one's own, and one's own, where no tool takes both."""
        own = own_side(text)
        if own is None or state.pending or any(map(takes_two, self.tools)):
            return None
        step = self._one(state, text, today)
        if isinstance(step.outcome, AgentReply) or not all(call.arguments for call in step.outcome):
            return None
        candidates = self._candidates(State(), read(own, guess=self.guesses), own, today)
        mine = next((c.tool for c in candidates if not c.tool.parameters), None)
        if mine is None or mine is not candidates[0].tool or len(step.outcome) > 1:
            return None
        return replace(step, outcome=(ToolCall(mine.name, {}), *step.outcome))

    def _question(self, state: State, text: str, today: date) -> str:
        """Without what is told before it, where its last question alone is clearly for another tool."""
        parts = told_and_asked(text)
        told = read(parts[0], guess=self.guesses) if parts else None
        if parts is None or told is None or state.pending:
            return text
        whole = self._candidates(state, read(text, guess=self.guesses), text, today)[0].tool
        alone = self._candidates(state, read(parts[1], guess=self.guesses), parts[1], today)
        same = next(candidate for candidate in alone if candidate.tool is whole)
        clear = alone[0].words >= _STANDS_ALONE and alone[0].score >= same.score + _CLEARER
        if (told.months or told.countries) and alone[0].tool.parameters:
            return text
        return parts[1] if clear and not missing(alone[0].tool, alone[0].filled) else text

    def _one(self, state: State, text: str, today: date, wanted: str | None = None) -> Step:
        reading, candidates = self.heard(state, text, today)
        if state.pending and (answered := _answered(state, state.pending, reading, candidates, today)):
            return answered
        if state.tool and len(state.calls) > 1 and (call := picked_call(reading, state.calls)) is not None:
            after = replace(state, calls=(call,), pending=None)
            return Step(after, (ToolCall(state.tool.name, call),))
        best = next((candidate for candidate in candidates if candidate.tool.name == wanted), None)
        best = best or self._best(candidates, state, reading)
        if best is None:
            return Step(replace(state, pending=None).hearing(reading, today), not_able(self.tools))
        filled = _valued(best, state, reading, state.context(today))
        if _is_guessed(best.tool, filled, reading):
            filled = Filled({})
        return _outcome(state, best.tool, filled, reading, today)

    def _best(self, candidates: Sequence[Candidate], state: State, reading: Reading) -> Candidate | None:
        last = state.tool.name if state.tool else None
        if not candidates or self.scale.is_for_nobody(candidates, reading, last):
            return None
        best = candidates[0]
        if any(parameter.kind is Kind.IDENTIFIER for parameter in missing(best.tool, best.filled)):
            best = next((candidate for candidate in candidates if candidate.tool.of(Kind.QUERY)), best)
        return None if reading.at_sea and _is_guessed(best.tool, best.filled, reading) else best


def _valued(best: Candidate, state: State, reading: Reading, context: Context) -> Filled:
    """The values of a tool; those of the last call stay where the text leans on it."""
    if state.tool is None or best.tool.name != state.tool.name:
        return best.filled
    if reading.both and (both := _both(best, reading, context)):
        return both
    brief = len(reading.line.words) <= _BRIEF and not (reading.own or reading.listing)
    leans = (best.words < _ENOUGH or not best.evidence["share of its name"]) and not best.tool.of(Kind.QUERY)
    if reading.elliptic or brief or leans or reading.adds:
        return combine(best.filled, context, best.tool, reading, years=_keeps_years(context, reading))
    return best.filled


def _is_guessed(tool: ToolCard, filled: Filled, reading: Reading) -> bool:
    """Whether the country of an earlier request would stand for a place that is none: "what about Atlantis?"."""
    needed = {parameter.name for parameter in tool.of(*_PLACED) if parameter.required}
    return bool(needed - filled.named) and not filled.doubtful and (reading.at_sea or reading.unknown_place)


def _both(last: Candidate, reading: Reading, context: Context) -> Filled | None:
    """ "Both please", "which is cheaper": the last two that the tool was asked for, or might have been."""
    several = [name for name, values in last.filled.values.items() if len(values) > 1 and name not in last.filled.named]
    if not several or not _takes(last, reading) or last.filled.named:
        return None
    return combine(last.filled, context, last.tool, reading, years=False)


def _takes(candidate: Candidate, reading: Reading) -> bool:
    if reading.named_months and not candidate.tool.of(Kind.MONTH, Kind.YEAR_MONTH, Kind.DATE):
        return False
    said = any(country.first < len(reading.line.words) for country in reading.named_countries)
    return not said or bool(candidate.tool.of(*_PLACED, Kind.PLACE, Kind.TIMEZONE))


def _keeps_years(context: Context, reading: Reading) -> bool:
    """A year that the customer said holds for the next month as well; one that we counted does not."""
    if any(month.is_of_now for month in reading.named_months):
        return False
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
    elif name not in found and len(others := _names_in(candidate, found)) == 1:
        found = {name: others[0]}
    elif (name not in found and not candidate.filled.doubtful) or _is_new(pending, reading, candidates):
        return None
    filled = Filled({**pending.values, **found}, frozenset(found), candidate.filled.doubtful if value is None else ())
    return _outcome(state, candidate.tool, filled, reading, today)


def _names_in(candidate: Candidate, found: Mapping[str, Values]) -> list[Values]:
    """A name is the answer whichever of the tool's names it was taken for."""
    texts = [parameter for parameter in candidate.tool.of(Kind.TEXT) if not parameter.verbatim]
    return [found[parameter.name] for parameter in texts if parameter.name in found] if len(texts) > 1 else []


def _is_new(pending: Pending, reading: Reading, candidates: Sequence[Candidate]) -> bool:
    """Free text answers any question, unless it clearly asks for another tool."""
    if pending.parameter.kind not in (Kind.TEXT, Kind.PLACE, Kind.QUERY):
        return False
    best = max(candidates, key=lambda candidate: candidate.words)
    return best.tool.name != pending.tool.name and best.words >= 2 * _ENOUGH and reading.asking


def _outcome(state: State, tool: ToolCard, filled: Filled, reading: Reading, today: date) -> Step:
    asked = state.hearing(reading, today)
    if filled.doubtful:
        pending = Pending(tool, tool.of(*_PLACED)[0], filled.values, filled.doubtful)
        return Step(replace(asked, pending=pending), did_you_mean(filled.doubtful))
    if lacking := (*missing(tool, filled), *_left_open(tool, filled, reading)):
        return Step(replace(asked, pending=Pending(tool, lacking[0], filled.values)), ask_for(lacking[0]))
    calls = filled.arguments(tool)
    return Step(asked.calling(tool, calls, reading), tuple(ToolCall(tool.name, call) for call in calls))


def _left_open(tool: ToolCard, filled: Filled, reading: Reading) -> Sequence[Parameter]:
    """ "One of my bills from 2025": a month that need not be told but was meant."""
    months = tool.of(Kind.MONTH, Kind.YEAR_MONTH) if reading.month_open else ()
    return [parameter for parameter in months if not filled.values.get(parameter.name)]
