"""Text as the embedded model compares it: folded, tokenised, and forgiving of one typing mistake."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache

from rapidfuzz.distance import OSA

_PLAIN = {"’": "'", "‘": "'", "`": "'", "´": "'", "“": '"', "”": '"', "–": "-", "—": "-", "…": ".", "ø": "o", "ł": "l"}
_TOKEN = re.compile(r"\b(?:[dlcjnst]|qu)(?='[^\W\d_]{2})|[£€$]\d+(?:[.,]\d+)*|\d+(?:[.,/:]\d+)+|[^\W_]+(?:'[^\W\d_]+)*")
_MINIMUM_FUZZY_LENGTH = 5
_AT_THE_MOMENT = re.compile(
    r"(?<!\ban)(?<!\bthe)(?<!\bnearest)(?<!\bclosest)(?<!\bbank)(?<!\bcash) atm(?=[\s?.!]*$)", re.IGNORECASE
)


class _Folding(dict[int, str]):
    """One character for one character, so that places in the folded text are places in the original."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        plain = _PLAIN.get(character) or unicodedata.normalize("NFKD", character).casefold()[:1] or " "
        folded = "\n" if character == "\n" else " " if unicodedata.category(plain)[0] in "CZ" else plain
        self[code] = folded
        return folded


_FOLDING = _Folding()


def clean(text: str) -> str:
    """Composed characters, without invisible ones."""
    composed = spelled(unicodedata.normalize("NFC", text))
    return composed if composed.isascii() else "".join(c for c in composed if unicodedata.category(c) != "Cf")


def spelled(text: str) -> str:
    """With what one abbreviation means at the end of a question; elsewhere an ATM is a cash machine."""
    return _AT_THE_MOMENT.sub(" at the moment", text)


def fold(text: str) -> str:
    """Lower case without accents or typographic quotes; of a `clean` text it keeps every place."""
    return text.translate(_FOLDING)


def tokens(folded: str) -> list[str]:
    """Words, numbers and amounts of money; `i'm`, `5gb` and `o2` are one each."""
    return _TOKEN.findall(folded)


def spans(folded: str) -> list[tuple[str, int, int]]:
    """`tokens` with where each of them starts and ends."""
    return [(match.group(), match.start(), match.end()) for match in _TOKEN.finditer(folded)]


def unscrambled(word: str) -> str:
    """`teh` is `the`: a common word with all its letters, in another order behind the first."""
    return _SCRAMBLED.get(_letters(word), word) if len(word) > 2 else word


def _letters(word: str) -> str:
    return word[0] + "".join(sorted(word[1:]))


_COMMON = """
the that than this them then with what when where which first second third only does have just your about would plan
bill data last month much many cheaper higher lower
"""
_SCRAMBLED = {_letters(word): word for word in _COMMON.split()}


@lru_cache(maxsize=16_384)
def is_typo_of(word: str, known: str) -> bool:
    """One slip of the finger (insert, drop, replace, swap) in a word that is long enough for it to mean something."""
    if len(known) < _MINIMUM_FUZZY_LENGTH or abs(len(word) - len(known)) > 1 or word[:1] != known[:1]:
        return False
    return OSA.distance(word, known, score_cutoff=1) <= 1


def by_initial(words: Iterable[str]) -> Mapping[str, tuple[str, ...]]:
    """Words grouped by their first letter, which people rarely get wrong."""
    grouped: dict[str, list[str]] = {}
    for word in sorted(set(words)):
        grouped.setdefault(word[:1], []).append(word)
    return {initial: tuple(group) for initial, group in grouped.items()}


def nearest(word: str, index: Mapping[str, tuple[str, ...]]) -> str | None:
    """The known word that `word` is, or is a typo of."""
    candidates = index.get(word[:1], ())
    if word in candidates:
        return word
    return next((known for known in candidates if is_typo_of(word, known)), None)
