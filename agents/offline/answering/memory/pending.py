"""Questions of ours that wait for an answer, and the short texts that answer them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pydantic import JsonValue

from agents.offline.answering.memory.context import Values, country_value
from agents.offline.answering.reading.reading import Reading
from agents.offline.answering.tools.parameters import Parameter
from agents.offline.answering.tools.schema import ToolCard

_YES = re.compile(
    r"^(?:yes|yeah|yep|yup|yea|y|ya|si|oui|ja|tak|correct|right|exactly|that's right|sure|that one|please|ok|okay|it is"
    r"|indeed|aye|spot on|you got it|i do|i did|of course|absolutely)\b"
)
_NO = re.compile(r"^(?:no|nope|nah|nein|non|neither|none|wrong|n)\b")
_ORDINALS = (r"first|1st|former|^one$|^1$", r"second|2nd|latter|^two$|^2$", r"third|3rd|^three$|^3$", r"fourth|4th")
_LAST = re.compile(r"\blast\b(?! (?:month|year|bill))")


@dataclass(frozen=True, slots=True)
class Pending:
    """What we asked for; `candidates` are the country codes that we offered."""

    tool: ToolCard
    parameter: Parameter
    values: Mapping[str, Values]
    candidates: tuple[str, ...] = ()


def picked(pending: Pending, reading: Reading) -> JsonValue:
    """`yes` to a single candidate, `the second one` of several; None when the text picks nothing."""
    if not pending.candidates:
        choices = pending.parameter.choices
        position = _position(reading, len(choices)) if choices else None
        return choices[position] if position is not None else None
    if len(pending.candidates) == 1 and _YES.match(reading.line.joined) and not reading.named_countries:
        return country_value(pending.parameter, pending.candidates[0])
    position = _position(reading, len(pending.candidates))
    return None if position is None else country_value(pending.parameter, pending.candidates[position])


def picked_call(reading: Reading, calls: Sequence[Mapping[str, JsonValue]]) -> Mapping[str, JsonValue] | None:
    position = None if reading.asking or reading.named_months else _position(reading, len(calls))
    return None if position is None else calls[position]


def says_no(reading: Reading) -> bool:
    return bool(_NO.match(reading.line.joined)) and len(reading.line.words) <= 4 and not reading.named_countries


def _position(reading: Reading, count: int) -> int | None:
    if len(reading.line.words) > 6:
        return None
    for position, names in enumerate(_ORDINALS[:count]):
        if re.search(rf"(?<!which )\b(?:the )?(?:{names})(?: one)?\b(?! (?:month|bill|year))", reading.line.joined):
            return position
    return count - 1 if _LAST.search(reading.line.joined) else None
