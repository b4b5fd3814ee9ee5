"""One customer text, read once: the months, countries and numbers in it and the meaning of the other words."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from agents.offline.answering.language import cues
from agents.offline.answering.language.vocabulary import EMPTY, is_known, meanings, stem
from agents.offline.answering.language.words import NUMBERS, Line, read_line
from agents.offline.answering.reading.month_counts import counted_months, dated_months
from agents.offline.answering.reading.month_names import named_months
from agents.offline.answering.reading.months import Month, in_order
from agents.offline.answering.reading.places import Country, find_countries, guess_countries
from agents.offline.text import fold

_LONGEST_NAME = 5
_LITTLE = 2
_NETWORKS = ("3g", "4g", "5g")


@dataclass(frozen=True, slots=True)
class Reading:
    """`meanings` has one entry per word that is neither empty nor an entity.

    `elliptic` texts lean on what was said before; `matter` texts ask what a certain thing is.
    """

    line: Line
    months: tuple[Month, ...]
    countries: tuple[Country, ...]
    meanings: tuple[tuple[str, ...], ...]
    plurals: frozenset[str]
    taken: frozenset[int]
    count: int | None
    count_unit: str
    elliptic: bool
    pointing: bool
    definite: bool
    why: bool
    listing: bool
    own: bool
    asking: bool
    past: bool
    future: bool
    happened: bool
    matter: bool
    both: bool
    has: bool
    superlative: bool
    now: bool
    recalls: bool
    adds: bool
    there: bool
    at_sea: bool
    of_those: bool
    of_that: bool
    amount: bool
    way: bool
    everything: bool
    year: int | None

    @property
    def leans(self) -> bool:
        """Says next to nothing by itself: "how long does that take"."""
        said = len(self.meanings)
        stands_in = bool(cues.STAND_IN.search(self.line.meant)) and not self.way
        return (
            stands_in
            or (self.pointing and said <= cues.MOST_LEANING)
            or (self.elliptic and said <= _LITTLE and not self.way)
        )

    @property
    def unknown_place(self) -> bool:
        """Names a place that is none we know."""
        named = cues.PLACE.fullmatch(self.line.original.strip())
        if named is None or self.months or self.countries or not named[1][0].isupper() or self.line.original.isupper():
            return False
        return not any(is_known(word.lower()) for word in named[1].split())

    @property
    def month_open(self) -> bool:
        """Speaks of one month without naming it: "my bill for 2019", "the bill of that month"."""
        return not self.months and (self.year is not None or bool(cues.MONTH_OPEN.search(self.line.meant)))

    @property
    def dated(self) -> bool:
        """Names a day, not a month only."""
        return any(month.day for month in self.months)

    @property
    def named_months(self) -> tuple[Month, ...]:
        return tuple(month for month in self.months if not month.negated)

    @property
    def named_countries(self) -> tuple[Country, ...]:
        return tuple(country for country in self.countries if not country.negated)


@lru_cache(maxsize=2048)
def read(text: str, *, guess: bool = False) -> Reading:
    """With `guess`, a misspelt country counts where none is spelt right."""
    line = read_line(text)
    months = _months(line)
    taken = {i for month in months for i in range(month.first, month.last)}
    countries = find_countries(line)
    if guess:
        countries = _guessed(line, countries, taken)
    told = _told(line)
    months = tuple(month for month in months if not cues.LEAVING.search(line.text(month.first - 8, month.first)))
    months = tuple(month for month in months if month.first >= told) or months
    countries = tuple(country for country in countries if country.first >= told) or countries
    taken |= {i for country in countries for i in range(country.first, country.last)}
    count = cues.COUNT.search(line.meant)
    joined = line.meant
    return Reading(
        line=line,
        months=months,
        countries=countries,
        meanings=tuple(dict.fromkeys(_meanings(line, taken))),
        plurals=frozenset(_plurals(line)),
        taken=frozenset(taken),
        count=_number(count[1] or count[3]) if count else None,
        count_unit=(count[2] or count[4] or "") if count else "",
        elliptic=bool(cues.OPENING.match(joined) or cues.MORE.match(joined))
        or len(line.words) - len(taken) <= 2
        or _is_a_name(line),
        asking=not cues.ASKING.isdisjoint(cues.OPENING.sub("", joined).split()),
        **{name: bool(pattern.search(joined)) for name, pattern in cues.FLAGS.items()},
        has=bool(cues.HAS.search(cues.HELD_AGAINST.sub("", joined))) and not cues.REMAINING.search(joined),
        year=next(
            (int(w.text) for i, w in enumerate(line.words) if i not in taken and cues.YEAR.fullmatch(w.text)), None
        ),
    )


def _months(line: Line) -> tuple[Month, ...]:
    found = [*dated_months(line), *counted_months(line)]
    taken = {index for month in found for index in range(month.first, month.last)}
    return in_order(line, [*found, *named_months(line, taken)])


def _guessed(line: Line, countries: tuple[Country, ...], taken: set[int]) -> tuple[Country, ...]:
    """Misspelt countries where none is spelt right, or beside one that is: `Germny and Austria`."""
    known = {i for country in countries for i in range(country.first, country.last)}
    guesses = guess_countries(line, frozenset(taken | known))
    if not countries or not guesses:
        return countries or guesses
    guess = guesses[0]
    around = {line.text(guess.first - 1, guess.first), line.text(guess.last, guess.last + 1)}
    joined = guess.sure and not around.isdisjoint(("and", "or", "n", "to"))
    return tuple(sorted((*countries, guess), key=lambda country: country.first)) if joined else countries


def _told(line: Line) -> int:
    """How many words tell a story before the question: "I was in Spain in May. What does Italy cost?"."""
    match = cues.STORY.match(fold(line.original))
    return sum(word.start < match.end() for word in line.words) if match else 0


def _number(text: str) -> int:
    return int(text) if text.isdecimal() else cues.OTHERS.get(text) or NUMBERS[text]


def _meanings(line: Line, taken: set[int]) -> Iterator[tuple[str, ...]]:
    refused = {last - 1 for _, _, last in line.find(cues.REFUSED)}
    for index, word in enumerate(line.words):
        if (
            index not in taken | refused
            and (word.text[0].isalpha() or word.text in _NETWORKS)
            and word.text not in EMPTY
            and _says(word.plain)
        ):
            yield meanings(word.text)
    for phrase, meaning in cues.PHRASES:
        if phrase.search(line.meant):
            yield (meaning,)


def _is_a_name(line: Line) -> bool:
    """`Phone Plan Unlimited`, and nothing else."""
    named = (line.is_capital(index) or word.text[0].isdigit() for index, word in enumerate(line.words))
    return len(line.words) <= _LONGEST_NAME and not line.original.isupper() and all(named)


def _says(plain: str) -> bool:
    return not EMPTY.issuperset(plain.split())


def _plurals(line: Line) -> Iterator[str]:
    for word in line.words:
        if word.text.endswith("s") and not word.text.endswith(("'s", "ss")) and stem(word.text) != word.text:
            yield from meanings(word.text)
