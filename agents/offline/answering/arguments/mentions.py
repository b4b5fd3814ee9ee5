"""Two things named in one text, for tools that take two: "compare my plan with Unlimited", "and with the 50GB one"."""

import re
from collections.abc import Mapping, Sequence

from pydantic import JsonValue

from agents.offline.answering.arguments.names import is_like_a_name, written_in
from agents.offline.answering.arguments.phrases import trimmed
from agents.offline.answering.language.words import read_line
from agents.offline.answering.memory.context import Context, country_value, month_value
from agents.offline.answering.reading.reading import Reading
from agents.offline.answering.tools.parameters import Kind, Parameter
from agents.offline.answering.tools.schema import ToolCard

type Pair = tuple[str | None, str | None]
_JOINTS = (
    re.compile(
        r" (?:vs|versus|v|against|with|mit|con|avec|met|com|than|als|que|over|different (?:from|to)|differs? from) "
    ),
    re.compile(r" (?:and|or|und|oder|et|ou|y|o|e|n) "),
    re.compile(r" (?:to|into|auf|zu) "),
)
_THING = r"(?:plan|tariff|package|deal|one|contract)"
OWN_SIDE = re.compile(
    rf"\b(?:mine|(?:my|our|current|existing)(?: \w+){{0,2}} {_THING})\b"
    rf"|\b(?:{_THING}|what) (?:i|we)(?: have|'ve| am|'m| are|'re)?(?: got| now| currently| on| have)+\b"
    r"|\bwhat (?:im|i am|i'm) on\b|(?:^|with |to |than |and )(?:my|our)(?: (?:current|existing|own))?$"
)
_POSITIONS = (r"former|first|1st", r"latter|second|2nd|last|other")
_SECOND = re.compile(r"\b(?:second|other|another|compare|against|versus)\b", re.IGNORECASE)
_PUT = re.compile(
    rf"\b(?:the )?(?:({_POSITIONS[0]})|{_POSITIONS[1]})(?: (?:one|plan))?"
    r" (?:(?:should|must|has to|needs to|ought to|was (?:meant|supposed) to|to) (?:be|have been)|with|for|to)\b"
)
_BACK = re.compile(r"\b(?:it|that|this|they|them|those|these)\b")
_STANDING_IN = re.compile(r"(?:[^ ]+ ){0,4}?(?:it|that|this)(?: one)?")
_OTHER = re.compile(
    r"^(?:(?:and|or|ok|now|then|what about|how about|show me|for) )*the other(?: (?:one|plan|package|tariff))?"
    r"(?: (?:one|please|pls|then|too|again|as well))*$"
)
_SAME = frozenset(("plan", "the", "one", "tariff", "a", "an"))


def pair_of(tool: ToolCard) -> tuple[Parameter, Parameter] | None:
    """The two parameters that take one of two names each; the second may be optional, and then is one's own."""
    texts = [p for p in tool.of(Kind.TEXT, Kind.PLACE) if not p.verbatim]
    required = [p for p in texts if p.required]
    if len(required) == 2:
        return required[0], required[1]
    others = [p for p in texts if not p.required and p.kind is Kind.TEXT]
    if len(required) != 1 or not others or required[0].kind is not Kind.TEXT:
        return None
    first, second = required[0], others[0]
    alike = not set(first.label.split()).isdisjoint(second.label.split()) or first.label[:-1] == second.label[:-1]
    return (first, second) if alike or _SECOND.search(f"{second.label} {second.description}") else None


def find_pair(reading: Reading, parameter: Parameter, names: Sequence[str]) -> Pair:
    """Both sides of the word that joins them, or the one thing that is named; `names` were named before."""
    line = reading.line
    for joint in _JOINTS:
        for match in reversed(list(joint.finditer(line.joined))):
            index = line.starts.get(match.start() + 1, 0)
            count = match.group().count(" ") - 1
            left = _name(reading, 0, index, parameter, names)
            right = _name(reading, index + count, len(line.words), parameter, names)
            if left and right and left != right:
                return left, right
    if reading.both and len(names) > 1:
        return names[-2], names[-1]
    return _name(reading, 0, len(line.words), parameter, names), None


