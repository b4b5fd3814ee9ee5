"""How well each tool fits a text."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import JsonValue

from agents.offline.answering.context import Context, Filled
from agents.offline.answering.filling import fill, missing
from agents.offline.answering.mentions import pair_of
from agents.offline.answering.parameters import Kind
from agents.offline.answering.phrases import is_called, is_filler, is_paid_for, is_proper
from agents.offline.answering.reading import Reading
from agents.offline.answering.schema import ToolCard
from agents.offline.answering.tables import slot_tables
from agents.offline.answering.vocabulary import EMPTY, meanings
from agents.offline.answering.words import label, read_line

MONTHLY = (Kind.MONTH, Kind.YEAR_MONTH)
PLACED = (Kind.COUNTRY, Kind.COUNTRY_CODE)
_MONTHS = ("month", "months", "bills", "invoices", "statements")
_LACKED = {Kind.MONTH: 1.2, Kind.YEAR_MONTH: 1.2, Kind.TIME: 3.0}
_PLAIN_NUMBER = re.compile(r"\d{1,2}|(?:19|20)\d\d")
_ON_A_BILL = re.compile(r"\b(?:on|in) (?:my|the|our|this|that) (?:[^ ]+ ){0,2}(?:bill|invoice|statement)\b")
_HAD = 0.8
_PAID_FOR = 5.0
_NAMED = {
    Kind.MONTH: 2.0,
    Kind.YEAR_MONTH: 2.0,
    Kind.COUNTRY: 2.5,
    Kind.COUNTRY_CODE: 2.5,
    Kind.PLACE: 0.8,
    Kind.IDENTIFIER: 2.2,
    Kind.POSTCODE: 2.2,
    Kind.PHONE: 2.2,
    Kind.EMAIL: 2.2,
    Kind.TIMEZONE: 2.2,
    Kind.TIME: 1.0,
    Kind.TEXT: 0.7,
    Kind.QUERY: 0.5,
    Kind.YEAR: 0.3,
    Kind.BOOLEAN: 0.7,
    Kind.CHOICE: 0.0,
}


@dataclass(frozen=True, slots=True)
class Candidate:
    """`words` is what the words say for the tool; `fit` is what months, countries and other values say."""

    tool: ToolCard
    words: float
    fit: float
    filled: Filled

    @property
    def total(self) -> float:
        return self.words + self.fit

    @property
    def says_something(self) -> bool:
        """Whether the text has a value for it; one name says nothing for a tool that takes two."""
        pairs = len([parameter for parameter in self.tool.required if parameter.kind is Kind.TEXT]) > 1
        kinds = {parameter.name: parameter for parameter in self.tool.parameters}
        said = [kinds[name] for name in self.filled.named if not (pairs and kinds[name].kind is Kind.TEXT)]
        return bool(self.filled.doubtful) or any(not parameter.verbatim for parameter in said)


class Scale:
    """Weighs words by how few of the tools know them."""

    def __init__(self, tools: Sequence[ToolCard]) -> None:
        self._tools = tools
        known = {meaning for tool in tools for meaning in tool.weights}
        self._rarity = {
            meaning: math.log(1 + len(tools) / sum(meaning in tool.weights for tool in tools)) for meaning in known
        }

    def candidates(self, reading: Reading, context: Context, request: str) -> list[Candidate]:
        """Best first; equal ones stay in the order of the tools."""
        found = []
        for tool in self._tools:
            filled = fill(tool, reading, context, request=request)
            words = (
                self._had(tool, reading)
                + self._words(tool, reading)
                + self._matter(tool, filled, reading)
                + _pair(tool, filled, reading, context.names)
            )
            fit = _fit(tool, filled, reading) + self._choices(tool, filled)
            if words <= 0 and any(parameter.name in filled.named for parameter in tool.of(Kind.IDENTIFIER)):
                fit -= 1.7  # Any word with a digit could be an identifier.
            found.append(Candidate(tool, words, fit, filled))
        return sorted(found, key=lambda candidate: -candidate.total)

    def lacks(self, reading: Reading) -> bool:
        """Whether it asks what was used, and no tool knows: what one may use is no answer to that."""
        return any(
            "usage" in word and "left" not in word and not any(meaning in self._rarity for meaning in word)
            for word in reading.meanings
        )

    def _had(self, tool: ToolCard, reading: Reading) -> float:
        """ "Which one am I on?" names nothing, but only what the customer has can answer it."""
        named = any(meaning in self._rarity for word in reading.meanings for meaning in word)
        return _HAD if reading.has and tool.own and tool.current and not (named or tool.required) else 0.0

    def _words(self, tool: ToolCard, reading: Reading) -> float:
        now = not any(month.shift != 0 for month in reading.named_months)
        return sum(
            max(tool.weights.get(meaning, 0.0) * self._rarity.get(meaning, 0.0) for meaning in word)
            for word in reading.meanings
            if now or word != ("current",)
        )

    def _choices(self, tool: ToolCard, filled: Filled) -> float:
        """A value of an enumeration says more when no other tool speaks of it."""
        score = 0.0
        for parameter in tool.of(Kind.CHOICE):
            if parameter.name in filled.named:
                words = {meaning for value in filled.values[parameter.name] for meaning in _value_meanings(value)}
                others = [other for other in self._tools if other is not tool]
                shared = any(other.weights.get(meaning, 0.0) >= 0.8 for other in others for meaning in words)
                score += 0.8 if shared else 2.2
        return score

    def _matter(self, tool: ToolCard, filled: Filled, reading: Reading) -> float:
        """`what is this ... on my bill` asks a tool that takes words, when the words are none that any tool knows."""
        parameter = next((parameter for parameter in tool.required if parameter.verbatim), None)
        if parameter is None or parameter.kind is Kind.QUERY or parameter.name not in filled.named:
            return 0.0
        if reading.why:
            return 1.0
        name = str(filled.values[parameter.name][0])
        quoted = any(f"{mark}{name}{mark}" in reading.line.original for mark in "\"'")
        if reading.matter and (quoted or is_called(name, reading, parameter)):
            return 4.0
        if is_paid_for(name, reading):
            return _PAID_FOR
        if not quoted and not self._is_strange(name):
            return -1.5
        if reading.matter and _ON_A_BILL.search(reading.line.meant):
            return 4.0
        alone = reading.elliptic and not (reading.asking or reading.months or reading.countries)
        return 2.2 if reading.matter or alone else 0.0

    def _is_strange(self, name: str) -> bool:
        """Whether it has an amount or a word that neither the tools nor everyday talk know."""
        tables = slot_tables()
        words = read_line(name).words
        for word in words if len(words) < 7 else ():
            text = word.text
            if text[0] in "£$€" or (text[0].isdigit() and not _PLAIN_NUMBER.fullmatch(text)):
                return True
            known = len(text) < 3 or text.isdigit() or text in EMPTY or is_filler(text) or text in tables.safe
            known = known or text in tables.months or text in tables.countries
            if not known and not any(meaning in self._rarity for meaning in meanings(text)):
                return True
        return False


def _pair(tool: ToolCard, filled: Filled, reading: Reading, known: Sequence[str]) -> float:
    """Two things named by their names ask for a tool that takes two."""
    both = pair_of(tool)
    named = [str(filled.values[parameter.name][0]) for parameter in both or () if parameter.name in filled.named]
    if both is None or not named:
        return 0.0
    if len(named) == 1:
        return 0.0 if reading.elliptic else -3.5 if reading.listing else -0.6
    compares = any("compare" in meaning for meaning in reading.meanings) and both[0].own in named
    return 2.6 if compares or any(is_proper(name) or name in known for name in named) else -0.4


def _value_meanings(value: JsonValue) -> list[str]:
    words = [word for item in (value if isinstance(value, list) else [value]) for word in label(str(item)).split()]
    return [meaning for word in words if word not in EMPTY for meaning in meanings(word)]


def _fit(tool: ToolCard, filled: Filled, reading: Reading) -> float:
    told = [_values(tool, filled, reading), _lists(tool, reading), _current(tool, reading), _acts(tool, reading)]
    return sum(told) + (_past(reading) if tool.past else 0.0)


def _past(reading: Reading) -> float:
    if reading.future:
        return -2.0
    return 1.2 if reading.past else -1.2 if _looks_ahead(reading) else 0.0


def _looks_ahead(reading: Reading) -> bool:
    """Neither what was nor whose: "roaming", "what will it cost me abroad"."""
    return len(reading.line.words) <= 2 and not (reading.own or reading.named_months or reading.plurals)


def _acts(tool: ToolCard, reading: Reading) -> float:
    """A tool that changes something is for those who say its verb."""
    if not tool.acts or any(tool.acts.intersection(word) for word in reading.meanings):
        return 0.0
    return -1.0 if tool.required else -4.0


def _values(tool: ToolCard, filled: Filled, reading: Reading) -> float:
    """What the tool can take of what was said, less what it lacks and what it would ignore."""
    score = 0.0
    for parameter in tool.parameters:
        if filled.values.get(parameter.name):
            weight = _NAMED.get(parameter.kind, 1.5)
            score += weight if parameter.name in filled.named else -1.2 if parameter.verbatim else 0.3 * weight
            score += 0.4 if parameter.required and parameter.kind in MONTHLY else 0.0
    for parameter in missing(tool, filled):
        if parameter.kind in MONTHLY and reading.month_open:
            score += 1.0
            continue
        if parameter.kind in PLACED and reading.there:
            score += 1.0  # Where "there" is has to be asked.
            continue
        score -= _LACKED.get(parameter.kind, 0.5)
    if filled.doubtful:
        score += 2.0
    if reading.named_months and not tool.of(*MONTHLY, Kind.DATE):
        score -= 3.0 if reading.past else 0.5
    if reading.happened and tool.of(*PLACED) and not tool.past:
        score -= 3.0  # What it did cost is another matter than what it costs.
    if reading.named_countries and not tool.of(*PLACED, Kind.PLACE, Kind.TIMEZONE):
        score -= 0.3 if reading.past else 2.6
    return score


def _lists(tool: ToolCard, reading: Reading) -> float:
    if not tool.lists:
        return 0.0
    if reading.has and not tool.own:
        return -3.0
    plural = any(tool.weights.get(meaning, 0.0) > 2 for meaning in reading.plurals)
    score = (0.2 if reading.own and not plural else 0.8) if reading.listing else -0.2
    score += 1.0 if plural or (reading.count and reading.count_unit in _MONTHS) else 0.0
    score += 1.5 if reading.superlative and not reading.named_months else 0.0
    return score + (0.0 if reading.own else 0.4)


def _current(tool: ToolCard, reading: Reading) -> float:
    if not tool.current or tool.required or (reading.future and not reading.has):
        return 0.0
    months = reading.named_months
    if reading.month_open or any(month.shift != 0 for month in months):
        return -2.0 if reading.month_open else 0.0
    return 0.5 + (1.5 if months else 0.0) + (0.8 if reading.own else 0.0) + (1.5 if reading.has else 0.0)
