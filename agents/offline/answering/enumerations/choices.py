"""Which values of an enumeration a text names."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from rapidfuzz.distance import OSA

from agents.offline.answering.enumerations.aliases import known_roots
from agents.offline.answering.enumerations.own_names import Name, Rank
from agents.offline.answering.enumerations.value_names import ValueNames, value_names
from agents.offline.answering.language.spoken import Phrase, Spoken, root, spoken
from agents.offline.answering.language.tables import slot_tables
from agents.offline.answering.language.vocabulary import EMPTY, is_known, stem, word_set
from agents.offline.answering.language.words import Line
from agents.offline.answering.tools.parameters import Parameter

_NOT = word_set(
    "not isn't isnt aren't without except excluding excl outside exclude nor don't dont doesn't doesnt didn't"
)
_NOT_PAIRS = frozenset(
    [
        *("anything but", "everything but", "all but", "other than", "apart from", "instead of", "rather than"),
        *("aside from", "enough of", "sick of", "tired of", "up with", "done with", "rid of", "away from"),
    ]
)
_BETWEEN = word_set("of the a an any my for by with in on from want need like to about mean meant me give show")
_CALLING = frozenset(("call", "ring"))
_LEAVING = word_set("from while when if and or than then")
_PEOPLE = word_set("my our his her their someone somebody people family friends relatives")
_POLITE = word_set("please pls just only by the on ok yes")
_LINKS = frozenset(map(root, word_set("and or vs v versus against with to compare comparing comparison")))
_LETTER = re.compile(r"\be (sim|mail)")
_FARTHEST = 8
_SPREAD = 3
_FUZZY, _TWO_SLIPS = 5, 8


@dataclass(frozen=True, slots=True)
class _Found:
    """A name in a text and the words that it covers, counted without articles."""

    value: str
    rank: Rank
    covers: frozenset[int]
    phrase: bool = True

    @property
    def first(self) -> int:
        return min(self.covers)

    @property
    def spread(self) -> int:
        return max(self.covers) - min(self.covers)


def find_choices(line: Line, parameter: Parameter) -> tuple[str, ...]:
    """Values in the order of the text; of names that overlap the longest counts, then the surest."""
    letter = _LETTER.search(line.joined)
    return _choices(line.meant.replace(f"and {letter[1]}", f"e{letter[1]}") if letter else line.meant, parameter)


@lru_cache(maxsize=4096)
def _choices(meant: str, parameter: Parameter) -> tuple[str, ...]:
    names, said = value_names(parameter), spoken(meant)
    if value := names.alone.get(" ".join(word for word in said.words if word not in _POLITE)):
        return (value,)
    found = _settled(_all(said, names))
    if not found and (roots := _corrected(said, names)) != said.roots:
        found = _settled(_all(Spoken(said.words, roots, said.places, said.countries), names))
    found = sorted((*found, *_linked(said, names, found)), key=lambda one: one.first) if names.short else found
    denied: set[str] = set()
    meant_values: dict[str, None] = {}
    previous: _Found | None = None
    for one in found:
        if _is_negated(said, one) or (previous and previous.value in denied and _joins(said, previous, one)):
            denied.add(one.value)
        else:
            meant_values[one.value] = None
        previous = one
    return _both(tuple(value for value in meant_values if value not in denied), parameter)


def _both(values: tuple[str, ...], parameter: Parameter) -> tuple[str, ...]:
    """`calls and texts` of `calls`, `texts` and `both`."""
    rest = {value for value in parameter.choices if value.lower() != "both"}
    both = next((value for value in parameter.choices if value.lower() == "both"), None)
    return (both,) if both and len(rest) == 2 and rest == set(values) and not parameter.many else values


def _settled(found: Iterator[_Found]) -> list[_Found]:
    kept: list[_Found] = []
    for one in sorted(found, key=lambda one: (-len(one.covers), one.spread, not one.phrase, -one.rank, one.first)):
        clash = [other for other in kept if other.covers & one.covers]
        if all(other.value == one.value or (other.covers == one.covers and other.rank == one.rank) for other in clash):
            kept.append(one)
    return sorted(kept, key=lambda one: one.first)


def _all(said: Spoken, names: ValueNames) -> Iterator[_Found]:
    roots = said.roots
    for first in range(len(roots)):
        for last in range(first + 1, min(first + names.longest.get(roots[first], 0), len(roots)) + 1):
            for name in names.phrases.get(roots[first:last], ()):
                if not _is_other(said, name, first, last):
                    yield _Found(name.value, name.rank, frozenset(range(first, last)))
    for first, pair in enumerate(pairwise(said.places)):
        if value := names.joined.get(said.words[pair[0]] + said.words[pair[1]]):
            yield _Found(value, Rank.OWN, frozenset((first, first + 1)))
    yield from _bagged(roots, names)
    yield from _called_abroad(said, names)


def _is_other(said: Spoken, name: Name, first: int, last: int) -> bool:
    """Whether the words around make it something else: `call me`, `South Africa`."""
    start, end = said.places[first], said.places[last - 1] + 1
    before, behind = said.words[start - 1 : start], said.words[end : end + 1]
    if last - first == 1 and (not name.after.isdisjoint(before) or not name.then.isdisjoint(behind)):
        return True
    return any(f <= start and end <= t and t - f > end - start for f, t in said.countries)


def _bagged(roots: Phrase, names: ValueNames) -> Iterator[_Found]:
    """All the words of a value near each other, in any order."""
    for value, bag in ((value, bag) for value, bags in names.bags.items() for bag in bags):
        places = [place for place, word in enumerate(roots) if word in bag] if bag <= set(roots) else []
        for first in range(len(places) - len(bag) + 1):
            near = places[first : first + len(bag)]
            if near[-1] - near[0] < len(bag) + _SPREAD and {roots[place] for place in near} == bag:
                yield _Found(value, Rank.PART, frozenset(near), phrase=False)


def _linked(said: Spoken, names: ValueNames, found: list[_Found]) -> Iterator[_Found]:
    """`Smart 20 or 100`, `the 10 against the 50`: a short name is clear beside another."""
    taken = {place for one in found for place in one.covers}
    near: list[_Found] = []
    for place, word in enumerate(said.roots):
        around = {*said.roots[max(place - 1, 0) : place], *said.roots[place + 1 : place + 2]}
        if word in names.short and place not in taken and around and around <= _LINKS:
            near.append(_Found(names.short[word], Rank.WORD, frozenset((place,))))
    if found or len(near) > 1:
        yield from near


def _called_abroad(said: Spoken, names: ValueNames) -> Iterator[_Found]:
    """`calling my mum in India` is an international call; `calls in India` are made there."""
    verbs = [i for i, place in enumerate(said.places) if _is_calling(said, place)] if names.abroad else []
    for first, last in (*said.countries, *_overseas(said)) if verbs else ():
        if _is_from_elsewhere(said, last):
            continue
        for verb in verbs:
            start = said.places[verb]
            between = said.words[start + 1 : first]
            there = between[-1:] != ("in",) or not _PEOPLE.isdisjoint(between)
            if first > start and len(between) < _FARTHEST and there and _LEAVING.isdisjoint(between) and names.abroad:
                covers = [i for i, place in enumerate(said.places) if start <= place < last]
                yield _Found(names.abroad.value, names.abroad.rank, frozenset(covers))


def _is_from_elsewhere(said: Spoken, place: int) -> bool:
    """`calling the UK from Australia` is done there."""
    names = slot_tables().countries
    starts = [(first, last) for first, last in said.countries if place < first <= place + 2]
    return said.words[place : place + 1] == ("from",) and any(
        names[" ".join(said.words[first:last])] != "GB" for first, last in starts
    )


def _is_calling(said: Spoken, place: int) -> bool:
    """A `phone` is a thing unless it is what one does."""
    word = root(said.words[place])
    return word in _CALLING or (word == "phon" and said.words[place - 1 : place] in (("to",), ("can",), ("i",)))


def _overseas(said: Spoken) -> Iterator[tuple[int, int]]:
    return ((place, place + 1) for place, word in enumerate(said.words) if word in ("abroad", "overseas"))


def _is_negated(said: Spoken, one: _Found) -> bool:
    place = said.places[one.first] - 1
    while (
        place >= 0 and said.words[place] in _BETWEEN and " ".join(said.words[place - 1 : place + 1]) not in _NOT_PAIRS
    ):
        place -= 1
    return place >= 0 and (
        said.words[place] in _NOT or (place > 0 and " ".join(said.words[place - 1 : place + 1]) in _NOT_PAIRS)
    )


def _joins(said: Spoken, previous: _Found, one: _Found) -> bool:
    between = said.words[said.places[max(previous.covers)] + 1 : said.places[one.first]]
    return bool(between) and between[0] in ("or", "nor") and _BETWEEN.issuperset(between[1:])


def _corrected(said: Spoken, names: ValueNames) -> Phrase:
    return tuple(
        root(_respelt(said.words[place], names)) if said.roots[i] not in known_roots() else said.roots[i]
        for i, place in enumerate(said.places)
    )


def _respelt(word: str, names: ValueNames) -> str:
    """The one nearest word of the values' names, when this is none that means something itself."""
    tables = slot_tables()
    if (
        len(word) < _FUZZY
        or not word.isalpha()
        or word.endswith("ly")
        or word in tables.safe
        or word in tables.countries
        or word in EMPTY
    ):
        return word
    forms = {word, stem(word)}
    near = sorted(
        (min(OSA.distance(form, known, score_cutoff=2) for form in forms), known)
        for known in names.words.get(word[0], ())
    )
    near = [(slips, known) for slips, known in near if slips <= (2 if len(known) >= _TWO_SLIPS else 1)]
    if not near or (is_known(word) and near[0][0] > 1):
        return word
    clear = len(near) == 1 or near[0][0] < near[1][0] or root(near[0][1]) == root(near[1][1])
    return near[0][1] if clear else word
