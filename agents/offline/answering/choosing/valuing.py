"""What the values of a text say for a tool: what it can take, what it lacks and what it would ignore."""

import re
from collections.abc import Iterator, Sequence

from pydantic import JsonValue

from agents.offline.answering.arguments.filling import missing
from agents.offline.answering.arguments.mentions import OWN_SIDE, pair_of
from agents.offline.answering.arguments.phrases import is_called, is_paid_for, is_proper
from agents.offline.answering.choosing.rarity import Evidence, Rarity
from agents.offline.answering.language.vocabulary import EMPTY, meanings
from agents.offline.answering.language.words import label
from agents.offline.answering.memory.context import Filled
from agents.offline.answering.reading.reading import Reading
from agents.offline.answering.tools.parameters import Kind, Parameter
from agents.offline.answering.tools.schema import ToolCard

MONTHLY = (Kind.MONTH, Kind.YEAR_MONTH)
PLACED = (Kind.COUNTRY, Kind.COUNTRY_CODE)
TIMED = (*MONTHLY, Kind.DATE)
ANYWHERE = (*PLACED, Kind.PLACE, Kind.TIMEZONE)
_AMOUNT = re.compile(r"[£€$]\s?\d|\d\.\d\d\b")
_ON_A_BILL = re.compile(r"\b(?:on|in) (?:my|the|our|this|that) (?:[^ ]+ ){0,2}(?:bill|invoice|statement)\b")


def add_values(found: Evidence, tool: ToolCard, filled: Filled, reading: Reading) -> None:
    """What the tool can take of what was said, what it lacks and what it would ignore."""
    for parameter in tool.parameters:
        kind = kind_of(parameter)
        if parameter.name in filled.named:
            found[f"names {kind}"] += 1
            found["names what is required"] += parameter.required
        elif filled.values.get(parameter.name):
            found[f"keeps {kind}"] += 1
    for parameter in missing(tool, filled):
        open_ = (parameter.kind in MONTHLY and reading.month_open) or (parameter.kind in PLACED and reading.there)
        found["leaves it open" if open_ else f"lacks {parameter.kind.value}"] += 1
        found["lacks what is required"] += not open_
    found["doubtful"] = float(bool(filled.doubtful))
    if both := pair_of(tool):
        named = [str(filled.values[p.name][0]) for p in both if p.name in filled.named]
        found["names only one's own" if named == [both[0].own] else f"names {len(named)} of two"] = 1
        if len(named) == 1 and not both[1].required and OWN_SIDE.search(reading.line.meant):
            found["names one beside one's own"] = 1
            found["names one beside one's own, compares"] = float(tool.compares)
        found[f"names {len(named)} of two, proper"] = float(any(map(is_proper, named)))
    if reading.named_months:
        if not tool.of(*TIMED):
            found["ignores the month"] = 1
            found["ignores the month, past"] = float(reading.past)
    elif tool.of(*MONTHLY):
        found["no month"] = 1
    if reading.named_countries and not tool.of(*ANYWHERE):
        found["ignores the place"] = 1
        found["ignores the place, past"] = float(reading.past)
    if reading.happened and tool.of(*PLACED) and not tool.past:
        found["price of what has happened"] = 1
    if reading.count:
        found["takes the count" if tool.of(Kind.INTEGER) else "ignores the count"] = 1


def add_matter(found: Evidence, tool: ToolCard, filled: Filled, reading: Reading, rarity: Rarity) -> None:
    """Whether the words that it takes are about a certain thing: called so, quoted, paid for, or new to us."""
    for parameter in filter(takes_words, tool.required):
        if parameter.name not in filled.named:
            continue
        name = str(filled.values[parameter.name][0])
        quoted = any(f"{mark}{name}{mark}" in reading.line.original for mark in "\"'")
        strange = quoted or rarity.is_strange(name)
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
        found.mark(f"words: {mark}" for mark, is_so in marks.items() if is_so)


def add_choices(found: Evidence, tool: ToolCard, filled: Filled, others: Sequence[ToolCard]) -> None:
    """A value of an enumeration says more when no other tool speaks of it."""
    for parameter in tool.of(Kind.CHOICE):
        if parameter.name in filled.named:
            words = {meaning for value in filled.values[parameter.name] for meaning in _value_meanings(value)}
            shared = any(not words.isdisjoint(other.said["name"] | other.said["first"]) for other in others)
            found["choice of several tools" if shared else "choice of its own"] += 1


def _value_meanings(value: JsonValue) -> Iterator[str]:
    for item in value if isinstance(value, list) else [value]:
        for word in label(str(item)).split():
            if word not in EMPTY:
                yield from meanings(word)


def kind_of(parameter: Parameter) -> str:
    return "words" if takes_words(parameter) else parameter.kind.value


def takes_words(parameter: Parameter) -> bool:
    return parameter.verbatim and parameter.kind is Kind.TEXT
