# /// script
# requires-python = ">=3.12,<3.13"
# dependencies = ["numpy>=2", "pydantic>=2.13", "rapidfuzz>=3.14", "scikit-learn>=1.6"]
# ///
"""Trains the heads of the plan pass and writes `agents/offline/planning/router.bin`.

Run `uv run --script training/train_router.py` after changing anything in `training/data` or `training/words.toml`.
"""

import random
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from agents.config import AGENTS  # noqa: E402
from agents.offline.planning.features import BUCKETS, occurrences  # noqa: E402
from agents.offline.planning.gate import EVIDENCE, evidence  # noqa: E402
from agents.offline.planning.language import Language  # noqa: E402
from agents.offline.planning.storage import Trained, quantised, save  # noqa: E402
from training import grammar, lexicon  # noqa: E402

SEED = 20_261_123
FOLDS = 4
LINE_SHARE = 0.5
GUARDS = ("injection", "other_person", "harmful")
OUTSIDE = ("smalltalk", "outside", "outside_plain", "outside_more")


@dataclass
class Sample:
    text: str
    labels: frozenset[str]
    group: int
    as_written: bool = False


def samples(chance: random.Random) -> list[Sample]:
    groups = lexicon.synonyms()
    found: list[Sample] = []
    group = 0
    for name in (*(agent.name.lower() for agent in AGENTS), *GUARDS, *OUTSIDE):
        label = next((agent.name for agent in AGENTS if agent.name.lower() == name), name if name in GUARDS else "")
        extra = [example for agent in AGENTS if agent.name == label for example in agent.examples]
        most = 24 if label in {agent.name for agent in AGENTS} else 40
        for line in [*grammar.lines(name), *extra]:
            group += 1
            labels = frozenset((label, "inside") if label and label not in GUARDS else (label,) if label else ())
            for text in grammar.expansions(line, most=most, chance=chance):
                found += [
                    Sample(variant, labels, group, variant is text) for variant in grammar.variants(text, groups, chance)
                ]
    return found


def joined(found: list[Sample], chance: random.Random) -> list[Sample]:
    """Several questions in one message, and questions behind the story of a life."""
    inside = [sample for sample in found if "inside" in sample.labels]
    outside = [sample for sample in found if not sample.labels]
    context = [text for line in grammar.lines("context") for text in grammar.expansions(line, most=6, chance=chance)]
    links = (" and ", ". ", ", ", "? ", " also ", " and also ", ". Also ", " plus ", " & ", "\n")
    pairs = []
    for _ in range(2500):
        first, second = chance.sample(inside, 2)
        text = first.text + chance.choice(links) + second.text
        pairs.append(Sample(text, first.labels | second.labels, -1))
    for _ in range(1500):
        asked = chance.choice(inside)
        parts = [chance.choice(context) + chance.choice((". ", ", ", " and ", " but ")), asked.text]
        if chance.random() < 0.3:
            parts = [asked.text + ". ", chance.choice(context)]
        pairs.append(Sample("".join(parts), asked.labels, asked.group))
    for _ in range(600):
        asked, other = chance.choice(inside), chance.choice(outside)
        pairs.append(Sample(asked.text + chance.choice(links) + other.text, asked.labels, -1))
    return pairs


def matrix(rows: list[list[str]], concepts: dict[str, str]) -> csr_matrix:
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


def weights_of(groups: np.ndarray, kinds: np.ndarray) -> np.ndarray:
    """A line that unfolds into many sentences must not drown the short ones; each kind keeps its share."""
    _, position, counts = np.unique(groups, return_inverse=True, return_counts=True)
    weights = np.where(groups >= 0, counts[position] ** -LINE_SHARE, 0.0)
    for kind in np.unique(kinds):
        single = (kinds == kind) & (groups >= 0)
        weights[single] /= weights[single].mean() or 1.0
    return np.where(groups >= 0, weights, 1.0)


def fit(inputs: csr_matrix, labels: np.ndarray, weights: np.ndarray, strength: float) -> tuple[np.ndarray, float]:
    model = LogisticRegression(C=strength, solver="lbfgs", max_iter=80, tol=1e-3)
    model.fit(inputs, labels, sample_weight=weights)
    return model.coef_[0].astype(np.float32), float(model.intercept_[0])


def gate_rows(
    language: Language, rows: list[list[str]], scores: np.ndarray, inside_words: frozenset[str]
) -> np.ndarray:
    agents = scores[:, : len(AGENTS)].max(axis=1)
    return np.array(
        [
            evidence(words, float(inside), float(agent), language.lexicon, inside_words)
            for words, inside, agent in zip(rows, scores[:, len(AGENTS)], agents, strict=True)
        ]
    )


