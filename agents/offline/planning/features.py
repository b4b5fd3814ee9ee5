"""Hashed features of a text: words, pairs of words, and the pieces of each word that survive a typing mistake."""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import combinations, pairwise
from zlib import crc32

BUCKETS = 1 << 18
WORD, CONCEPT, PAIR, MEETING, PIECE = 1.5, 1.5, 1.0, 0.8, 0.5
START, END = "<start>", "<end>"
_MOST_MET = 8
_ASKING = frozenset({"how", "what", "which", "why", "when", "where", "who", "my", "your", "not"})
_PIECES = (3, 4, 5)
_LONGEST = 20
_MASK = BUCKETS - 1


def bucket(feature: str) -> int:
    return crc32(feature.encode()) & _MASK


@lru_cache(maxsize=32_768)
def word_features(word: str) -> tuple[tuple[int, float], ...]:
    """A class such as `<country>` is one feature; other words also give their pieces."""
    found = [(bucket(word), WORD)]
    if not word.startswith("<"):
        padded = f"_{word[:_LONGEST]}_"
        found += [
            (bucket("#" + padded[start : start + size]), PIECE)
            for size in _PIECES
            for start in range(len(padded) - size + 1)
        ]
    return tuple(found)


@lru_cache(maxsize=32_768)
def pair_bucket(first: str, second: str) -> int:
    return bucket(f"{first} {second}")


def occurrences(words: list[str], concepts: Mapping[str, str]) -> Iterator[tuple[int, float]]:
    """Every feature of a text, as often as it occurs."""
    for word in words:
        yield from word_features(word)
        if word in concepts:
            yield bucket(concepts[word]), CONCEPT
    for pair in pairs(words, concepts):
        yield pair, PAIR
    for meeting in meetings(words, concepts):
        yield meeting, MEETING


def pairs(words: list[str], concepts: Mapping[str, str]) -> list[int]:
    """Neighbours, as words and as what they mean."""
    found = [pair_bucket(first, second) for first, second in zip([START, *words], [*words, END], strict=True)]
    meant = [concepts.get(word, word) for word in words]
    typed = zip(pairwise(meant), pairwise(words), strict=True)
    return found + [pair_bucket(*concept) for concept, word in typed if concept != word]


def meetings(words: list[str], concepts: Mapping[str, str]) -> list[int]:
    """Concepts that stand anywhere in the same text: a bill with roaming on it is another matter than roaming."""
    distinct = dict.fromkeys(concepts.get(word, word) for word in words)
    met = sorted([word for word in distinct if word[0] == "<" or word in _ASKING][:_MOST_MET])
    return [meeting_bucket(first, second) for first, second in combinations(met, 2)]


@lru_cache(maxsize=32_768)
def meeting_bucket(first: str, second: str) -> int:
    return bucket(f"{first} with {second}")


def features(words: list[str], concepts: Mapping[str, str]) -> dict[int, float]:
    """All features of a text, scaled by the length of their list."""
    found: dict[int, float] = {}
    square = 0.0
    for index, value in occurrences(words, concepts):
        found[index] = found.get(index, 0.0) + value
        square += value * value
    length = square**0.5 or 1.0
    return {index: value / length for index, value in found.items()}
