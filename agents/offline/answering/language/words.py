"""A text as words that know where they stand in it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from agents.offline.answering.language.tables import slot_tables
from agents.offline.text import fold, spelled, unscrambled

_LONGEST = 2000
_QUOTES = str.maketrans("’‘`´“”–—", "''''\"\"--")
_WORD = re.compile(
    r"\b(?:[dlcjnst]|qu)(?='[^\W\d_]{2})"  # d'avril is two words
    r"|[£€$]\s?\d[\d,]*(?:\.\d+)?|\d+(?:[.,/:]\d+)*[^\W\d_]*|\b(?:add|bolt|top)[- ]?(?:ons?|ups?)\b"
    r"|[^\W\d_]+(?:'[^\W\d_]+)*|[^\W_]+",
    re.IGNORECASE,
)
_SPOKEN = """zero
one un uno une ein eine een jeden
two couple dos zwei deux due twee dwa dois
three tres drei trois tre drie trzy few
four cuatro vier quatre quattro quatro
five cinco funf cinq cinque vijf
six seis sechs sei zes
seven
eight
nine
ten
eleven
twelve dozen"""
NUMBERS = {word: number for number, words in enumerate(_SPOKEN.splitlines()) for word in words.split()}
_HESITATIONS = frozenset(["um", "umm", "uh", "uhm", "erm", "er", "hm", "hmm", "mhm", "ugh", "lol", "haha"])
_AFTER_WHY = frozenset(["is", "was", "are", "were", "did", "does", "do", "has", "have", "my", "am", "so"])


_TAKEN_BACK = re.compile(r"^(?:[^ ]+ )?(?:no|nope|sorry|wait|i mean|i meant|or rather|actually|make that|make it)\b")


@dataclass(frozen=True, slots=True)
class Word:
    """`text` is folded, `plain` is that in plain English; `start` and `end` count characters of the original."""

    text: str
    plain: str
    start: int
    end: int

    @property
    def number(self) -> int | None:
        return int(self.text) if self.text.isdecimal() and len(self.text) < 10 else NUMBERS.get(self.text)


@dataclass(frozen=True, slots=True)
class Line:
    """`joined` is the words with one space between, which patterns look at; `meant` is that in plain English."""

    original: str
    words: tuple[Word, ...]
    joined: str
    meant: str
    starts: dict[int, int]

    def find(self, pattern: re.Pattern[str]) -> Iterator[tuple[re.Match[str], int, int]]:
        """Matches with the words that they cover, as a half-open range."""
        for match in pattern.finditer(self.joined):
            first = self.starts.get(match.start())
            if first is not None:
                yield match, first, first + match.group().count(" ") + 1

    def between(self, first: int, last: int) -> str:
        """The original characters of a half-open range of words."""
        return self.original[self.words[first].start : self.words[last - 1].end] if first < last else ""

    def text(self, first: int, last: int) -> str:
        return " ".join(word.text for word in self.words[max(first, 0) : last])

    def gap(self, index: int) -> str:
        """What stands in the original between this word and the next one."""
        following = self.words[index + 1].start if index + 1 < len(self.words) else len(self.original)
        return self.original[self.words[index].end : following]

    def is_capital(self, index: int) -> bool:
        return self.original[self.words[index].start].isupper()


def is_taken_back(line: Line, last: int, following: int) -> bool:
    """Whether what stands between two names takes the first back: "January, no wait, I mean February"."""
    return _TAKEN_BACK.search(line.text(last, following)) is not None


def _in_order(match: re.Match[str]) -> str:
    word = match[0].lower()
    return match[0] if (plain := unscrambled(word)) == word else plain


@lru_cache(maxsize=4096)
def _folded(token: str) -> str:
    folded = fold(token).replace(" ", "")
    return folded if folded[:1].isdigit() else folded.replace("-", "")


@lru_cache(maxsize=2048)
def read_line(text: str) -> Line:
    """Of a very long text the beginning and the end."""
    half = _LONGEST // 2
    original = (text if len(text) <= _LONGEST else f"{text[:half]} {text[-half:]}").translate(_QUOTES)
    original = _WORD.sub(_in_order, spelled(original))
    found = [(_folded(match.group()), match.start(), match.end()) for match in _WORD.finditer(original)]
    found = [word for word in found if word[0] not in _HESITATIONS] or found
    plain = _plain([text for text, _, _ in found])
    words = tuple(Word(text, meant, start, end) for (text, start, end), meant in zip(found, plain, strict=True))
    starts: dict[int, int] = {}
    position = 0
    for index, word in enumerate(words):
        starts[position] = index
        position += len(word.text) + 1
    joined = " ".join(word.text for word in words)
    return Line(original, words, joined, " ".join(word.plain for word in words if word.plain), starts)


def _plain(texts: list[str]) -> list[str]:
    """Without shorthand and other languages; a lone `y` asks why before a verb and joins elsewhere."""
    table = slot_tables().meant
    return [
        table.get(text, text) if text != "y" else "why" if {*texts[index + 1 : index + 2]} <= _AFTER_WHY else "and"
        for index, text in enumerate(texts)
    ]


def label(name: str) -> str:
    """`due_date` or `dueDate` as people write it: `due date`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|[_\-.]+", " ", name).strip().lower()
