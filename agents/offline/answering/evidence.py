"""What speaks for a tool: numbers about a text, a tool and the call before it, for trained weights."""

import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from pydantic import JsonValue

from agents.offline.answering.context import Filled
from agents.offline.answering.filling import missing
from agents.offline.answering.mentions import pair_of
from agents.offline.answering.parameters import Kind, Parameter
from agents.offline.answering.phrases import is_called, is_filler, is_paid_for, is_proper
from agents.offline.answering.reading import Reading
from agents.offline.answering.schema import PLACES_OF_WORDS, ToolCard
from agents.offline.answering.tables import slot_tables
from agents.offline.answering.vocabulary import EMPTY, meanings
from agents.offline.answering.words import label, read_line

MONTHLY = (Kind.MONTH, Kind.YEAR_MONTH)
PLACED = (Kind.COUNTRY, Kind.COUNTRY_CODE)
_TIMED = (*MONTHLY, Kind.DATE)
_ANYWHERE = (*PLACED, Kind.PLACE, Kind.TIMEZONE)
_FLAGS = (
    "amount",
    "asking",
    "both",
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
_SHORT, _BRIEF, _LONG, _SENTENCE = 2, 4, 8, 7
_HARDLY, _ENOUGH_WORDS = 0.6, 5.0
_AMOUNT = re.compile(r"[£€$]\s?\d|\d\.\d\d\b")
_PLAIN_NUMBER = re.compile(r"\d{1,2}|(?:19|20)\d\d")
_ON_A_BILL = re.compile(r"\b(?:on|in) (?:my|the|our|this|that) (?:[^ ]+ ){0,2}(?:bill|invoice|statement)\b")

type Evidence = Counter[str]


class Evidences:
    """Weighs words by how few of the tools know them."""

    def __init__(self, tools: Sequence[ToolCard]) -> None:
        self._tools = tools
        known = {tool.name: frozenset[str]().union(*tool.said.values()) for tool in tools}
        self.rarity = {
            meaning: math.log(1 + len(tools) / sum(meaning in words for words in known.values()))
            for meaning in frozenset[str]().union(*known.values())
        }

    def of(self, tool: ToolCard, filled: Filled, reading: Reading, last: str | None) -> Evidence:
        found: Evidence = Counter()
        flags = [flag for flag in _FLAGS if getattr(reading, flag)]
        kinds = list(_kinds(tool))
        self._add_words(found, tool, reading)
        _add_values(found, tool, filled, reading)
        self._add_matter(found, tool, filled, reading)
        self._add_choices(found, tool, filled)
        named = {_kind_of(parameter) for parameter in tool.parameters if parameter.name in filled.named}
        found.update(f"{flag}, names {kind}" for flag in flags for kind in named)
        for kind in kinds:
            found[f"is {kind}"] = 1
            found.update(f"{flag}, {kind}" for flag in flags)
        if last == tool.name:
            marks = self._marks_of_last(found, tool, filled, reading)
            found.update(marks)
            found.update(f"{mark}, {kind}" for mark in marks for kind in kinds if marks[mark])
            found.update(f"last, {flag}" for flag in flags)
            found.update(f"last, {kind}" for kind in kinds)
            found.update(f"last, {flag}, {kind}" for flag in flags for kind in kinds)
        return found

    def of_nobody(self, reading: Reading, last: str | None, *, most: float, names: bool) -> Evidence:
        """For none of the tools: `most` is what the words say for the best of them, `names` whether one has a value."""
        found: Evidence = Counter({"nobody": 1.0})
        found["nobody, words"] = min(most, _ENOUGH_WORDS)
        found["nobody, no words"] = float(most < _HARDLY)
        found["nobody, names a value"] = float(names)
        found["nobody, after a request"] = float(last is not None)
        found.update(f"nobody, {flag}" for flag in _FLAGS if getattr(reading, flag))
        return found

    def words(self, tool: ToolCard, reading: Reading) -> float:
        """How much the text's words say for the tool by themselves."""
        now = not any(month.shift != 0 for month in reading.named_months)
        return sum(
            max(tool.weights.get(meaning, 0.0) * self.rarity.get(meaning, 0.0) for meaning in word)
            for word in reading.meanings
            if now or word != ("current",)
        )

    def lacks(self, reading: Reading) -> bool:
        """Whether it asks what was used, and no tool knows: what one may use is no answer to that."""
        return any(
            "usage" in word and "left" not in word and not any(meaning in self.rarity for meaning in word)
            for word in reading.meanings
        )

    def _add_words(self, found: Evidence, tool: ToolCard, reading: Reading) -> None:
        now = not any(month.shift != 0 for month in reading.named_months)
        words = [word for word in reading.meanings if now or word != ("current",)]
        hits = 0
        rarest = max((self._rarity_of(word) for word in words), default=0.0)
        for word in words:
            place = next((place for place in PLACES_OF_WORDS if not tool.said[place].isdisjoint(word)), None)
            if place:
                found[f"said in {place}"] += max(self.rarity[m] for m in word if m in tool.said[place])
                hits += 1
                if self._rarity_of(word) == rarest:
                    found[f"the rarest word in {place}"] = 1
            else:
                found["said elsewhere"] += self._rarity_of(word)
                if self._rarity_of(word) == rarest > 0:
                    found["the rarest word elsewhere"] = 1
        found["share of the words"] = hits / max(1, len(words))
        meant = {meaning for word in words for meaning in word}
        named = [not meant.isdisjoint(word) for word in tool.named_by]
        found["share of its name"] = sum(named) / max(1, len(named))
        if not tool.said["name"].isdisjoint(reading.plurals):
            found["plural of its name"] = 1
            found["plural of its name, lists"] = float(tool.lists)
        if tool.acts:
            found["its verb"] = float(any(not tool.acts.isdisjoint(word) for word in words))

    def _rarity_of(self, word: Sequence[str]) -> float:
        return max((self.rarity.get(meaning, 0.0) for meaning in word), default=0.0)

    def _add_matter(self, found: Evidence, tool: ToolCard, filled: Filled, reading: Reading) -> None:
        """Whether the words that it takes are about a certain thing: called so, quoted, paid for, or new to us."""
        for parameter in filter(_takes_words, tool.required):
            if parameter.name not in filled.named:
                continue
            name = str(filled.values[parameter.name][0])
            quoted = any(f"{mark}{name}{mark}" in reading.line.original for mark in "\"'")
            strange = quoted or self._is_strange(name)
            marks = {
                "quoted": quoted,
                "amount": bool(_AMOUNT.search(name)),
                "called so": is_called(name, reading, parameter),
                "paid for": is_paid_for(name, reading),
                "on a bill": strange and bool(_ON_A_BILL.search(reading.line.meant)),
                "strange": strange,
                "strange, matter": strange and reading.matter,
                "strange, alone": strange and reading.elliptic and not (reading.asking or reading.months),
                "plain": not strange,
            }
            found.update(f"words: {mark}" for mark, is_so in marks.items() if is_so)

    def _is_strange(self, name: str) -> bool:
        """Whether it has an amount or a word that neither the tools nor everyday talk know."""
        tables = slot_tables()
        words = read_line(name).words
        for word in words if len(words) < _SENTENCE else ():
            text = word.text
            if text[0] in "£$€" or (text[0].isdigit() and not _PLAIN_NUMBER.fullmatch(text)):
                return True
            known = len(text) < 3 or text.isdigit() or text in EMPTY or is_filler(text) or text in tables.safe
            known = known or text in tables.months or text in tables.countries
            if not known and not any(meaning in self.rarity for meaning in meanings(text)):
                return True
        return False

    def _add_choices(self, found: Evidence, tool: ToolCard, filled: Filled) -> None:
        """A value of an enumeration says more when no other tool speaks of it."""
        for parameter in tool.of(Kind.CHOICE):
            if parameter.name in filled.named:
                words = {meaning for value in filled.values[parameter.name] for meaning in _value_meanings(value)}
                others = [other for other in self._tools if other is not tool]
                shared = any(not words.isdisjoint(other.said["name"] | other.said["first"]) for other in others)
                found["choice of several tools" if shared else "choice of its own"] += 1

    def _marks_of_last(self, told: Evidence, tool: ToolCard, filled: Filled, reading: Reading) -> Evidence:
        """What speaks for the tool of the request before to go on."""
        length = len(reading.line.words)
        marks = {
            "nothing known": not any(meaning in self.rarity for word in reading.meanings for meaning in word),
            "short": length <= _SHORT,
            "brief": length <= _BRIEF,
            "long": length > _LONG,
            "elliptic question": reading.elliptic and reading.asking,
            "names a value": bool(filled.named),
            "lacks a value": bool(missing(tool, filled)),
            "takes the month": bool(reading.named_months and tool.of(*_TIMED)),
            "takes no month": bool(reading.named_months and not tool.of(*_TIMED)),
            "takes the place": bool(reading.named_countries and tool.of(*_ANYWHERE)),
            "takes no place": bool(reading.named_countries and not tool.of(*_ANYWHERE)),
        }
        found: Evidence = Counter({f"last, {mark}": 1.0 for mark, is_so in marks.items() if is_so})
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
    if any(_takes_words(parameter) for parameter in tool.required):
        yield "words"


def _kind_of(parameter: Parameter) -> str:
    return "words" if _takes_words(parameter) else parameter.kind.value


def _takes_words(parameter: Parameter) -> bool:
    return parameter.verbatim and parameter.kind is Kind.TEXT


def _add_values(found: Evidence, tool: ToolCard, filled: Filled, reading: Reading) -> None:
    """What the tool can take of what was said, what it lacks and what it would ignore."""
    for parameter in tool.parameters:
        kind = _kind_of(parameter)
        if parameter.name in filled.named:
            found[f"names {kind}"] += 1
            found["names what is required"] += parameter.required
        elif filled.values.get(parameter.name):
            found[f"keeps {kind}"] += 1
    for parameter in missing(tool, filled):
        open_ = (parameter.kind in MONTHLY and reading.month_open) or (parameter.kind in PLACED and reading.there)
        found["leaves it open" if open_ else f"lacks {parameter.kind.value}"] += 1
    found["doubtful"] = float(bool(filled.doubtful))
    if both := pair_of(tool):
        named = [str(filled.values[p.name][0]) for p in both if p.name in filled.named]
        found["names only one's own" if named == [both[0].own] else f"names {len(named)} of two"] = 1
        found[f"names {len(named)} of two, proper"] = float(any(map(is_proper, named)))
    if reading.named_months:
        if not tool.of(*_TIMED):
            found["ignores the month"] = 1
            found["ignores the month, past"] = float(reading.past)
    elif tool.of(*MONTHLY):
        found["no month"] = 1
    if reading.named_countries and not tool.of(*_ANYWHERE):
        found["ignores the place"] = 1
        found["ignores the place, past"] = float(reading.past)
    if reading.happened and tool.of(*PLACED) and not tool.past:
        found["price of what has happened"] = 1
    if reading.count:
        found["takes the count" if tool.of(Kind.INTEGER) else "ignores the count"] = 1


def _value_meanings(value: JsonValue) -> Iterator[str]:
    for item in value if isinstance(value, list) else [value]:
        for word in label(str(item)).split():
            if word not in EMPTY:
                yield from meanings(word)


def weighed(evidence: Evidence, weights: Mapping[str, float]) -> float:
    return sum(weights.get(name, 0.0) * value for name, value in evidence.items())
