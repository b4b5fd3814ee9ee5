"""Countries as customers say them: names in eight languages, demonyms, big cities, slips of the finger."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import zip_longest

from rapidfuzz.distance import OSA

from agents.offline.answering.language.tables import slot_tables
from agents.offline.answering.language.vocabulary import EMPTY, meanings, stem, word_set
from agents.offline.answering.language.words import Line, is_taken_back
from agents.offline.text import fold

_LONGEST, _LONG = 5, 10
_SHORTEST, _SHORT = 4, 5
_DOUBLED = re.compile(r"(.)\1")
HOME = "GB"
_FIRST_NAMES = word_set("jordan georgia chad sydney florence paris jersey malta india holland israel kenya")
_CALLED = word_set("name this he she here daughter son wife husband friend")
_NAMING = frozenset(["i'm", "im", "it's", "hi", "hello", "dear", "called", "mr", "mrs", "ms", "miss"])
_CALLED_TO = re.compile(r"\b(?:call|calls|calling|ring|ringing|phone|phoning|text|texts|texting|sms)\b")
_NEGATED = re.compile(
    r"(?:\bnot|\bexcept|\bexcluding|\bisn't|\b(?:don't|dont|didn't|do not|did not) (?:want|need|mean)|\binstead of"
    r"|\brather than|\bother than|\bdropp(?:ed|ing)|\bscrapp(?:ed|ing)|\bskipp(?:ed|ing)|\bswapp(?:ed|ing)|\bforget)"
    r"(?: (?:for|in|the|to|from|of))*$"
)


@dataclass(frozen=True, slots=True)
class Country:
    """`sure` is false for a misspelt name that could be another one: ask before using it."""

    code: str
    first: int
    last: int
    negated: bool = False
    sure: bool = True

    @property
    def name(self) -> str:
        return slot_tables().names[self.code]


def find_countries(line: Line) -> tuple[Country, ...]:
    """Each country once, in the order of the text; home is left out where another one is named."""
    found: dict[str, Country] = {}
    named = list(_named(line))
    for country, later in zip_longest(named, named[1:]):
        other = later is not None and later.code != country.code
        taken_back = other and later is not None and is_taken_back(line, country.last, later.first)
        found.setdefault(country.code, replace(country, negated=True) if taken_back else country)
    abroad = [country for country in found.values() if country.code != HOME]
    return tuple(_called_from(line, abroad) if abroad else found.values())


def _named(line: Line) -> Iterator[Country]:
    index = 0
    while index < len(line.words):
        country = _at(line, index)
        if country is None:
            index += 1
            continue
        yield country
        index = country.last


def _at(line: Line, index: int) -> Country | None:
    countries = slot_tables().countries
    words = line.words
    for last in range(min(len(words), index + _LONGEST), index, -1):
        phrase = " ".join(word.text.removesuffix("'s").replace("'", " ") for word in words[index:last])
        code = countries.get(phrase)
        if code and _is_meant(line, index, phrase):
            return Country(code, index, last, negated=_is_negated(line, index))
    return None


def _is_meant(line: Line, index: int, phrase: str) -> bool:
    before = line.words[index - 1].text if index else ""
    if phrase == "us":
        written = line.original[line.words[index].start : line.words[index].end]
        return before == "the" or (written == "US" and not line.original.isupper())
    if phrase == "island":  # Iceland in German, and written so.
        return line.is_capital(index) and line.text(index + 1, index + 2) != "hopping"
    if phrase in _FIRST_NAMES:
        called = before == "is" and line.text(index - 2, index - 1) in _CALLED
        return before not in _NAMING and not called
    return phrase != "nz" or len(line.words) > 1


def _is_negated(line: Line, index: int) -> bool:
    return bool(_NEGATED.search(line.text(index - 5, index)))


def _called_from(line: Line, countries: list[Country]) -> list[Country]:
    """A call from one country to another is priced where it starts."""
    if len(countries) != 2 or not _CALLED_TO.search(line.joined):
        return countries
    starts = [c for c in countries if c.first and line.words[c.first - 1].text == "from"]
    joined = line.text(countries[0].last, countries[1].first) in ("or", "and")
    return starts if len(starts) == 1 and not joined else countries


def guess_countries(line: Line, taken: frozenset[int]) -> tuple[Country, ...]:
    """Misspelt names among words that mean nothing else; several countries for one word when it could be either."""
    safe = slot_tables().safe
    for size in (2, 1):
        for index in range(len(line.words) - size + 1):
            words = [word.text.removesuffix("'s") for word in line.words[index : index + size]]
            if not taken.isdisjoint(range(index, index + size)) or not all(word.isalpha() for word in words):
                continue
            if size == 1 and (
                len(words[0]) < _SHORTEST
                or words[0] in safe
                or words[0] in EMPTY
                or meanings(words[0]) != (stem(words[0]),)
            ):
                continue
            if found := _nearest(" ".join(words)):
                return tuple(Country(code, index, index + size, sure=sure) for code, sure in found)
    return ()


def is_misspelt_country(text: str) -> bool:
    """Whether a text of one or two words is close to the name of one country only."""
    found = _nearest(text) if text not in slot_tables().safe else ()
    return len(found) == 1 and found[0][1]


@lru_cache(maxsize=4096)
def _nearest(text: str) -> tuple[tuple[str, bool], ...]:
    """Country codes of the closest names, English before other languages, and whether there is no doubt."""
    tables = slot_tables()
    if text in tables.countries:
        return ()
    if " " in text and (len(text) < 8 or text.rsplit(maxsplit=1)[-1] in tables.safe):
        return ()
    limit = 1 if len(text) < 8 else 2
    scored: dict[str, tuple[int, bool]] = {}
    for name in tables.country_index.get(text[0], ()):
        if len(text) < _SHORT and (len(name) < _SHORT or fold(tables.names[tables.countries[name]]) != name):
            continue  # "itly" has lost a letter; four letters of anything are close to some city.
        if abs(len(name) - len(text)) <= limit and (" " in name) == (" " in text):
            distance = min(
                OSA.distance(text, name, score_cutoff=limit),
                OSA.distance(_DOUBLED.sub(r"\1", text), _DOUBLED.sub(r"\1", name), score_cutoff=limit) + 1,
            )
            if distance <= limit:
                code = tables.countries[name]
                foreign = fold(tables.names[code]) != name
                scored[code] = min((distance, foreign), scored.get(code, (limit, True)))
    best = min(scored.values(), default=(0, False))
    codes = [code for code, score in scored.items() if score == best]
    if best == (2, True) and len(text) < _LONG:
        return ()  # Two slips away from a city: "Atlantis" is not Atlanta.
    sure = len(codes) == 1 and (best[0] == 1 or not best[1] or len(text) >= _LONG)
    return tuple((code, sure) for code in codes[:3])
