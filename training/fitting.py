"""Logistic regression over hashed features, and what its heads are worth on lines they have not seen."""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix  # type: ignore[import-untyped,import-not-found,unused-ignore]
from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped,import-not-found,unused-ignore]

from agents.config import AGENTS
from agents.offline.planning.features import BUCKETS, occurrences
from agents.offline.planning.gate import evidence
from agents.offline.planning.language import Lexicon
from training.sampling import INSIDE, Sample

FOLDS = 4
SHORT = 3
# What a stranger's sentence counts at the gate: there are fewer of them than the world has.
_CAUTION = 1.2
_MIXTURE = -1
Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Corpus:
    """Row for row: the sample, its meant words, which heads should say yes, and how much it counts."""

    samples: Sequence[Sample]
    rows: Sequence[list[str]]
    labels: NDArray[np.bool_]
    importance: Numbers
    lexicon: Lexicon

    @property
    def lines(self) -> NDArray[np.int64]:
        return np.array([sample.line for sample in self.samples])


def matrix(rows: Sequence[list[str]], concepts: Mapping[str, str]) -> csr_matrix:
    data: list[float] = []
    columns: list[int] = []
    ends = [0]
    for words in rows:
        pairs = list(occurrences(words, concepts))
        length = sum(value * value for _, value in pairs) ** 0.5 or 1.0
        columns += [index for index, _ in pairs]
        data += [value / length for _, value in pairs]
        ends.append(len(columns))
    return csr_matrix((np.array(data, np.float32), np.array(columns), np.array(ends)), shape=(len(rows), BUCKETS))


def importance(lines: NDArray[np.int64], kinds: NDArray[np.int64]) -> Numbers:
    """A line that unfolds into many sentences must not drown the short ones; each kind keeps its share."""
    _, position, counts = np.unique(lines, return_inverse=True, return_counts=True)
    weights: Numbers = np.where(lines == _MIXTURE, 0.0, counts[position] ** -0.5)
    for kind in np.unique(kinds):
        single = (kinds == kind) & (lines != _MIXTURE)
        if single.any():
            weights[single] /= weights[single].mean()
    return np.where(lines == _MIXTURE, 1.0, weights)


def fit(inputs: csr_matrix, wanted: NDArray[np.bool_], weights: Numbers, strength: float) -> tuple[Numbers, float]:
    model = LogisticRegression(C=strength, solver="lbfgs", max_iter=80, tol=1e-3)
    model.fit(inputs, wanted, sample_weight=weights)
    return model.coef_[0], float(model.intercept_[0])


def words_inside(corpus: Corpus, chosen: NDArray[np.bool_]) -> frozenset[str]:
    """Words that questions for us are made of, twice seen so that no typing mistake is among them."""
    counted: dict[str, int] = {}
    for sample, words, wanted in zip(corpus.samples, corpus.rows, chosen, strict=True):
        if wanted and INSIDE in sample.labels and sample.line != _MIXTURE:
            for word in set(words):
                counted[word] = counted.get(word, 0) + 1
    return frozenset(word for word, count in counted.items() if count >= 2)


def short_texts(corpus: Corpus) -> dict[str, str]:
    """What is too short to be weighed: learnt by heart, unless two lines disagree about it."""
    found: dict[str, set[str]] = {}
    for sample, words in zip(corpus.samples, corpus.rows, strict=True):
        if sample.as_written and len(words) <= SHORT:
            found.setdefault(" ".join(words), set()).add(next(iter(sample.labels - {INSIDE}), ""))
    return {text: labels.pop() for text, labels in sorted(found.items()) if len(labels) == 1}


def fit_gate(corpus: Corpus, inputs: csr_matrix, strength: float) -> tuple[Numbers, float]:
    """How much each piece of evidence counts, judged on lines that the heads have not seen."""
    lines = corpus.lines
    fold = np.random.default_rng(FOLDS).integers(0, FOLDS, lines.max() + 1)[np.maximum(lines, 0)]
    order = [(part, (lines != _MIXTURE) & (fold == part)) for part in range(FOLDS)]
    evidences = [_held_out(corpus, inputs, part, test, strength) for part, test in order]
    table = np.vstack(evidences)
    tests = [test for _, test in order]
    wanted = np.concatenate([corpus.labels[test, len(AGENTS)] for test in tests])
    weights = np.concatenate([corpus.importance[test] for test in tests])
    weights = np.where(wanted, weights, weights * _CAUTION)
    model = LogisticRegression(C=1.0, max_iter=500).fit(table, wanted, weights)
    guess = model.predict(table)
    sys.stdout.write(f"declined wrongly {(~guess[wanted]).mean():.3f}, taken wrongly {guess[~wanted].mean():.3f}\n")
    return model.coef_[0], float(model.intercept_[0])


def _held_out(corpus: Corpus, inputs: csr_matrix, part: int, test: NDArray[np.bool_], strength: float) -> Numbers:
    train = (corpus.lines != _MIXTURE) & ~test
    heads = [
        fit(inputs[train], corpus.labels[train, column], corpus.importance[train], strength)
        for column in range(len(AGENTS) + 1)
    ]
    scores = np.stack([inputs[test] @ weights + bias for weights, bias in heads], axis=1)
    agents = corpus.labels[test, : len(AGENTS)]
    ours = agents.any(axis=1)
    right = (scores[ours, : len(AGENTS)].argmax(axis=1) == agents[ours].argmax(axis=1)).mean()
    sys.stdout.write(f"lines held out, part {part}: agent right {right:.3f}\n")
    known = words_inside(corpus, train)
    kept = [row for row, use in zip(corpus.rows, test, strict=True) if use]
    best = scores[:, : len(AGENTS)].max(axis=1)
    return np.array(
        [
            evidence(words, float(inside), float(agent), corpus.lexicon, known)
            for words, inside, agent in zip(kept, scores[:, len(AGENTS)], best, strict=True)
        ]
    )
