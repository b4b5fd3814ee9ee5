"""Tools as the agent pass sees them: their parameters, and which words speak for them."""

import re
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass

from agents.offline.answering.language.vocabulary import EMPTY, meanings, stem, word_set
from agents.offline.answering.language.words import label, read_line
from agents.offline.answering.tools.parameters import Kind, Parameter, mapping, read_parameter
from agents.offline.answering.values import Tool

# Where a tool speaks of something, the most telling place first.
PLACES_OF_WORDS = ("name", "label", "first", "choice", "rest", "about")


@dataclass(frozen=True, slots=True)
class ToolCard:
    """`weights` says how much each concept speaks for the tool, `said` which concepts each of its texts has.

    `written` are the words of its name and description as they stand there, without their endings.
    """

    name: str
    label: str
    description: str
    parameters: tuple[Parameter, ...]
    weights: Mapping[str, float]
    lists: bool
    current: bool
    past: bool
    own: bool
    acts: frozenset[str]
    explains: bool
    compares: bool
    named_by: tuple[tuple[str, ...], ...]
    said: Mapping[str, frozenset[str]]
    written: frozenset[str]
    required: tuple[Parameter, ...]
    kinds: Mapping[Kind, tuple[Parameter, ...]]

    def of(self, *kinds: Kind) -> tuple[Parameter, ...]:
        found = [self.kinds[kind] for kind in kinds if kind in self.kinds]
        return found[0] if len(found) == 1 else tuple(parameter for group in found for parameter in group)


_ACTIONS = word_set(
    """
    activate add block book buy cancel change close create deactivate delete disable enable order pay reboot remove
    renew replace report request reserve reset restart return schedule send set start stop submit suspend switch top
    transfer unblock update
    """
)
_OWN = re.compile(r"\b(?:the customer|the user|my|your)\b", re.IGNORECASE)
_READS = word_set(
    "get fetch read load lookup look find search list show view retrieve query check return display open info details"
)
_EXPLAINS = re.compile(r"\b(?:explain\w*|why|reasons?|breakdown|itemi[sz]e\w*)\b", re.IGNORECASE)
_COMPARES = re.compile(r"\b(?:compar\w+|versus|side by side|next to each other|differences?)\b", re.IGNORECASE)
_PAST = re.compile(r"\b(?:used|spent|paid|history|past|recent)\b", re.IGNORECASE)


def tool_card(tool: Tool) -> ToolCard:
    short = tool.name.split("-", 1)[-1]
    properties = mapping(tool.parameters.get("properties"))
    required = tool.parameters.get("required")
    names = {str(name) for name in required} if isinstance(required, list) else set()
    parameters = tuple(
        read_parameter(name, mapping(schema), name in names, tool.parameters, about=tool.description)
        for name, schema in properties.items()
    )
    words = label(short).split()
    told = f"{label(short)}. {tool.description}"
    also = {meaning for pattern, meaning in ((_EXPLAINS, "explain"), (_COMPARES, "compare")) if pattern.search(told)}
    return ToolCard(
        name=tool.name,
        label=label(short),
        description=tool.description,
        parameters=parameters,
        weights=_weights(words, tool.description, parameters),
        explains="explain" in also,
        compares="compare" in also,
        named_by=tuple(meanings(word) for word in words if word not in EMPTY and word not in _READS),
        said=_said(words, tool.description, parameters, also=also),
        written=frozenset(stem(word.text) for word in read_line(told).words if word.text not in EMPTY),
        lists=words[0] in ("list", "all", "browse")
        or bool(re.match(r"(?:lists?|all|every)\b", tool.description.lower())),
        required=tuple(parameter for parameter in parameters if parameter.required),
        kinds={kind: tuple(p for p in parameters if p.kind is kind) for kind in {p.kind for p in parameters}},
        acts=frozenset(meanings(words[0])) if words[0] in _ACTIONS else frozenset(),
        own=bool(_OWN.search(tool.description)),
        past=bool(_PAST.search(tool.description)),
        current="current" in words
        or "latest" in words
        or bool(re.search(r"\b(?:current|latest|newest|most recent)\b(?! first)", tool.description.lower())),
    )


def _said(
    words: Sequence[str], description: str, parameters: Sequence[Parameter], *, also: Set[str]
) -> dict[str, frozenset[str]]:
    first, _, rest = description.partition(". ")
    texts = {
        "name": " ".join(words),
        "label": " ".join(parameter.label for parameter in parameters),
        "first": first,
        "choice": " ".join(label(choice) for parameter in parameters for choice in parameter.choices),
        "rest": rest,
        "about": " ".join(parameter.description for parameter in parameters),
    }
    found = {
        place: frozenset(
            meaning for word in read_line(text).words if word.text not in EMPTY for meaning in meanings(word.text)
        )
        for place, text in texts.items()
    }
    return found | {"first": found["first"] | also}


def _weights(words: Sequence[str], description: str, parameters: Sequence[Parameter]) -> dict[str, float]:
    weights: dict[str, float] = {}

    def add(text: str, weight: float) -> None:
        for word in read_line(text).words:
            for meaning in meanings(word.text) if word.text not in EMPTY else ():
                weights[meaning] = max(weights.get(meaning, 0.0), weight)

    first, _, rest = description.partition(". ")
    add(rest, 0.6)
    for parameter in parameters:
        add(parameter.description, 0.4)
        add(parameter.label, 1.0)
        add(" ".join(map(label, parameter.choices)), 0.5)
    add(first, 1.0)
    add(" ".join(words), 2.5)
    return weights
