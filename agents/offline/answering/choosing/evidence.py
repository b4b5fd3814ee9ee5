"""What speaks for a tool: numbers about a text, a tool and the call before it, for trained weights."""

from collections.abc import Iterator, Mapping, Sequence

from agents.offline.answering.arguments.filling import missing
from agents.offline.answering.choosing.rarity import Evidence, Rarity
from agents.offline.answering.choosing.valuing import (
    ANYWHERE,
    TIMED,
    add_choices,
    add_matter,
    add_values,
    kind_of,
    takes_words,
)
from agents.offline.answering.memory.context import Filled
from agents.offline.answering.reading.quantities import bare_number
from agents.offline.answering.reading.reading import Reading
from agents.offline.answering.tools.parameters import Kind
from agents.offline.answering.tools.schema import ToolCard

_FLAGS = (
    "amount",
    "asking",
    "both",
    "dated",
    "definite",
    "elliptic",
    "everything",
    "future",
    "happened",
    "has",
    "listing",
    "matter",
    "month_open",
    "now",
    "of_that",
    "of_those",
    "own",
    "past",
    "pointing",
    "recalls",
    "superlative",
    "there",
    "way",
    "why",
)
_SHORT, _BRIEF, _LONG = 2, 4, 8
_HARDLY, _ENOUGH_WORDS = 0.6, 5.0


class Evidences:
    def __init__(self, tools: Sequence[ToolCard]) -> None:
        self._tools = tools
        self.rarity = Rarity(tools)

    def of(self, tool: ToolCard, filled: Filled, reading: Reading, last: str | None) -> Evidence:
        found = Evidence()
        flags = [flag for flag in _FLAGS if getattr(reading, flag)]
        kinds = list(_kinds(tool))
        self.rarity.add_words(found, tool, reading)
        add_values(found, tool, filled, reading)
        add_matter(found, tool, filled, reading, self.rarity)
        add_choices(found, tool, filled, [other for other in self._tools if other is not tool])
        if found["no word said"]:
            found["lacks what is required, no word said"] = found["lacks what is required"]
            found.mark(f"names {kind_of(p)}, no word said" for p in tool.parameters if p.name in filled.named)
        named = {kind_of(parameter) for parameter in tool.parameters if parameter.name in filled.named}
        found.mark(f"{flag}, names {kind}" for flag in flags for kind in named)
        said = {meaning for word in reading.meanings for meaning in word}
        found["compares, said"] = float(tool.compares and "compare" in said)
        found["explains, said"] = float(tool.explains and "explain" in said)
        for kind in kinds:
            found[f"is {kind}"] = 1
            found.mark(f"{flag}, {kind}" for flag in flags)
        if akin := self._akin(tool, last):
            found["akin to the last"] = akin
            found.mark(f"akin to the last, {flag}" for flag in flags)
        if last == tool.name:
            marks = self._marks_of_last(found, tool, filled, reading)
            found.update(marks)
            found.mark(f"{mark}, {kind}" for mark in marks for kind in kinds if marks[mark])
            found.mark(f"last, {flag}" for flag in flags)
            found.mark(f"last, {kind}" for kind in kinds)
            found.mark(f"last, {flag}, {kind}" for flag in flags for kind in kinds)
        return found

    def _akin(self, tool: ToolCard, last: str | None) -> float:
        """How much of its name another tool shares with the last one: `list_bills`, `get_bill`."""
        before = next((other for other in self._tools if other.name == last and other is not tool), None)
        if before is None or not tool.named_by:
            return 0.0
        named = {meaning for word in before.named_by for meaning in word}
        return sum(not named.isdisjoint(word) for word in tool.named_by) / len(tool.named_by)

    def of_nobody(self, reading: Reading, last: str | None, *, most: float, names: bool) -> Evidence:
        """For none of the tools: `most` is what the words say for the best of them, `names` whether one has a value."""
        found = Evidence()
        found["nobody"] = 1.0
        found["nobody, words"] = min(most, _ENOUGH_WORDS)
        found["nobody, no words"] = float(most < _HARDLY)
        found["nobody, names a value"] = float(names)
        found["nobody, after a request"] = float(last is not None)
        found.mark(f"nobody, {flag}" for flag in _FLAGS if getattr(reading, flag))
        return found

    def _marks_of_last(self, told: Evidence, tool: ToolCard, filled: Filled, reading: Reading) -> Evidence:
        """What speaks for the tool of the request before to go on."""
        length = len(reading.line.words)
        marks = {
            "nothing known": not any(map(self.rarity.knows, reading.meanings)),
            "short": length <= _SHORT,
            "brief": length <= _BRIEF,
            "long": length > _LONG,
            "elliptic question": reading.elliptic and reading.asking,
            "names a value": bool(filled.named),
            "lacks a value": bool(missing(tool, filled)),
            "takes the month": bool(reading.named_months and tool.of(*TIMED)),
            "takes no month": bool(reading.named_months and not tool.of(*TIMED)),
            "takes the number": bool(tool.of(Kind.INTEGER, Kind.NUMBER)) and bare_number(reading) is not None,
            "takes the place": bool(reading.named_countries and tool.of(*ANYWHERE)),
            "takes no place": bool(reading.named_countries and not tool.of(*ANYWHERE)),
        }
        found = Evidence()
        found.mark(f"last, {mark}" for mark, is_so in marks.items() if is_so)
        found["last"] = 1.0
        for mark in ("said elsewhere", "the rarest word elsewhere", "share of the words"):
            found[f"last, {mark}"] = told[mark]
        return found


def _kinds(tool: ToolCard) -> Iterator[str]:
    yield from (name for name in ("lists", "own", "current", "past") if getattr(tool, name))
    if tool.acts:
        yield "acts"
    if tool.explains:
        yield "explains"
    if tool.compares:
        yield "compares"
    yield "required" if tool.required else "nothing required" if tool.parameters else "bare"
    if tool.of(Kind.QUERY):
        yield "query"
    if any(takes_words(parameter) for parameter in tool.required):
        yield "words"


def weighed(evidence: Evidence, weights: Mapping[str, float]) -> float:
    return sum(weights.get(name, 0.0) * value for name, value in evidence.items())
