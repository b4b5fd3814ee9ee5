"""Which tool a text asks for, by trained weights over what speaks for each of them."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from agents.offline.answering.arguments.filling import fill
from agents.offline.answering.arguments.mentions import pair_of
from agents.offline.answering.choosing.evidence import Evidences, weighed
from agents.offline.answering.choosing.rarity import Evidence
from agents.offline.answering.memory.context import Context, Filled
from agents.offline.answering.reading.reading import Reading
from agents.offline.answering.tools.parameters import Kind
from agents.offline.answering.tools.schema import ToolCard

_LEAD = 2.5  # To ask nobody is the worse mistake.
_FILE = Path(__file__).with_name("weights.json")


@lru_cache(maxsize=1)
def weights() -> dict[str, float]:
    return dict(json.loads(_FILE.read_text("utf-8")))


@dataclass(frozen=True, slots=True)
class Candidate:
    """`words` is what the words alone say for the tool; `score` is what everything says."""

    tool: ToolCard
    words: float
    score: float
    filled: Filled
    evidence: Evidence

    @property
    def says_something(self) -> bool:
        """Whether the text has a value for it; one name says nothing for a tool that takes two."""
        both = pair_of(self.tool) or ()
        said = [p for p in self.tool.parameters if p.name in self.filled.named and p not in both]
        return bool(self.filled.doubtful) or any(not parameter.verbatim for parameter in said)


class Scale:
    def __init__(self, tools: Sequence[ToolCard]) -> None:
        self._tools = tools
        self.evidences = Evidences(tools)

    def candidates(self, reading: Reading, context: Context, request: str, last: str | None) -> list[Candidate]:
        """Best first; equal ones stay in the order of the tools. `last` names the tool of the request before."""
        found = []
        for tool in self._tools:
            filled = fill(tool, reading, context, request=request)
            evidence = self.evidences.of(tool, filled, reading, last)
            words = self.evidences.rarity.words(tool, reading)
            found.append(Candidate(tool, words, weighed(evidence, weights()), filled, evidence))
        return sorted(found, key=lambda candidate: -candidate.score)

    def of_nobody(self, candidates: Sequence[Candidate], reading: Reading, last: str | None) -> Evidence | None:
        """What speaks for none of the tools; nothing does where one takes any question."""
        if any(candidate.tool.of(Kind.QUERY) for candidate in candidates):
            return None
        return self.evidences.of_nobody(
            reading,
            last,
            most=max((candidate.words for candidate in candidates), default=0.0),
            names=any(candidate.says_something for candidate in candidates),
        )

    def is_for_nobody(self, candidates: Sequence[Candidate], reading: Reading, last: str | None) -> bool:
        evidence = self.of_nobody(candidates, reading, last)
        best = max((candidate.score for candidate in candidates), default=0.0)
        if evidence is None:
            return False
        strange = evidence["nobody, no words"] and not evidence["nobody, names a value"] and last is None
        return weighed(evidence, weights()) > best + (0.0 if strange else _LEAD)
