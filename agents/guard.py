"""Amounts of money may be repeated, never invented: each in an answer has to stand in what the agent was told."""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

_NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+,\d\d(?![\d,])|\d+(?:\.\d+)?"
_AMOUNT = re.compile(
    rf"(?:[£€$¥£]|\b(?:GBP|EUR|USD))[\s*_]*[-−]?[\s*_]*({_NUMBER})"
    rf"|(?<![\d.,])({_NUMBER})[\s*_]*(?:[£€¥£]|(?:GBP|EUR|USD|pounds?|euros?|dollars?)\b)"
    rf"|(?<![\d.,])({_NUMBER})[\s*_]*(?:p(?!\.?\s?m\b)|pence)\b",
    re.IGNORECASE,
)
_PLAIN = re.compile(r"\d+(?:\.\d+)?")
_GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_EUROPEAN = re.compile(r"\d+,\d\d(?![\d,])")
_SCREEN_LINES = frozenset(map(Decimal, (144, 240, 360, 480, 720, 1080, 1440, 2160)))
_HUNDRED = Decimal(100)


class Facts:
    """The numbers of texts that an answer may repeat; read only when an answer names an amount."""

    def __init__(self, *texts: str) -> None:
        self._unread = list(texts)
        self._numbers: set[Decimal] = set()

    def add(self, text: str) -> None:
        self._unread.append(text)

    def invented(self, answer: str) -> Sequence[str]:
        """The amounts in `answer` that are in none of the texts, as they are written there."""
        return [written for written, spellings in _amounts(answer) if not self._has(spellings)]

    def _has(self, spellings: tuple[Decimal, ...]) -> bool:
        while self._unread:
            self._numbers.update(_numbers(self._unread.pop()))
        return not self._numbers.isdisjoint(spellings)


def _amounts(text: str) -> Iterator[tuple[str, tuple[Decimal, ...]]]:
    """Each with the numbers that may stand for it: £45.50 is 45.5 or 4550 pence, 45p is 45 or 0.45."""
    for found in _AMOUNT.finditer(text):
        signed, named, pence = found.groups()
        value = _value(pence or signed or named)
        if not pence:
            yield found[0], (value, value * _HUNDRED)
        elif value not in _SCREEN_LINES:
            yield found[0], (value, value / _HUNDRED)


def _numbers(text: str) -> Iterator[Decimal]:
    """Commas both ways, since "1,234" is one number in a sentence and two in a list."""
    yield from map(Decimal, _PLAIN.findall(text))
    for pattern in (_GROUPED, _EUROPEAN) if "," in text else ():
        yield from map(_value, pattern.findall(text))


def _value(written: str) -> Decimal:
    if _EUROPEAN.fullmatch(written):
        return Decimal(written.replace(",", "."))
    return Decimal(written.replace(",", ""))
