"""Where one message may hold several questions: sentences, and the clauses inside them."""

import re
from dataclasses import dataclass

from agents.offline.planning.language import Word
from agents.offline.text import fold

_HARD = re.compile(r"[?!;]+|\.+(?=\s|$)|\n+|(?:^|(?<=\s))\d[.)](?=\s)")
_SOFT = re.compile(
    r",?\s+(?:and also|and then|as well as|oh and|and|also|plus|then|but|n|&|\+|y|und|et)\s+|[,:]\s+|\s[-/]\s|\s*[&+]\s*"
)
_STARTS = re.compile(
    r"(?:how|what|when|which|who|why|where|is|are|am|do|does|did|can|could|will|would|should|may|have|has|i|we|my|show|tell|give|list|"
    r"compare|explain|cancel|help|please|also|need|want|get|check|send|any|there|let|set|your)\b"
)
_CONTEXT = re.compile(
    r"(?:(?:so|well|and|but|hi|hello|ok|yesterday|last (?:week|month|year)) )*"
    r"(?:i|we|my (?:wife|husband|son|daughter|partner|mother|father|parents|family|old \w+)|our \w+)(?: \w+)? "
    r"(?:am|are|is|was|were|been|had|go|going|went|off|heading|flying|travelling|travel|visited|stayed|pay|paid|changed|switched|moved|came|"
    r"live|work|use|took|spoke|called|rang|like|never|always|usually|normally|bought|updated|just|recently|use|drive|land|fly|joined|signed)\b"
)
_WISH = re.compile(
    r"\b(?:want|need|would like|wish|can not|cannot|unable|not work|not working|no (?:signal|service|reception|network|internet)|lost|stolen|"
    r"wrong|charged|overcharged|billed|twice|cancel|upgrade|complain|complaint|help|wonder|wondering|looking|due|owe|locked|broken|error|"
    r"how|what|when|which|why|where|who|tell|show|block|unlock|leave|dispute|refund|awful|terrible|slow|overdue|failed|bounced|ran out)\b"
)


_POINTING = re.compile(r"it|that|this|there|them|one|these|those|then")


@dataclass(frozen=True, slots=True)
class Clause:
    """Words that belong together; `starts_sentence` when a full stop or a line end stands before them."""

    words: tuple[Word, ...]
    starts_sentence: bool
    asked: bool

    @property
    def texts(self) -> list[str]:
        return [word.text for word in self.words]

    @property
    def begins_like_a_clause(self) -> bool:
        return bool(self.words and _STARTS.match(self.words[0].text))

    @property
    def is_asked(self) -> bool:
        """A question, a wish or an order, or a trouble that is told as one."""
        return self.asked or bool(_WISH.search(" ".join(self.texts)))

    @property
    def points_back(self) -> bool:
        return any(_POINTING.fullmatch(text) for text in self.texts)

    @property
    def is_background(self) -> bool:
        """Told, not asked: "I was in Spain last week"."""
        text = " ".join(self.texts)
        return not self.asked and bool(_CONTEXT.match(text)) and not _WISH.search(text)


def clauses(text: str, words: list[Word]) -> list[Clause]:
    """The clauses of a `clean` text, in order."""
    folded = fold(text)
    found: list[Clause] = []
    start = 0
    for match in [*_HARD.finditer(folded), None]:
        end = match.start() if match else len(folded)
        found += _sentence(folded, words, start, end, asked=bool(match and "?" in match.group()))
        start = match.end() if match else end
    return found


def _sentence(folded: str, words: list[Word], start: int, end: int, *, asked: bool) -> list[Clause]:
    ends = [match.start() for match in _SOFT.finditer(folded, start, end)] + [end]
    found: list[Clause] = []
    position = start
    for stop in ends:
        inner = tuple(word for word in words if position <= word.start < stop and word.end <= stop + 1)
        inner = tuple(word for word in inner if word.text not in ("and", "&") or word is not inner[0])
        if inner:
            found.append(Clause(inner, not found, asked and stop == end))
        position = stop
    return found
