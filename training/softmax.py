"""Weights of the evidence for options: the chance of the right ones is made as great as it goes, by Adam."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

type Evidence = Mapping[str, float]

_ROUNDS, _STEP = 400, 0.05
_FAINT = 0.2


@dataclass(frozen=True, slots=True)
class Choice:
    """The evidence for each option; any of the `wanted` ones is right."""

    options: Mapping[str, Evidence]
    wanted: frozenset[str]
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Fitted:
    weights: Mapping[str, float]
    right: float

    def told(self, *, faint: float = _FAINT) -> dict[str, float]:
        """The weights that matter, rounded."""
        found = {key: round(weight, 3) for key, weight in self.weights.items()}
        return {key: weight for key, weight in found.items() if abs(weight) >= faint}


class _Table:
    """Every option of every choice is a row; the cells hold the `values` of keys at `rows` and `columns`."""

    def __init__(self, choices: Sequence[Choice]) -> None:
        options = [(choice, name) for choice in choices for name in choice.options]
        self.keys = sorted({key for choice, name in options for key in choice.options[name]})
        column = {key: index for index, key in enumerate(self.keys)}
        cells = [
            (row, column[key], value)
            for row, (choice, name) in enumerate(options)
            for key, value in choice.options[name].items()
            if value
        ]
        self.rows, self.columns, self.values = (np.array(each) for each in zip(*cells, strict=True))
        sizes = [len(choice.options) for choice in choices]
        self.starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
        self.owner = np.repeat(np.arange(len(choices)), sizes)
        self.wanted = np.array([float(name in choice.wanted) for choice, name in options])
        self.weights = np.array([choice.weight for choice in choices])

    def chances(self, weights: NDArray[np.float64]) -> NDArray[np.float64]:
        scores = np.bincount(self.rows, weights[self.columns] * self.values, len(self.owner))
        raw = np.exp(scores - np.maximum.reduceat(scores, self.starts)[self.owner])
        return np.asarray(raw / np.add.reduceat(raw, self.starts)[self.owner])

    def right(self, weights: NDArray[np.float64]) -> float:
        """The share of the choices whose likeliest option is wanted."""
        chances = self.chances(weights)
        best = np.maximum.reduceat(chances, self.starts)[self.owner]
        return float(np.mean(np.maximum.reduceat(self.wanted * (chances == best), self.starts)))


def fit(choices: Iterable[Choice], decay: Callable[[str], float]) -> Fitted:
    """`decay` says how much a key has to earn its weight."""
    table = _Table([choice for choice in choices if not choice.wanted.isdisjoint(choice.options)])
    pulled_back = np.array([decay(key) for key in table.keys])
    weights = np.zeros(len(table.keys))
    mean, square = np.zeros_like(weights), np.zeros_like(weights)
    for step in range(1, _ROUNDS + 1):
        chances = table.chances(weights)
        right = chances * table.wanted
        right /= np.add.reduceat(right, table.starts)[table.owner] + 1e-12
        pull = table.weights[table.owner] * (right - chances)
        slope = np.bincount(table.columns, pull[table.rows] * table.values, len(table.keys)) / table.weights.sum()
        slope -= pulled_back * weights / len(table.weights)
        mean, square = 0.9 * mean + 0.1 * slope, 0.999 * square + 0.001 * slope * slope
        weights += _STEP * (mean / (1 - 0.9**step)) / (np.sqrt(square / (1 - 0.999**step)) + 1e-8)
    return Fitted(dict(zip(table.keys, weights.tolist(), strict=True)), table.right(weights))
