"""Hashed features of a text: words, pairs of words, and the pieces of each word that survive a typing mistake."""

from functools import lru_cache
from zlib import crc32

BUCKETS = 1 << 18
_WORD, _PAIR, _PIECE = 1.5, 1.0, 0.6
_PIECES = (3, 4, 5)
_MASK = BUCKETS - 1


def bucket(feature: str) -> int:
    return crc32(feature.encode()) & _MASK


@lru_cache(maxsize=32_768)
def word_features(word: str) -> tuple[tuple[int, float], ...]:
    """A class such as `<country>` is one feature; other words also give their pieces."""
    found = [(bucket(word), _WORD)]
    if not word.startswith("<"):
        padded = f"_{word[:24]}_"
        found += [
            (bucket("#" + padded[start : start + size]), _PIECE)
            for size in _PIECES
            for start in range(len(padded) - size + 1)
        ]
    return tuple(found)


def pair_feature(first: str, second: str) -> tuple[int, float]:
    return bucket(f"{first} {second}"), _PAIR


def features(words: list[str]) -> dict[int, float]:
    """All features of a text, scaled to length one."""
    found: dict[int, float] = {}
    for word in words:
        for index, value in word_features(word):
            found[index] = found.get(index, 0.0) + value
    for first, second in zip(["<start>", *words], [*words, "<end>"], strict=True):
        index, value = pair_feature(first, second)
        found[index] = found.get(index, 0.0) + value
    length = sum(value * value for value in found.values()) ** 0.5 or 1.0
    return {index: value / length for index, value in found.items()}
