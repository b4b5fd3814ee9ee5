"""Heads learnt at start from an agent's own description and examples, for agents that were not there at training."""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from agents.offline.planning.features import features
from agents.offline.planning.language import Language
from agents.offline.planning.storage import Trained
from agents.offline.planning.values import AgentCard

_ROUNDS, _RATE, _DECAY = 120, 4.0, 0.002
_WITHOUT_OWN_WORD = 0.4
_STEM = 6
Weights = NDArray[np.float32]


class Learned:
    """`words` are what the agents' texts are about; a message without any of them is rarely theirs."""

    def __init__(self, cards: Sequence[AgentCard], *, others: Sequence[AgentCard], trained: Trained) -> None:
        self._names = tuple(card.name for card in cards)
        self._concepts = trained.lexicon.concepts
        self._own: dict[str, frozenset[str]] = {}
        self._stems: dict[str, frozenset[str]] = {}
        self._weights: dict[int, Weights] = {}
        self._biases = np.zeros(len(cards), np.float32)
        if cards:
            self._learn(cards, others, trained)
        self.words = frozenset[str]().union(*self._own.values())

    def scores(self, words: list[str]) -> Mapping[str, float]:
        if not self._names:
            return {}
        odds = self._biases + sum(
            (
                self._weights[index] * value
                for index, value in features(words, self._concepts).items()
                if index in self._weights
            ),
            np.zeros(len(self._names), np.float32),
        )
        return {
            name: _chance(float(value)) * (1.0 if _stems(words) & self._stems[name] else _WITHOUT_OWN_WORD)
            for name, value in zip(self._names, odds, strict=True)
        }

    def _learn(self, cards: Sequence[AgentCard], others: Sequence[AgentCard], trained: Trained) -> None:
        language = Language(trained.lexicon)

        def meant(text: str) -> list[str]:
            return [word.text for word in language.words(text)]

        texts = [(meant(phrase), column) for column, card in enumerate(cards) for phrase in phrases(card)]
        counter = [meant(text) for text in background()]
        counter += [meant(phrase) for card in others for phrase in phrases(card)]
        usual = trained.lexicon.common.union(*counter)
        for column, card in enumerate(cards):
            own = {word for words, owner in texts if owner == column for word in words}
            self._own[card.name] = frozenset(word for word in own - usual if not word.startswith("<") and len(word) > 2)
            self._stems[card.name] = _stems(self._own[card.name])
        rows = [features(words, self._concepts) for words in [*(words for words, _ in texts), *counter]]
        labels = np.zeros((len(rows), len(cards)), np.float32)
        for row, (_, column) in enumerate(texts):
            labels[row, column] = 1.0
        self._fit(rows, labels)

    def _fit(self, rows: list[dict[int, float]], labels: Weights) -> None:
        used = {index: place for place, index in enumerate(sorted({index for row in rows for index in row}))}
        inputs = np.zeros((len(rows), len(used) + 1), np.float32)
        for row, found in enumerate(rows):
            inputs[row, [used[index] for index in found]] = list(found.values())
        inputs[:, -1] = 1.0
        fitted = _descend(inputs, labels)
        self._weights = {index: fitted[place] for index, place in used.items()}
        self._biases = fitted[-1]


def _stems(words: Iterable[str]) -> frozenset[str]:
    return frozenset(word[:_STEM] for word in words)


def background() -> list[str]:
    return files("agents.offline.planning").joinpath("background.txt").read_text("utf-8").splitlines()


def phrases(card: AgentCard) -> list[str]:
    """The examples and the pieces of the description."""
    return [*card.examples, *(piece.strip() for piece in re.split(r"[,:;.]", card.description) if piece.strip())]


def _descend(inputs: Weights, labels: Weights) -> Weights:
    """Logistic regression by plain gradient descent, both classes of a head weighing the same."""
    share = labels.mean(axis=0, keepdims=True)
    balance = np.where(labels > 0, 0.5 / np.maximum(share, 1e-6), 0.5 / (1 - share)).astype(np.float32)
    weights = np.zeros((inputs.shape[1], labels.shape[1]), np.float32)
    for _ in range(_ROUNDS):
        wrong = (1 / (1 + np.exp(-(inputs @ weights))) - labels) * balance
        weights -= _RATE * (inputs.T @ wrong / len(inputs) * 4 + _DECAY * weights)
    return weights


def _chance(odds: float) -> float:
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, odds))))
