"""Heads learnt at start from the agents' own descriptions and examples, for agents without trained ones."""

import re
from collections.abc import Sequence
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from agents.offline.planning.features import BUCKETS, features
from agents.offline.planning.values import AgentCard
from agents.offline.text import fold, tokens

_ROUNDS, _RATE, _DECAY = 80, 4.0, 0.002
Weights = NDArray[np.float32]


def background() -> list[str]:
    return files("agents.offline.planning").joinpath("background.txt").read_text("utf-8").splitlines()


def phrases(card: AgentCard) -> list[str]:
    """The examples and the pieces of the description."""
    return [*card.examples, *(piece for piece in re.split(r"[,:;.]", card.description) if piece.strip())]


def learn(cards: Sequence[AgentCard], *, others: Sequence[str] = ()) -> Weights:
    """One column of weights per card, then their biases in the last row; every other text is a counterexample."""
    texts = [(phrase, column) for column, card in enumerate(cards) for phrase in phrases(card)]
    texts += [(text, -1) for text in [*background(), *others]]
    rows = [features(tokens(fold(text))) for text, _ in texts]
    used = {index: position for position, index in enumerate(sorted({index for row in rows for index in row}))}
    inputs = np.zeros((len(rows), len(used) + 1), np.float32)
    for row, found in enumerate(rows):
        for index, value in found.items():
            inputs[row, used[index]] = value
    inputs[:, -1] = 1.0
    labels = np.zeros((len(rows), len(cards)), np.float32)
    for row, (_, column) in enumerate(texts):
        if column >= 0:
            labels[row, column] = 1.0
    fitted = _fit(inputs, labels)
    weights = np.zeros((BUCKETS + 1, len(cards)), np.float32)
    weights[list(used)] = fitted[:-1]
    weights[-1] = fitted[-1]
    return weights


def _fit(inputs: Weights, labels: Weights) -> Weights:
    """Logistic regression by plain gradient descent, both classes of a head weighing the same."""
    share = labels.mean(axis=0, keepdims=True)
    balance = np.where(labels > 0, 0.5 / np.maximum(share, 1e-6), 0.5 / (1 - share)).astype(np.float32)
    weights = np.zeros((inputs.shape[1], labels.shape[1]), np.float32)
    for _ in range(_ROUNDS):
        wrong = (1 / (1 + np.exp(-(inputs @ weights))) - labels) * balance
        weights -= _RATE * (inputs.T @ wrong / len(inputs) * 4 + _DECAY * weights)
    return weights
