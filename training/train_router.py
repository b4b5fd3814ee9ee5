# /// script
# requires-python = ">=3.12,<3.13"
# dependencies = ["babel>=2.16", "numpy>=2", "pydantic>=2.13", "rapidfuzz>=3.14", "scikit-learn>=1.6"]
# ///
"""Trains the heads of the plan pass and writes `agents/offline/planning/router.bin`.

Run `uv run --script training/train_router.py` after changing anything in `training/data` or its word lists,
and `python -m training.fit_following` after that.
"""

import json
import random
import sys
import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from agents.config import AGENTS  # noqa: E402
from agents.offline.planning.features import BUCKETS  # noqa: E402
from agents.offline.planning.language import Language, Lexicon  # noqa: E402
from agents.offline.planning.storage import Trained, quantised, save  # noqa: E402
from agents.offline.text import clean  # noqa: E402
from training import fitting, lexicon, sampling  # noqa: E402

SEED = 20_261_123
STRENGTH, DRAWS = 4.0, 3
MEASURED = ROOT / "benchmarks" / "data" / "understanding_routing.jsonl"
TARGET = ROOT / "agents" / "offline" / "planning" / "router.bin"
HEADS = [*(agent.name for agent in AGENTS), sampling.INSIDE, *sampling.GUARDS]
Weights = NDArray[np.float32]


def main() -> None:
    started = time.monotonic()
    corpora = _corpora()
    first = corpora[0]
    gate, gate_bias = fitting.fit_gate(first, fitting.matrix(first.rows, first.lexicon.concepts), STRENGTH)
    heads = [_heads(corpus) for corpus in corpora]
    steps, scale = quantised(np.mean([weights for weights, _ in heads], axis=0))
    trained = Trained(
        names=HEADS,
        descriptions={agent.name: agent.description for agent in AGENTS},
        steps=steps,
        scale=scale,
        biases=np.mean([biases for _, biases in heads], axis=0),
        gate=[float(value) for value in gate],
        gate_bias=gate_bias,
        lexicon=first.lexicon,
        inside_words=fitting.words_inside(first, np.ones(len(first.rows), bool)),
        short=fitting.short_texts(first),
    )
    sys.stdout.write(f"{save(trained, TARGET)} bytes in {time.monotonic() - started:.0f} s\n")


def _heads(corpus: fitting.Corpus) -> tuple[Weights, Weights]:
    inputs = fitting.matrix(corpus.rows, corpus.lexicon.concepts)
    used = np.unique(inputs.indices)
    inputs = inputs[:, used]
    weights = np.zeros((BUCKETS, len(HEADS)), np.float32)
    biases = np.zeros(len(HEADS), np.float32)
    for column in range(len(HEADS)):
        head = fitting.fit(inputs, corpus.labels[:, column], corpus.importance, STRENGTH)
        weights[used, column], biases[column] = head
    return weights, biases


def _corpora() -> list[fitting.Corpus]:
    """Several draws of the same lines: the mean of what is learnt from each hangs on none of them."""
    drawn = [sampling.samples(SEED + step) for step in range(DRAWS)]
    compiled = lexicon.build(_as_written(drawn[0]))
    return [_corpus(single, compiled, SEED + step) for step, single in enumerate(drawn)]


def _corpus(single: list[sampling.Sample], compiled: Lexicon, seed: int) -> fitting.Corpus:
    chance = random.Random(seed)  # noqa: S311
    language = Language(compiled)
    single = _without_measured(single, language)
    every = single + sampling.joined(single, chance)
    labels = np.array([[head in sample.labels for head in HEADS] for sample in every])
    lines = np.array([sample.line for sample in every])
    sys.stdout.write(f"{len(every)} texts, for nobody {(~labels.any(axis=1)).sum()}\n")
    return fitting.Corpus(
        samples=every,
        rows=[[word.text for word in language.words(sample.text)] for sample in every],
        labels=labels,
        importance=fitting.importance(lines, labels @ (1 << np.arange(len(HEADS)))),
        lexicon=compiled,
    )


def _without_measured(found: list[sampling.Sample], language: Language) -> list[sampling.Sample]:
    """The development set measures nothing when its sentences are trained on."""
    raw = [json.loads(line) for line in MEASURED.read_text("utf-8").splitlines()]
    measured = {_meant(item["text"], language) for item in raw if "history" not in item}
    kept = [sample for sample in found if _meant(sample.text, language) not in measured]
    sys.stdout.write(f"{len(found) - len(kept)} texts of the development set left out\n")
    return kept


def _meant(text: str, language: Language) -> str:
    return " ".join(word.text for word in language.words(clean(text)))


def _as_written(found: list[sampling.Sample]) -> list[list[str]]:
    lines: dict[int, list[str]] = {}
    for sample in found:
        if sample.as_written:
            lines.setdefault(sample.line, []).append(sample.text)
    return list(lines.values())


if __name__ == "__main__":
    main()