def main() -> None:
    started = time.monotonic()
    chance = random.Random(SEED)
    found = samples(chance)
    language = Language(lexicon.build(_by_line(found)))
    both = found + joined(found, chance)
    rows = [[word.text for word in language.words(sample.text)] for sample in both]
    names = [*(agent.name for agent in AGENTS), "inside", *GUARDS]
    labels = np.array([[name in sample.labels for name in names] for sample in both])
    groups = np.array([sample.group for sample in both])
    sys.stdout.write(f"{len(both)} texts, {labels.sum(axis=0)}, none {(~labels.any(axis=1)).sum()}\n")
    inputs = matrix(rows, language.lexicon.concepts)
    used = np.unique(inputs.indices)
    inputs = inputs[:, used]
    strength = float(sys.argv[1]) if len(sys.argv) > 1 else 5.0
    importance = weights_of(groups, labels @ (1 << np.arange(len(names))))
    gate, bias = _gate(inputs, labels, groups, importance, rows, both, language, strength)
    weights = np.zeros((BUCKETS, len(names)), np.float32)
    biases = np.zeros(len(names), np.float32)
    for column in range(len(names)):
        weights[used, column], biases[column] = fit(inputs, labels[:, column], importance, strength)
    inside_words = _words_inside(both, rows, np.ones(len(both), bool))
    steps, scale = quantised(weights)
    trained = Trained(
        names=names,
        descriptions={agent.name: agent.description for agent in AGENTS},
        steps=steps,
        scale=scale,
        biases=biases,
        gate=[float(value) for value in gate],
        gate_bias=bias,
        lexicon=language.lexicon,
        inside_words=inside_words,
    )
    size = save(trained, ROOT / "agents" / "offline" / "planning" / "router.bin")
    sys.stdout.write(
        f"{size} bytes, {time.monotonic() - started:.0f} s, gate {dict(zip(EVIDENCE, gate.round(2)))} {bias:.2f}\n"
    )


def _by_line(found: list[Sample]) -> list[list[str]]:
    lines: dict[int, list[str]] = {}
    for sample in found:
        if sample.as_written:
            lines.setdefault(sample.group, []).append(sample.text)
    return list(lines.values())


def _words_inside(both: list[Sample], rows: list[list[str]], chosen: np.ndarray) -> frozenset[str]:
    """Words that questions for us are made of, twice seen so that no typing mistake is among them."""
    counted: dict[str, int] = {}
    for sample, words, wanted in zip(both, rows, chosen, strict=True):
        if wanted and "inside" in sample.labels and sample.group >= 0:
            for word in set(words):
                counted[word] = counted.get(word, 0) + 1
    return frozenset(word for word, count in counted.items() if count >= 2)


def _gate(inputs, labels, groups, importance, rows, both, language, strength):  # type: ignore[no-untyped-def]
    """How much each piece of evidence counts, judged on lines that the heads have not seen."""
    single = groups >= 0
    fold = np.random.default_rng(SEED).integers(0, FOLDS, groups.max() + 1)[np.maximum(groups, 0)]
    table, wanted, counted = [], [], []
    for part in range(FOLDS):
        train, test = single & (fold != part), single & (fold == part)
        columns = [fit(inputs[train], labels[train, column], importance[train], strength) for column in range(len(AGENTS) + 1)]
        scores = np.stack([inputs[test] @ weights + bias for weights, bias in columns], axis=1)
        kept = [row for row, use in zip(rows, test, strict=True) if use]
        table.append(gate_rows(language, kept, scores, _words_inside(both, rows, train)))
        wanted.append(labels[test, len(AGENTS)])
        counted.append(importance[test])
        agents = labels[test, : len(AGENTS)]
        inside = agents.any(axis=1)
        right = (scores[inside, : len(AGENTS)].argmax(axis=1) == agents[inside].argmax(axis=1)).mean()
        sys.stdout.write(f"fold {part}: agent {right:.3f}, inside {((scores[:, -1] > 0) == wanted[-1]).mean():.3f}\n")
    model = LogisticRegression(C=1.0, max_iter=500).fit(np.vstack(table), np.concatenate(wanted), np.concatenate(counted))
    guess = model.predict_proba(np.vstack(table))[:, 1] > 0.5
    truth = np.concatenate(wanted)
    sys.stdout.write(f"gate: declined wrongly {(~guess[truth]).mean():.3f}, taken wrongly {guess[~truth].mean():.3f}\n")
    return model.coef_[0], float(model.intercept_[0])


if __name__ == "__main__":
    main()
