"""Where one message may hold several questions: sentences, and the clauses inside them."""

from dataclasses import dataclass

from agents.offline.planning.language import Word
from agents.offline.planning.patterns import pattern
from agents.offline.text import fold

_HARD = pattern("hard_break")
_SOFT = pattern("soft_break")
_STARTS = pattern("clause_start")
_CONTEXT = pattern("background")
_TOLD = pattern("told")
_WISH = pattern("wish")
_POINTING = pattern("pointing_back")
_REQUEST = pattern("request")
_ANNOUNCING = pattern("announcing")
_HANGING, _FRAMING, _LISTING = pattern("hanging"), pattern("framing"), pattern("listing")
_ASIDE = pattern("aside")
_OWN = frozenset({"my", "your", "<month>", "<year>"})


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
    def is_request(self) -> bool:
        return self.asked or bool(_REQUEST.match(" ".join(self.texts)))

    @property
    def points_back(self) -> bool:
        return bool(_POINTING.search(" ".join(self.texts)))

    @property
    def hangs(self) -> bool:
        """A condition, a limit or a closer description, which asks for nothing by itself."""
        return bool(_HANGING.match(" ".join(self.texts)))

    @property
    def frames(self) -> bool:
        return not self.asked and bool(_FRAMING.match(" ".join(self.texts)))

    def goes_on(self, before: "Clause") -> bool:
        """One more of the things that the clause before lists: "with 5G", "and free roaming"."""
        named = not self.asked and not self.begins_like_a_clause and _OWN.isdisjoint(self.texts)
        return named and not before.asked and bool(_LISTING.search(" ".join(before.texts)))

    @property
    def is_aside(self) -> bool:
        text = " ".join(self.texts)
        return not self.asked and bool(_ASIDE.match(text)) and not _WISH.search(text)

    @property
    def is_background(self) -> bool:
        """Told, not asked: "I was in Spain last week"."""
        text = " ".join(self.texts)
        return not self.asked and bool(_CONTEXT.match(text)) and not _WISH.search(text)

    @property
    def is_told(self) -> bool:
        """Any sentence about oneself: background where a request follows it."""
        text = " ".join(self.texts)
        return not self.asked and bool(_TOLD.match(text)) and not _WISH.search(text)


def clauses(text: str, words: list[Word]) -> list[Clause]:
    """The clauses of a `clean` text, in order."""
    folded = fold(text)
    found: list[Clause] = []
    start = 0
    counted = False
    for match in [*_HARD.finditer(folded), None]:
        end = match.start() if match else len(folded)
        found += _sentence(folded, words, start, end, asked=counted or bool(match and "?" in match.group()))
        start = match.end() if match else end
        counted = bool(match and match.group().strip("(.)").isdecimal())  # "1) my bill 2) a bigger plan" asks for both.
    return found


def _sentence(folded: str, words: list[Word], start: int, end: int, *, asked: bool) -> list[Clause]:
    """The words between the links; the links themselves ("as well as", "one more:") belong to no clause."""
    links = [match.span() for match in _SOFT.finditer(folded, start, end)]
    found: list[Clause] = []
    position = start
    for stop, following in [*links, (end, end)]:
        inner = tuple(word for word in words if position <= word.start < stop)
        if inner and not (stop < end and _ANNOUNCING.match(" ".join(word.text for word in inner))):
            found.append(Clause(inner, not found, asked and stop == end))
        position = following
    return found
