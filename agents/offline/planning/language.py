"""From what people type to the words that the heads know: shorthand, other languages, typos, names and numbers."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from agents.offline.answering.reading.places import is_misspelt_country
from agents.offline.planning.spelling import Spelling
from agents.offline.text import fold, spans

_MONTH_OR_VERB = frozenset({"may", "march", "mar", "sun", "sat"})
_BEFORE_MONTH = re.compile(
    r"(?:\b(?:in|for|of|from|since|until|till|to|and|or|my|last|this|through|by|back|not|ok|okay|so|just|about|no|sorry"
    r"|meant|mean|said)|^|[,.]) *$"
)
_AFTER_MONTH = re.compile(
    r"^ *(?:bill|invoice|statement|payment|usage|please|pls|plz|thx|\?|$|\d{4}|'s|[,.!]|n\b|and\b|or\b|then\b|too\b"
    r"|instead\b|not\b|one\b)"
)
_LONGEST_NAME = 4
# "bs8 1th", typed as one word or two; "o2 4gb" and "the g7 2nd" are none.
_POSTCODE = re.compile(r"(?:[a-z]\d[a-z\d]? ?(?!\d(?:nd|rd|st|th))|[a-z]{2}\d[a-z\d]? ?)\d(?!gb|bn)[abd-hjlnp-uw-z]{2}")


@dataclass(frozen=True, slots=True)
class Word:
    """What is meant, and where it stands in the text; one typed word may mean several."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Compiled by the trainer, and extended by agents that it has not seen."""

    rewrites: Mapping[str, str]
    names: Mapping[str, str]
    concepts: Mapping[str, str]
    known: frozenset[str]
    strong: frozenset[str]
    weak: frozenset[str]
    other: frozenset[str]
    common: frozenset[str]


class Language:
    def __init__(self, lexicon: Lexicon, *, also: frozenset[str] = frozenset()) -> None:
        """`also` are words of agents that were not there at training: a typo of them is understood too."""
        self.lexicon = lexicon
        self._heads = frozenset(name.split()[0] for name in lexicon.names)
        self._spelling = Spelling(lexicon, also)
        self._meant: dict[str, tuple[str, ...]] = {}

    def words(self, text: str) -> list[Word]:
        """The meant words of a `clean` text."""
        folded = fold(text)
        found = spans(folded)
        words: list[Word] = []
        position = 0
        while position < len(found):
            token, start, end = found[position]
            taken = self._name(folded, found, position)
            if taken:
                label, count = taken
                words += [Word(meant, start, found[position + count - 1][2]) for meant in label.split()]
                position += count
                continue
            words += [Word(meant, start, end) for meant in self.meant(token)]
            position += 1
        return words

    def meant(self, token: str) -> tuple[str, ...]:
        known = self._meant.get(token)
        if known is None:
            if len(self._meant) > 50_000:
                self._meant.clear()
            known = self._meant[token] = self._spelling.meant(token)
        return known

    def _name(self, folded: str, found: list[tuple[str, int, int]], position: int) -> tuple[str, int] | None:
        """The longest name (country, month, company ...) that starts here, with its number of words."""
        if count := _postcode(found, position):
            return "<postcode>", count
        if _bare(found[position][0]) not in self._heads:
            return None
        for count in range(min(_LONGEST_NAME, len(found) - position), 0, -1):
            name = " ".join(_bare(part) for part, _, _ in found[position : position + count])
            label = self.lexicon.names.get(name)
            if label and not (name in _MONTH_OR_VERB and not _is_month(folded, found[position])):
                return label, count
        parts = [_bare(token) for token, _, _ in found[position : position + 2]]
        known = all(part in self.lexicon.known for part in parts)  # "the status" is none of "the states".
        return ("<country>", 2) if len(parts) > 1 and not known and is_misspelt_country(" ".join(parts)) else None


def _postcode(found: list[tuple[str, int, int]], position: int) -> int:
    """The number of words of the postcode that starts here."""
    token = found[position][0]
    if not token[-1].isdigit() and not token[1:2].isdigit() and not token[2:3].isdigit():
        return 0
    said = (" ".join(part for part, _, _ in found[position : position + count]) for count in (1, 2))
    return next((count for count, text in enumerate(said, 1) if _POSTCODE.fullmatch(text)), 0)


def _bare(token: str) -> str:
    return token.removesuffix("'s")


def _is_month(folded: str, token: tuple[str, int, int]) -> bool:
    _, start, end = token
    before, after = folded[max(0, start - 12) : start], folded[end : end + 12]
    if re.search(r"\b(?:in|for|of|since|until|till|last) *$", before):
        return True
    return bool(_BEFORE_MONTH.search(before) and _AFTER_MONTH.search(after))