def corrected(reading: Reading, parameter: Parameter, earlier: Sequence[str]) -> Pair | None:
    """ "The second one should be Unlimited": that in the place of one of the two before."""
    line = reading.line
    match = _PUT.search(line.joined)
    if match is None or len(earlier) != len(_POSITIONS):
        return None
    index = line.joined.count(" ", 0, match.end()) + 1
    name = _name(reading, index, len(line.words), parameter, ())
    if not name:
        return None
    return (name, earlier[1]) if match[1] else (earlier[0], name)


def completed(pair: Pair, reading: Reading, parameters: Sequence[Parameter], earlier: Mapping[str, JsonValue],
              names: Sequence[str]) -> Pair:  # fmt: skip
    """One name alone takes the place of one of the two before, or stands beside what `it` is."""
    before = [str(earlier[p.name]) for p in parameters if earlier.get(p.name)]
    if put := corrected(reading, parameters[0], before):
        return put
    name = pair[0]
    if name is None or pair[1] is not None:
        return pair
    own = parameters[0].own
    if len(before) == len(parameters):
        return _replacing(name, (before[0], before[1]), own)
    compares = any("compare" in meaning for meaning in reading.meanings)
    if (reading.elliptic and before) or not compares or not _BACK.search(reading.line.meant):
        return pair
    others = [other for other in names if other != name]
    return (others[-1] if others and name == own else own if name != own else None), name


def spoken_of(parameter: Parameter, reading: Reading, context: Context) -> Sequence[JsonValue]:
    """ "Both", "the other one": what was said before; months and countries of `both` are left to be supplied."""
    known: list[JsonValue] = []
    match parameter.kind:
        case Kind.CHOICE:
            known += [name for name in context.names if name in parameter.choices]
        case Kind.TEXT if not parameter.verbatim:
            known += context.names
        case Kind.COUNTRY | Kind.COUNTRY_CODE:
            known += [country_value(parameter, code) for code in context.countries]
        case Kind.MONTH:
            known += [month_value(parameter, month) for month, _ in context.months]
    if _OTHER.search(reading.line.meant):
        return [value for value in known if value != context.arguments.get(parameter.name)][-1:]
    named = parameter.kind in (Kind.CHOICE, Kind.TEXT) and reading.both and len(known) > 1
    return known[-2:] if named else ()


def _replacing(name: str, before: tuple[str, str], own: str) -> Pair:
    """What says a name more closely replaces it; else the customer's own plan stays, or the first of the two."""
    first, second = before
    words = _words(name)
    if name in before:
        return before
    if name == own:
        return own, second
    if _words(second) <= words or (own == first and not _words(first) <= words):
        return first, name
    if _words(first) <= words or own == second:
        return name, second
    return first, name


def _name(reading: Reading, first: int, last: int, parameter: Parameter, names: Sequence[str]) -> str | None:
    line = reading.line
    text = " ".join(word.plain for word in line.words[first:last])
    if OWN_SIDE.search(text):
        return parameter.own
    if names and _STANDING_IN.fullmatch(text):
        return names[-1]
    if len(names) > 1:
        for position, pattern in enumerate(_POSITIONS):
            if re.search(rf"\bthe (?:{pattern})\b(?: one| plan)?", text):
                return names[-2 + position]
    name = trimmed(line, first, last, parameter)
    if any(first <= country.first < last for country in reading.countries):
        return None
    return _known(name, names) or (name if is_like_a_name(name) else written_in(reading, first, last))


def _known(name: str, names: Sequence[str]) -> str | None:
    """`unlimited` after `Family Unlimited`."""
    words = _words(name)
    fitting = [other for other in names if words and words <= _words(other)]
    return fitting[0] if len(fitting) == 1 else None


def _words(name: str) -> frozenset[str]:
    return frozenset(word.text for word in read_line(name).words) - _SAME
