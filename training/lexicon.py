"""Compiles `words.toml`, the names of countries and months, and the vocabulary of the training lines."""

import json
import tomllib
from collections import Counter
from pathlib import Path
from types import ModuleType

from agents.offline.planning.language import Lexicon
from agents.offline.text import fold, tokens

WORDS = Path(__file__).with_name("words.toml")
CONCEPTS = Path(__file__).with_name("concepts.toml")
NAMES = Path(__file__).parents[1] / "agents" / "offline" / "answering" / "slots.json"
_HOME = "GB"


def synonyms() -> dict[str, list[str]]:
    """Each word of a concept with all words of that concept."""
    groups = tomllib.loads(CONCEPTS.read_text("utf-8"))
    lists = [words.split() for table in groups.values() for words in table.values()]
    return {word: words for words in lists for word in words if len(words) > 1}


def build(texts: list[str], grammar: ModuleType) -> Lexicon:
    written = tomllib.loads(WORDS.read_text("utf-8"))
    groups = tomllib.loads(CONCEPTS.read_text("utf-8"))
    concepts = {word: f"<~{kind}>" for table in groups.values() for kind, words in table.items() for word in words.split()}
    listed = {kind: frozenset(written[kind].split()) for kind in ("strong", "weak", "other", "common")}
    ours = {word for words in groups["ours"].values() for word in words.split()} | listed["strong"] | listed["weak"]
    other = listed["other"] | {word for words in groups["others"].values() for word in words.split()} - ours
    names = _names(written["classes"])
    rewrites = dict(written["rewrites"])
    return Lexicon(
        rewrites=rewrites,
        names=names | written["phrases"],
        concepts=concepts,
        known=_known(texts) | frozenset(concepts) | listed["strong"] | listed["weak"] | other | listed["common"],
        strong=listed["strong"],
        weak=listed["weak"],
        other=other,
        common=listed["common"],
    )


def _names(classes: dict[str, list[str]]) -> dict[str, str]:
    tables = json.loads(NAMES.read_text("utf-8"))
    names = {name: "<home>" if code == _HOME else "<country>" for name, code in tables["countries"].items()}
    names = {name: label for name, label in names.items() if len(name) > 3 or name in ("usa", "uae")}
    names |= {name: "<month>" for name in tables["months"]}
    for label, members in classes.items():
        names |= {fold(member): f"<{label}>" for member in members}
    return names


def _known(texts: list[str]) -> frozenset[str]:
    """Words that are written often enough not to be a typing mistake."""
    counted = Counter(word for text in texts for word in set(tokens(fold(text))) if word.isalpha() and word.isascii())
    return frozenset(word for word, count in counted.items() if count >= 3)
