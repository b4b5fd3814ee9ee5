"""Sentences from lines such as `(show|give) me my bill for {month}`, and the noise of real typing."""

import itertools
import random
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

DATA = Path(__file__).with_name("data")
_CHOICE = re.compile(r"\(([^()]*\|[^()]*)\)")
_SLOT = re.compile(r"\{(\w+)\}")

_LISTS = tomllib.loads(Path(__file__).with_name("slots.toml").read_text("utf-8"))
SLOTS: Mapping[str, Sequence[str]] = _LISTS["slots"]
OPENINGS: Sequence[str] = _LISTS["openings"]
CLOSINGS: Sequence[str] = _LISTS["closings"]
_KEYS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")


def lines(name: str) -> list[str]:
    return [line.strip() for line in (DATA / f"{name}.txt").read_text("utf-8").splitlines() if line.strip()]


def expansions(line: str, *, most: int, chance: random.Random) -> list[str]:
    """Different sentences of one line, `most` at the most."""
    pieces = _pieces(line)
    total = 1
    for piece in pieces:
        total *= len(piece)
    if total <= most * 4:
        found = ["".join(parts) for parts in itertools.product(*pieces)]
        chance.shuffle(found)
    else:
        found = ["".join(chance.choice(piece) for piece in pieces) for _ in range(most * 2)]
    unique = list(dict.fromkeys(" ".join(text.split()) for text in found))[:most]
    times = 4 if total == 1 and "{" in line else 1
    return list(dict.fromkeys(fill(text, chance) for text in unique * times))[:most]


def _pieces(line: str) -> list[list[str]]:
    pieces: list[list[str]] = []
    last = 0
    for match in _CHOICE.finditer(line):
        pieces += [[line[last : match.start()]], match[1].split("|")]
        last = match.end()
    return [*pieces, [line[last:]]]


def fill(text: str, chance: random.Random) -> str:
    return _SLOT.sub(lambda slot: chance.choice(SLOTS[slot[1]]), text)


def mistyped(text: str, chance: random.Random) -> str:
    """One or two slips: a letter dropped, doubled, swapped or replaced by its neighbour."""
    letters = list(text)
    for _ in range(1 + (len(letters) > 30)):
        place = chance.randrange(1, max(2, len(letters) - 1)) if len(letters) > 3 else 0
        if place and letters[place].isalpha() and letters[place - 1].isalpha():
            letters[place : place + 1] = _slip(letters, place, chance)
    return "".join(letters)


def _slip(letters: list[str], place: int, chance: random.Random) -> list[str]:
    kind = chance.randrange(4)
    letter = letters[place]
    if kind == 0:
        return []
    if kind == 1:
        return [letter, letter]
    if kind == 2:
        letters[place - 1], letter = letter, letters[place - 1]
        return [letter]
    row = next((row for row in _KEYS if letter.lower() in row), letter)
    spot = row.find(letter.lower())
    return [row[max(0, min(len(row) - 1, spot + chance.choice((-1, 1))))]]


def shelled(text: str, chance: random.Random) -> str:
    """Politeness before and after, as it also stands around what is not for us."""
    opening = chance.choice(OPENINGS) + chance.choice((" ", ", ", " - ", ". ")) if chance.random() < 0.6 else ""
    closing = chance.choice((" ", ", ")) + chance.choice(CLOSINGS) if chance.random() < 0.5 else ""
    return opening + text + closing


def reworded(text: str, groups: Mapping[str, Sequence[str]], chance: random.Random, *, dropped: float) -> str:
    """Another word of the same concept here and there; only words of no concept are left out."""
    found = []
    for word in text.split():
        others = groups.get(word.lower())
        if others:
            found.append(chance.choice(others) if chance.random() < 0.5 else word)
        elif chance.random() >= dropped:
            found.append(word)
    return " ".join(found) or text


def variants(text: str, groups: Mapping[str, Sequence[str]], chance: random.Random, *, dropped: float) -> Iterator[str]:
    yield text
    if chance.random() < 0.3:
        yield shelled(text, chance)
    if chance.random() < 0.25:
        yield mistyped(text, chance)
    if len(text.split()) > 2 and chance.random() < 0.5:
        yield reworded(text, groups, chance, dropped=dropped)
