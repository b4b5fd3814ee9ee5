"""What a single typed word means: a rewrite, a number class, a known word, or the known word it is a typo of."""

import re
from typing import TYPE_CHECKING

from agents.offline.answering.reading.places import is_misspelt_country
from agents.offline.text import by_initial, nearest, unscrambled

if TYPE_CHECKING:
    from agents.offline.planning.language import Lexicon

_NUMBERS = (
    (re.compile(r"[£€$]\d[\d.,]*|\d+p"), "<money>"),
    (re.compile(r"(?:19|20)\d\d"), "<year>"),
    (re.compile(r"[+]?0?\d{9,}|07\d{3,}"), "<phone>"),
    (re.compile(r"\d{4,}"), "<id>"),
    (re.compile(r"\d+[/:.]\d+(?:[/.]\d+)?"), "<date>"),
    (re.compile(r"\d+(?:am|pm)"), "<time>"),
    (re.compile(r"\d+(?:st|nd|rd|th)?"), "<number>"),
)
_GLUED = re.compile(r"(\d+)(gb|gbs|mb|gig|gigs|g|mins|min|p|quid|k)")
_UNITS = {"gig": "gb", "gigs": "gb", "gbs": "gb", "g": "gb", "min": "minutes", "mins": "minutes", "quid": "pounds"}
_STRETCHED = re.compile(r"(.)\1{2,}")
_VOWELS = re.compile(r"(?<=.)[aeiou]")
_SHORTEST_SKELETON, _SHORTEST_PLACE = 4, 7


class Spelling:
    def __init__(self, lexicon: "Lexicon", also: frozenset[str]) -> None:
        self._lexicon = lexicon
        ours = {word for word in lexicon.strong | lexicon.weak | also if len(word) >= 4}
        self._ours = by_initial(word for word in ours if len(word) >= 5)
        self._names = by_initial(name for name in lexicon.names if " " not in name and len(name) >= 5)
        self._skeletons = {_VOWELS.sub("", word): word for word in sorted(ours) if len(word) >= 5}

    def meant(self, token: str) -> tuple[str, ...]:
        rewritten = self._lexicon.rewrites.get(token)
        if rewritten is not None:
            return tuple(rewritten.split())
        if token in self._lexicon.strong:
            return (token,)
        if token[0].isdigit() or token[0] in "£€$":
            return self._number(token)
        if token.endswith("'s"):
            return self.meant(token[:-2]) if len(token) > 2 else ()
        if token in self._lexicon.known or len(token) < 3:
            return (token,)
        plain = unscrambled(token)
        return (plain,) if plain != token else self._corrected(_STRETCHED.sub(r"\1", token))

    def _number(self, token: str) -> tuple[str, ...]:
        if glued := _GLUED.fullmatch(token):
            return ("<number>", _UNITS.get(glued[2], glued[2]))
        return next(((label,) for pattern, label in _NUMBERS if pattern.fullmatch(token)), (token,))

    def _corrected(self, token: str) -> tuple[str, ...]:
        lexicon = self._lexicon
        if token in lexicon.known or token in lexicon.rewrites:
            return (token,) if token in lexicon.known else tuple(lexicon.rewrites[token].split())
        singular = token.removesuffix("s")
        if singular != token and (singular in lexicon.names or singular in lexicon.known):
            return (lexicon.names.get(singular, token),)
        if ours := nearest(token, self._ours):
            return (ours,)
        if name := nearest(token, self._names):
            return (lexicon.names[name],)
        skeleton = _VOWELS.sub("", token)
        if len(token) - len(skeleton) <= 1 and len(skeleton) >= _SHORTEST_SKELETON and skeleton in self._skeletons:
            return (self._skeletons[skeleton],)
        return ("<country>",) if len(token) >= _SHORTEST_PLACE and is_misspelt_country(token) else (token,)
