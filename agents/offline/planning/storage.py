"""The file of the trained heads: one byte per weight, the small ones left out, and the lexicon beside them."""

import json
import zlib
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from agents.offline.planning.features import BUCKETS
from agents.offline.planning.language import Lexicon

_SIGNATURE = b"SEMKER-ROUTER-1\n"
_STEPS = 127
_SETS = ("known", "strong", "weak", "other", "common")


@dataclass(frozen=True, slots=True)
class Trained:
    """Heads are columns: the agents of `descriptions`, `inside`, what is refused; `short` are texts learnt by heart."""

    names: list[str]
    descriptions: dict[str, str]
    steps: NDArray[np.int8]
    scale: NDArray[np.float32]
    biases: NDArray[np.float32]
    gate: list[float]
    gate_bias: float
    lexicon: Lexicon
    inside_words: frozenset[str]
    short: dict[str, str]


def quantised(weights: NDArray[np.float32]) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """One byte per weight and, for each head, how much one step is worth."""
    scale = np.abs(weights).max(axis=0) / _STEPS
    return np.rint(weights / scale).astype(np.int8), scale.astype(np.float32)


def save(trained: Trained, path: Path) -> int:
    """Writes the file and returns its size in bytes."""
    lexicon = asdict(trained.lexicon) | {name: " ".join(sorted(getattr(trained.lexicon, name))) for name in _SETS}
    header = {
        "names": trained.names,
        "descriptions": trained.descriptions,
        "scale": [float(value) for value in trained.scale],
        "biases": [float(value) for value in trained.biases],
        "gate": trained.gate,
        "gate_bias": trained.gate_bias,
        "lexicon": lexicon,
        "inside_words": " ".join(sorted(trained.inside_words)),
        "short": trained.short,
    }
    text = zlib.compress(json.dumps(header, separators=(",", ":")).encode(), 9)
    body = zlib.compress(trained.steps.T.tobytes(), 9)
    path.write_bytes(_SIGNATURE + len(text).to_bytes(4, "little") + text + body)
    return path.stat().st_size


def load(path: Path) -> Trained:
    content = path.read_bytes()
    start = len(_SIGNATURE) + 4
    if content[: len(_SIGNATURE)] != _SIGNATURE:
        raise ValueError(f"{path.name} is not a file of trained heads")
    end = start + int.from_bytes(content[len(_SIGNATURE) : start], "little")
    header = json.loads(zlib.decompress(content[start:end]))
    steps = np.frombuffer(zlib.decompress(content[end:]), np.int8).reshape(len(header["names"]), BUCKETS)
    return Trained(
        names=header["names"],
        descriptions=header["descriptions"],
        steps=np.ascontiguousarray(steps.T),
        scale=np.array(header["scale"], np.float32),
        biases=np.array(header["biases"], np.float32),
        gate=header["gate"],
        gate_bias=header["gate_bias"],
        lexicon=_lexicon(header["lexicon"]),
        inside_words=frozenset(header["inside_words"].split()),
        short=header["short"],
    )


def _lexicon(stored: dict[str, Any]) -> Lexicon:
    return Lexicon(**stored | {name: frozenset(stored[name].split()) for name in _SETS})
