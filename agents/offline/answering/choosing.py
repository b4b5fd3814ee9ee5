"""How well each tool fits a text."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from agents.offline.answering.reading import Reading
from agents.offline.answering.schema import Kind, ToolCard

MONTHLY = (Kind.MONTH, Kind.YEAR_MONTH, Kind.DATE)
PLACED = (Kind.COUNTRY, Kind.COUNTRY_CODE, Kind.PLACE)


@dataclass(frozen=True, slots=True)
class Score:
    """`words` is what the words say; `fit` is what months, countries and counts say."""

    tool: ToolCard
    words: float
    fit: float

    @property
    def total(self) -> float:
        return self.words + self.fit


class Scale:
    """Weighs words by how few of the tools know them."""

    def __init__(self, tools: Sequence[ToolCard]) -> None:
        self._tools = tools
        known = {meaning for tool in tools for meaning in tool.weights}
        self._rarity = {
            meaning: math.log(1 + len(tools) / sum(meaning in tool.weights for tool in tools)) for meaning in known
        }

    def scores(self, reading: Reading) -> list[Score]:
        """Best first; equal ones stay in the order of the tools."""
        scores = [Score(tool, self._words(tool, reading), fit(tool, reading)) for tool in self._tools]
        return sorted(scores, key=lambda score: -score.total)

    def knows(self, reading: Reading) -> bool:
        return any(meaning in self._rarity for meaning in reading.meanings)

    def _words(self, tool: ToolCard, reading: Reading) -> float:
        return sum(tool.weights.get(meaning, 0.0) * self._rarity.get(meaning, 0.0) for meaning in reading.meanings)


def fit(tool: ToolCard, reading: Reading) -> float:
    score = 0.0
    named = [month for month in reading.months if not month.negated]
    now = bool(named) and all(month.shift == 0 for month in named)
    monthly = tool.of(*MONTHLY)
    if named:
        score += 2.0 if monthly else 1.5 if now and tool.current else -0.5
        score += 0.5 if any(parameter.required for parameter in monthly) and not now else 0.0
    elif any(parameter.required for parameter in monthly):
        score -= 1.5
    placed = tool.of(*PLACED)
    if reading.countries:
        score += 2.5 if placed else -1.0
    elif any(parameter.required for parameter in placed):
        score -= 0.7
    if tool.current and not named and not tool.required:
        score += 0.8
    score += _counting(tool, reading)
    if any(parameter.kind is Kind.QUERY and parameter.required for parameter in tool.parameters):
        score += 0.5
    return score


def _counting(tool: ToolCard, reading: Reading) -> float:
    score = 0.0
    if reading.listing:
        score += 1.2 if tool.lists else 0.0
    elif tool.lists:
        score -= 0.3
    if reading.count is not None and reading.count > 1:
        score += 2.0 if tool.of(Kind.INTEGER) else 0.0
    return score
