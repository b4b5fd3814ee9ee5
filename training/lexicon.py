"""Compiles `words.toml`, the names of countries and months, and the vocabulary of the training lines."""

import json
import tomllib
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from agents.offline.planning.language import Lexicon
from agents.offline.text import by_initial, fold, nearest, tokens

WORDS = Path(__file__).with_name("words.toml")
CONCEPTS = Path(__file__).with_name("concepts.toml")
NAMES = Path(__file__).parents[1] / "agents" / "offline" / "answering" / "language" / "slots.json"
_HOME = "GB"


def synonyms() -> dict[str, list[str]]:
    """Each word of a concept with all words of that concept."""
    groups = tomllib.loads(CONCEPTS.read_text("utf-8"))
    lists = [words.split() for table in groups.values() for words in table.values()]
    return {word: words for words in lists for word in words if len(words) > 1}


def build(lines: Sequence[Sequence[str]]) -> Lexicon:
    written = tomllib.loads(WORDS.read_text("utf-8"))
    groups = tomllib.loads(CONCEPTS.read_text("utf-8"))
    kinds = [(kind, words.split()) for table in groups.values() for kind, words in table.items()]
    concepts = {word: f"<~{kind}>" for kind, words in reversed(kinds) for word in words}
    listed = {kind: frozenset(written[kind].split()) for kind in ("strong", "weak", "other", "common")}
    safe = listed["common"].union(concepts, json.loads(NAMES.read_text("utf-8"))["typo_safe"])
    ours = {word for words in groups["ours"].values() for word in words.split()} | listed["strong"] | listed["weak"]
    other = listed["other"] | {word for words in groups["others"].values() for word in words.split()} - ours
    names = _names(written["classes"])
    rewrites = dict(written["rewrites"])
    return Lexicon(
        rewrites=rewrites,
        names=names | written["phrases"],
        concepts=concepts,
        known=_known(lines, safe, ours.union(name for name in names if " " not in name))
        | frozenset(concepts)
        | listed["strong"]
        | listed["weak"]
        | other
        | listed["common"],
        strong=listed["strong"],
        weak=listed["weak"],
        other=other,
        common=listed["common"],
    )


def _names(classes: dict[str, list[str]]) -> dict[str, str]:
    tables = json.loads(NAMES.read_text("utf-8"))
    names = {name: "<home>" if code == _HOME else "<country>" for name, code in tables["countries"].items()}
    names = {name: label for name, label in names.items() if len(name) > 3 or name in ("usa", "uae", "nyc", "nz")}
    names |= dict.fromkeys(tables["months"], "<month>")
    for label, members in classes.items():
        names |= {fold(member): f"<{label}>" for member in members}
    return names


def _known(lines: Sequence[Sequence[str]], safe: frozenset[str], ours: Iterable[str]) -> frozenset[str]:
    """Words that are written often enough not to be a typing mistake, or are not like any word of ours."""
    counted = Counter(word for texts in lines for word in {word for text in texts for word in tokens(fold(text))})
    index = by_initial(word for word in ours if len(word) >= 5)
    return frozenset(
        word
        for word, count in counted.items()
        if word.isalpha() and word.isascii() and (count >= 3 or word in safe or nearest(word, index) in (None, word))
    )
