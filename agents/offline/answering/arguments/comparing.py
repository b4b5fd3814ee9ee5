"""Where a text holds something against what is the customer's own: "is Plus cheaper than my plan?"."""

import re

from agents.offline.answering.arguments.mentions import OWN_SIDE, pair_of
from agents.offline.answering.language.words import read_line
from agents.offline.answering.tools.parameters import Kind
from agents.offline.answering.tools.schema import ToolCard

_HELD_AGAINST = re.compile(
    r"\b(?:compar\w+|vs|versus|against|differ\w*|(?:better|cheaper|dearer|worse|higher|lower|bigger|smaller|more|less)"
    r"(?: \w+){0,3} than)\b"
)
_OWN_BILL = re.compile(r"\b(?:my|our|the) (?:current|latest|newest|most recent) (?:bill|invoice|statement)\b")
_TIMES = (Kind.MONTH, Kind.YEAR_MONTH)


def own_side(text: str) -> str | None:
    """The words for what is one's own, where something is held against it."""
    line = read_line(text)
    own = OWN_SIDE.search(line.meant) or _OWN_BILL.search(line.meant)
    return own[0].strip() if own and _HELD_AGAINST.search(line.meant) else None


def takes_two(tool: ToolCard) -> bool:
    """Whether the tool itself compares, or takes both sides of a comparison."""
    return tool.compares or pair_of(tool) is not None or len(tool.of(*_TIMES)) > 1
