"""Decides what one customer text asks for, given what was asked before it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from agents.offline.answering import cues
from agents.offline.answering.asking import ask_for, did_you_mean, not_able
from agents.offline.answering.choosing import Candidate, Scale
from agents.offline.answering.context import Context, Filled, Values
from agents.offline.answering.filling import missing
from agents.offline.answering.inheriting import combine
from agents.offline.answering.parameters import Kind
from agents.offline.answering.pending import Pending, picked, picked_call, says_no
from agents.offline.answering.questions import questions, told_and_asked
from agents.offline.answering.reading import Reading, read
from agents.offline.answering.recalling import recalled, shortened
from agents.offline.answering.schema import ToolCard
from agents.offline.answering.state import State
from agents.offline.answering.values import ToolCall
from models.plan import AgentReply

_ENOUGH = 0.6
_FITTING = 0.75
_CLEARLY = 1.5
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
        return self._several(state, text, today) or self._one(state, text, today)

    def _several(self, state: State, text: str, today: date) -> Step | None:
        """Questions for different tools in one text, one after the other; None when it asks one thing."""
        pieces = questions(text)
        calls: list[ToolCall] = []
        months = 0
        for piece in pieces if len(pieces) > 1 and not state.pending else ():
            reading = read(piece, guess=self.guesses)
            best = self.scale.candidates(reading, state.context(today), piece)[0]
            step = self._one(state, piece, today) if best.words >= _STANDS_ALONE else None
            if step is None or isinstance(step.outcome, AgentReply):
                return None
            state = step.state
            calls += [call for call in step.outcome if call not in calls]
            months += bool(reading.named_months) and any(parameter.verbatim for parameter in best.tool.required)
        distinct = len({call.tool for call in calls}) == len(pieces) or months == len(pieces)
        return Step(state, tuple(calls)) if calls and distinct else None

    def _question(self, state: State, text: str, today: date) -> str:
        """Without what is told before it, where its last question alone is clearly for another tool."""
        parts = told_and_asked(text)
        told = read(parts[0], guess=self.guesses) if parts else None
        if parts is None or told is None or state.pending or told.months or told.countries:
            return text
        context = state.context(today)
        whole = self.scale.candidates(read(text, guess=self.guesses), context, text)[0].tool
        alone = self.scale.candidates(read(parts[1], guess=self.guesses), context, parts[1])
        same = next(candidate for candidate in alone if candidate.tool is whole)
        clear = alone[0].words >= _STANDS_ALONE and alone[0].total >= same.total + _CLEARER
        return parts[1] if clear and not missing(alone[0].tool, alone[0].filled) else text

    def _one(self, state: State, text: str, today: date) -> Step:
        text = self._question(state, text, today)
        reading = recalled(read(shortened(text), guess=self.guesses), state)
        candidates = self.scale.candidates(reading, state.context(today), text)
        if state.pending and (answered := _answered(state, state.pending, reading, candidates, today)):
            return answered
        if state.tool and len(state.calls) > 1 and (call := picked_call(reading, state.calls)) is not None:
            after = replace(state, calls=(call,), pending=None)
            return Step(after, (ToolCall(state.tool.name, call),))
        chosen = None if self.scale.lacks(reading) else _chosen(state, reading, candidates, today)
        if chosen and _is_guessed(*chosen, reading):
            chosen = None if reading.at_sea else (chosen[0], Filled({}))
        if chosen is None:
            return Step(replace(state, pending=None).hearing(reading, today), not_able(self.tools))
        tool, filled = chosen
        if any(parameter.kind is Kind.IDENTIFIER for parameter in missing(tool, filled)):
            tool, filled = _searched(candidates) or chosen
        return _outcome(state, tool, filled, reading, today)


def _chosen(
    state: State, reading: Reading, candidates: Sequence[Candidate], today: date
) -> tuple[ToolCard, Filled] | None:
    """The tool with its values, those of the last call included where the text leans on it."""
    if not candidates:
        return None
    last = next((c for c in candidates if state.tool and c.tool.name == state.tool.name), None)
    if last and _asks_for_the_whole(last, reading):
        return _whole(candidates) or _best(candidates[0]) or _searched(candidates)
    if last and not _is_over(last.tool, reading):
        return _leaning(candidates, last, reading, state.context(today))
    return _best(candidates[0]) or _searched(candidates)


def _leaning(
    candidates: Sequence[Candidate], last: Candidate, reading: Reading, context: Context
) -> tuple[ToolCard, Filled] | None:
    """After an earlier request: that again with what is new in the text, unless another tool fits clearly better."""
    best = candidates[0]
    other = best.tool is not last.tool and best.words >= last.words + _CLEARLY
    if reading.both and not other and (both := _both(last, reading, context)):
        return last.tool, both
    if max(candidate.words for candidate in candidates) < _ENOUGH:
        return _continued(reading, candidates, last, context)
    if last.total + _continuity(reading, last.tool) >= best.total:
        best = last
    if best is last and (reading.elliptic or (len(reading.line.words) <= 4 and not (reading.own or reading.listing))):
        years = _keeps_years(context, reading)
        return best.tool, combine(best.filled, context, best.tool, reading, years=years)
    return _best(best) or _searched(candidates)


def _best(best: Candidate) -> tuple[ToolCard, Filled] | None:
    sure = (best.words >= _ENOUGH and best.total > 0) or (best.total >= _FITTING and best.says_something)
    return (best.tool, best.filled) if sure else None


def _asks_for_the_whole(last: Candidate, reading: Reading) -> bool:
    """`What was it in October?` after a question about one thing: neither why nor what thing."""
    texts = [parameter.name for parameter in last.tool.required if parameter.verbatim and parameter.kind is Kind.TEXT]
    unnamed = bool(texts) and not last.filled.named.intersection(texts)
    asked = cues.AMOUNT.match(reading.line.meant) or cues.TOTAL.search(reading.line.meant)
    return unnamed and bool(asked) and bool(reading.named_months or reading.both)


def _is_guessed(tool: ToolCard, filled: Filled, reading: Reading) -> bool:
    """Whether the country of an earlier request would stand for a place that is none: "what about Atlantis?"."""
    needed = {parameter.name for parameter in tool.of(*_PLACED) if parameter.required}
    return bool(needed - filled.named) and not filled.doubtful and (reading.at_sea or reading.unknown_place)


def _whole(candidates: Sequence[Candidate]) -> tuple[ToolCard, Filled] | None:
    """The tool that needs a month and nothing else."""
    needing = (c for c in candidates if [parameter.kind for parameter in c.tool.required] == [Kind.MONTH])
    return next(((c.tool, c.filled) for c in needing if not missing(c.tool, c.filled)), None)


def _is_over(last: ToolCard, reading: Reading) -> bool:
    """The next bill is not one more month of those before."""
    return reading.now and not reading.months and any(parameter.kind is Kind.MONTH for parameter in last.required)


def _both(last: Candidate, reading: Reading, context: Context) -> Filled | None:
    """ "Both please", "which is cheaper": the last two that the tool was asked for, or might have been."""
    several = [name for name, values in last.filled.values.items() if len(values) > 1 and name not in last.filled.named]
    if not several or not _takes(last, reading) or last.filled.named:
        return None
    return combine(last.filled, context, last.tool, reading, years=False)


def _continuity(reading: Reading, last: ToolCard) -> float:
    """How much a text counts on the last tool: most when it is no more than a name for a tool that takes names."""
    if last.lists and ((reading.superlative and reading.pointing) or reading.of_those):
        return 2.0  # "The biggest one" is one of those that were listed.
    if not reading.elliptic:
        return 1.2 if reading.of_that else 0.2
    if reading.asking:
        return 0.6
    return 2.6 if any(parameter.kind is Kind.TEXT for parameter in last.required) and not reading.months else 1.2


def _continued(
    reading: Reading, candidates: Sequence[Candidate], last: Candidate, context: Context
) -> tuple[ToolCard, Filled] | None:
    """The last tool again with the new value, or the tool that takes it when the last one does not."""
    best = candidates[0]
    if (
        best.words > 0
        and best.total > last.total + max(1.0, _continuity(reading, last.tool))
        and not (reading.months or reading.countries)
    ):
        return best.tool, best.filled
    leans = reading.pointing or reading.elliptic or reading.definite or reading.superlative
    if _takes(last, reading) and (last.says_something or leans):
        return last.tool, combine(last.filled, context, last.tool, reading, years=_keeps_years(context, reading))
    for candidate in candidates:
        if _takes(candidate, reading) and candidate.says_something:
            return candidate.tool, candidate.filled
    return _searched(candidates)


def _searched(candidates: Sequence[Candidate]) -> tuple[ToolCard, Filled] | None:
    """The tool that takes any question."""
    return next(((c.tool, c.filled) for c in candidates if c.tool.of(Kind.QUERY)), None)


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
    if lacking := missing(tool, filled):
        return Step(replace(asked, pending=Pending(tool, lacking[0], filled.values)), ask_for(lacking[0]))
    calls = filled.arguments(tool)
    return Step(asked.calling(tool, calls, reading), tuple(ToolCall(tool.name, call) for call in calls))
