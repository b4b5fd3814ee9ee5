"""Amounts of money may be repeated, never invented: each in an answer has to stand in what the agent was told."""

import re
from collections.abc import Iterator, Sequence

_NUMBER = re.compile(r"\d+(?:,\d+)*(?:\.\d+)?")
_GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_EUROPEAN = re.compile(r"\d+,\d\d")
_SIGN_BEFORE = re.compile(r"(?:[£€$¥£]|\b(?:GBP|EUR|USD))[\s*_]*[-−]?[\s*_]*\Z", re.IGNORECASE)
_SIGN_AFTER = re.compile(
    r"[\s*_]*(?:(?P<pence>p(?!\.?\s?m\b)\b|pence\b)|[£€¥£]|(?:GBP|EUR|USD|pounds?|euros?|dollars?)\b)", re.IGNORECASE
)
_LONGEST_SIGN = 8
_MICROS = 6
_LONGEST_NUMBER = 24
_SCREEN_LINES = frozenset(lines * 10**_MICROS for lines in (144, 240, 360, 480, 720, 1080, 1440, 2160))


class Facts:
    """The numbers of texts that an answer may repeat; read only when an answer names an amount."""

    def __init__(self, *texts: str) -> None:
        self._unread = list(texts)
        self._numbers: set[int] = set()

    def add(self, text: str) -> None:
        self._unread.append(text)

    def invented(self, answer: str) -> Sequence[str]:
        """The amounts in `answer` that are in none of the texts, as they are written there."""
        return [written for written, spellings in _amounts(answer) if not self._has(spellings)]

    def _has(self, spellings: tuple[int, ...]) -> bool:
        while self._unread:
            self._numbers.update(_numbers(self._unread.pop()))
        return not self._numbers.isdisjoint(spellings)


def _amounts(text: str) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Each with the numbers that may stand for it: £45.50 is 45.5 or 4550 pence, 45p is 45 or 0.45."""
    for number in _NUMBER.finditer(text):
        start, end = number.span()
        value = _value(number[0])
        if before := _SIGN_BEFORE.search(text, max(0, start - _LONGEST_SIGN), start):
            yield text[before.start() : end], (value, value * 100)
        elif (after := _SIGN_AFTER.match(text, end)) is None:
            continue
        elif not after["pence"]:
            yield text[start : after.end()], (value, value * 100)
        elif value not in _SCREEN_LINES:
            yield text[start : after.end()], (value, value // 100)


def _numbers(text: str) -> Iterator[int]:
    """Commas both ways, since "1,234" is one number in a sentence and two in a list."""
    for written in _NUMBER.findall(text):
        yield _value(written)
        if "," in written:
            yield from map(_micros, written.split(","))


def _value(written: str) -> int:
    if "," not in written:
        return _micros(written)
    if _GROUPED.fullmatch(written):
        return _micros(written.replace(",", ""))
    if _EUROPEAN.fullmatch(written):
        return _micros(written.replace(",", "."))
    return _micros(written.partition(",")[0])


def _micros(plain: str) -> int:
    """In millionths: whole numbers are found in a set many times faster than decimals."""
    whole, _, fraction = plain.partition(".")
    return int(whole[:_LONGEST_NUMBER] + fraction[:_MICROS].ljust(_MICROS, "0"))
