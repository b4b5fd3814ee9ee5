"""Whether a text asks for what a flag stands for, says no to it, or leaves it open."""

import re
from collections.abc import Sequence
from functools import lru_cache

from agents.offline.answering.language.vocabulary import meanings, stem, word_set
from agents.offline.answering.reading.reading import Reading
from agents.offline.answering.tools.parameters import Parameter

_FLAG_WORDS = word_set(
    "is has are be include includes included including with only show just want wants filter return must can on for of"
)
_NO = word_set("no not without non exclude excludes excluding skip hide ignore except")
_DENIALS = _NO | word_set(
    "don't dont doesn't doesnt didn't didnt isn't aren't hasn't haven't havent hasnt never wasn't weren't no none can't"
)
_STILL = re.compile(r"\b(?:still|yet|left|remains?|have|has|need) to (?:be )?$")
_OPPOSITE = re.compile(r"^(?:un|in|non)(?=[a-z]{3,}$)")
# Words with an `un` in front that deny nothing.
_WHOLE = word_set(
    "unlimited uncapped under unit union unique until included includes international internet insured index"
)
_ALIKE: tuple[frozenset[str], ...] = (
    word_set("unpaid outstanding owing overdue unsettled"),
    word_set("unlimited limitless uncapped endless infinite"),
    word_set("refurbished refurb used secondhand reconditioned renewed"),
    word_set("free inclusive included"),
    word_set("detailed itemised itemized detail breakdown"),
    word_set("active current live"),
    word_set("available stock"),
    word_set("eu europe european"),
    word_set("roaming abroad overseas"),
    word_set("accessible wheelchair accessibility"),
)
_NEAR = 4


def find_flag(parameter: Parameter, reading: Reading) -> bool | None:
    """True when what its name says is said, False when that is denied."""
    words, turned = _named(parameter.label)
    if not words:
        return None
    said = reading.line.meant.split()
    places = _places(words, said)
    if places is None:
        opposite = _opposite(words, said)
        return (not turned) if opposite else None
    denied = _is_denied(said, min(places))
    if turned:
        return True if denied else None
    return not denied


@lru_cache(maxsize=512)
def _named(label: str) -> tuple[tuple[str, ...], bool]:
    """The words that have to be said; `no_contract` is about a contract, and turned."""
    words = label.split()
    turned = not _NO.isdisjoint(words)
    return tuple(word for word in words if word not in _FLAG_WORDS and word not in _NO), turned


def _places(words: Sequence[str], said: Sequence[str]) -> list[int] | None:
    """Where each word stands, in this or another form; behind the first one words with its meaning will do."""
    found = []
    for index, word in enumerate(words):
        place = next((i for i, other in enumerate(said) if _is_same(word, other, loosely=index > 0)), None)
        if place is None:
            return None
        found.append(place)
    return found


@lru_cache(maxsize=4096)
def _is_same(word: str, other: str, *, loosely: bool) -> bool:
    if word == other or stem(word) == stem(other):
        return True
    if any(word in group and other in group for group in _ALIKE):
        return True
    return loosely and not set(meanings(word)).isdisjoint(meanings(other))


def _is_denied(said: Sequence[str], place: int) -> bool:
    """A no shortly before it: "without roaming", "I don't need unlimited data"; "not only" denies nothing."""
    before = said[max(place - _NEAR, 0) : place]
    last = max((i for i, word in enumerate(before) if word in _DENIALS), default=None)
    return last is not None and not {"only", "just", "if", "but", "sure"}.intersection(before[last:])


def _opposite(words: Sequence[str], said: Sequence[str]) -> bool:
    """`Not paid yet`, `still to be paid` are unpaid."""
    for word in words:
        positive = _OPPOSITE.sub("", word)
        if word in _WHOLE or positive == word:
            return False
        places = [i for i, other in enumerate(said) if _is_same(positive, other, loosely=True)]
        if not any(_is_denied(said, i) or _STILL.search(" ".join(said[max(i - _NEAR, 0) : i]) + " ") for i in places):
            return False
    return True
