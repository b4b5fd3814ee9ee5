"""A text as the roots of its words, which names of values are looked for in."""

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from agents.offline.answering.language.tables import slot_tables
from agents.offline.answering.language.vocabulary import stem, word_set
from agents.offline.answering.language.words import read_line

type Phrase = tuple[str, ...]

_LEFT_OUT = word_set("the a an my your our his her their too very some")
_ENDINGS = ("ation", "ition", "ement", "ment", "ance", "ence", "anc", "enc", "ion", "at", "y")
_SHORTEST = 4
_NUMBERS = {
    **{"two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8", "ten": "10"},
    **{"twelve": "12", "fifteen": "15", "eighteen": "18", "twenty": "20", "thirty": "30", "forty": "40", "fifty": "50"},
    **{"sixty": "60", "eighty": "80", "hundred": "100"},
}
_TENS = re.compile(r"\b(twenty|thirty|forty|fifty|sixty|eighty) (two|three|four|five|six|seven|eight)\b")
_GIGS = re.compile(
    rf"\b(?:(another|extra|additional|more) )?(\d+(?:\.\d+)?|one|{'|'.join(_NUMBERS)})"
    r" ?(?:gb|gigs?|gigabytes?)\b( more| extra)?"
)
_IDIOMS = re.compile(r"\b(where|wherever|anywhere|what|why|how|who) in the world\b")
_ADD_ONS = re.compile(r"\b(?:add|bolt) ?ons?\b")


@dataclass(frozen=True, slots=True)
class Spoken:
    """`places` tells which of the `words` each of the `roots` is; articles and possessives have none.

    `countries` are the half-open ranges of words that are the name of a country.
    """

    words: tuple[str, ...]
    roots: Phrase
    places: tuple[int, ...]
    countries: tuple[tuple[int, int], ...]


@lru_cache(maxsize=8192)
def root(word: str) -> str:
    """What `insured` and `insurance`, `cancel` and `cancellation` share."""
    short = stem(_NUMBERS.get(word, word))
    for ending in _ENDINGS:
        if short.endswith(ending) and len(short) - len(ending) >= _SHORTEST:
            short = short[: -len(ending)]
            break
    return short[:-1] if len(short) > _SHORTEST and short[-1] == short[-2] and short[-1] not in "s" else short


@lru_cache(maxsize=4096)
def phrase(text: str) -> Phrase:
    return spoken(read_line(text).meant).roots


@lru_cache(maxsize=2048)
def spoken(meant: str) -> Spoken:
    words = tuple(_measured(meant.replace("-", " ")).split())
    places = tuple(place for place, word in enumerate(words) if word not in _LEFT_OUT)
    return Spoken(words, tuple(root(words[place]) for place in places), places, _countries(words))


def _measured(meant: str) -> str:
    """`20 gigs` as the one word `20gb`, which is no data by itself; another 20 are more data."""
    tens = _TENS.sub(lambda match: str(int(_NUMBERS[match[1]]) + int(_NUMBERS[match[2]])), _IDIOMS.sub(r"\1", meant))
    return _GIGS.sub(_gigs, _ADD_ONS.sub("addon", tens))


def _gigs(match: re.Match[str]) -> str:
    number = "1" if match[2] == "one" else _NUMBERS.get(match[2], match[2])
    return f"{number}gb extra data" if match[1] or match[3] else f"{number}gb"


def _countries(words: tuple[str, ...]) -> tuple[tuple[int, int], ...]:
    names, openings = slot_tables().countries, _openings()
    return tuple(
        (first, last)
        for first, word in enumerate(words)
        if word in openings
        for last in range(first + 1, min(first + 4, len(words)) + 1)
        if " ".join(words[first:last]) in names
    )


@cache
def _openings() -> frozenset[str]:
    return frozenset(name.split()[0] for name in slot_tables().countries)
