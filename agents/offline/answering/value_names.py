"""What customers may call each value of an enumeration: its own words, its aliases, what its description says."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from functools import lru_cache

from agents.offline.answering.aliases import Alias, about, aliases
from agents.offline.answering.described import GENERIC, described
from agents.offline.answering.parameters import Parameter
from agents.offline.answering.spoken import Phrase, phrase
from agents.offline.answering.tables import slot_tables
from agents.offline.answering.vocabulary import EMPTY, word_set
from agents.offline.answering.words import label, read_line
from agents.offline.text import fold


class Rank(IntEnum):
    WORD = 1
    NEAR = 2
    PART = 3
    ALIAS = 4
    OWN = 5


@dataclass(frozen=True, slots=True)
class Name:
    value: str
    rank: Rank
    then: frozenset[str] = frozenset()
    after: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class ValueNames:
    """`words` are those of the surer names, as misspelt words are compared with them; `bags` are in any order.

    `alone` are named by nothing but their name; `longest` tells how long a phrase may be that begins with
    a word; `joined` are what people may write as two words.
    """

    phrases: Mapping[Phrase, tuple[Name, ...]]
    bags: Mapping[str, frozenset[str]]
    words: Mapping[str, tuple[str, ...]]
    longest: Mapping[str, int]
    alone: Mapping[str, str]
    joined: Mapping[str, str]
    abroad: Name | None


@dataclass(slots=True)
class _Names:
    phrases: dict[Phrase, dict[str, Name]] = field(default_factory=dict)
    words: set[str] = field(default_factory=set)

    def add(self, text: str, name: Name) -> None:
        roots = phrase(text)
        known = self.phrases.setdefault(roots, {})
        if roots and (name.value not in known or known[name.value].rank < name.rank):
            known[name.value] = name
        if name.rank >= Rank.PART:
            self.words.update(word for word in read_line(text).joined.split() if len(word) > 4 and word.isalpha())


# Values that mean no choice, or mean it only beside a question.
_ANYTHING = word_set("any all every everything either both none other default unknown unspecified auto")
_BARE = _ANYTHING | word_set("yes no true false on off")
_UNSAID = word_set("none other default unknown unspecified auto true false")
_QUALITIES = word_set("unlimited max plus pro basic standard premium essential share go one lite extra mini big")
_COUNTED = word_set("data minutes mins texts calls internet roaming gigs gb")
_UNITS = _COUNTED | word_set("gig mb pounds quid day days week weeks year years per percent th st")
_THINGS = ("one", "plan", "deal", "tariff", "package")


@lru_cache(maxsize=512)
def value_names(parameter: Parameter) -> ValueNames:
    labels = {value: _label(value) for value in parameter.choices}
    found = _Names()
    around = {word for text in (parameter.label, *labels.values()) for word in text.split()}
    abouts = {
        value: tuple((a, whole) for a, whole in about(phrase(name)) if not a.among or a.among & (around - {name}))
        for value, name in labels.items()
    }
    for value, name in labels.items():
        for text, entry in (*_own(value, name, abouts[value], parameter), *_aliased(value, abouts)):
            found.add(text, entry)
    for value, texts in described(parameter, labels).items():
        for text in sorted(texts):
            found.add(text, Name(value, Rank.PART if " " in text else Rank.WORD))
            for alias in (alias for alias, whole in about(phrase(text)) if whole):
                for said in alias.said:
                    found.add(said, Name(value, Rank.WORD, alias.then, alias.after))
    for value, name in labels.items():
        for text in _parts(name, [other for other in labels.values() if other != name]):
            found.add(text, Name(value, Rank.WORD))
    _add_countries(found, labels)
    phrases = {roots: kept for roots, names in found.phrases.items() if (kept := _clearest(names.values()))}
    return ValueNames(
        phrases=phrases,
        bags=_bags(labels),
        words=_by_initial(found.words),
        longest=_longest(phrases),
        alone={name: value for value, name in labels.items() if len(name) > 2 and name not in _UNSAID},
        joined={name: value for value, name in labels.items() if len(name) > 4 and name not in _BARE},
        abroad=_abroad(abouts),
    )


def _label(value: str) -> str:
    """`iOS` and `4G` are one word each."""
    text = fold(label(value))
    return fold(re.sub(r"[_\-.]+", " ", value)).strip() if re.search(r"\b[a-z]\b", text) else text


def _longest(phrases: Iterable[Phrase]) -> dict[str, int]:
    found: dict[str, int] = {}
    for roots in phrases:
        found[roots[0]] = max(found.get(roots[0], 0), len(roots))
    return found


def _abroad(abouts: Mapping[str, tuple[tuple[Alias, bool], ...]]) -> Name | None:
    """The value for calls to other countries: one for those, else the one for calls."""
    for key, rank in (("international", Rank.PART), ("calls", Rank.NEAR)):
        for value, kinds in abouts.items():
            if any(alias.key == key for alias, _ in kinds):
                return Name(value, rank)
    return None


def _by_initial(words: Iterable[str]) -> Mapping[str, tuple[str, ...]]:
    return {initial: tuple(w for w in sorted(words) if w[0] == initial) for initial in {word[0] for word in words}}


def _clearest(names: Iterable[Name]) -> tuple[Name, ...]:
    """Of the values that a phrase may name those that it names best; of two that share a mere word, neither."""
    best = max((name.rank for name in names), default=Rank.WORD)
    kept = tuple(name for name in names if name.rank == best)
    return kept if len(kept) == 1 or best in (Rank.NEAR, Rank.ALIAS) else ()


def _own(
    value: str, name: str, abouts: tuple[tuple[Alias, bool], ...], parameter: Parameter
) -> Iterator[tuple[str, Name]]:
    if name in _ANYTHING:
        yield from ((text, Name(value, Rank.OWN)) for text in _no_choice(name, parameter))
    whole = next((alias for alias, is_whole in abouts if is_whole), None)
    if name in _BARE or (len(name) <= 2 and name.isalpha()) or (whole and not whole.bare):
        return
    then = whole.then if whole else _not_counted(name, parameter)
    own = Name(value, Rank.OWN, then, whole.after if whole else frozenset())
    yield name, own
    if " " in name:
        yield name.replace(" ", ""), own


def _not_counted(name: str, parameter: Parameter) -> frozenset[str]:
    """Words behind which `unlimited` or `12` is no value of this one: `unlimited data`, `12 GB`."""
    if name.isdigit():
        return _UNITS - {*parameter.label.split(), *read_line(parameter.description).joined.split()}
    return _COUNTED if name in _QUALITIES else frozenset()


def _no_choice(name: str, parameter: Parameter) -> Iterator[str]:
    """`all types`, `any kind`, `both of them`, but no `any` in passing."""
    about_it = parameter.label.split()[-1]
    kinds = {"type", "types", "kind", "kinds", "sort", "sorts", "category", "categories", about_it, f"{about_it}s"}
    kinds |= {f"{about_it[:-1]}ies"} if about_it.endswith("y") else set()
    if name in ("none", "default", "other"):
        yield {"none": "none of them", "default": "default one", "other": "something else"}[name]
        return
    leading = ("both", "either") if name in ("both", "either") else ("all", "any", "every", "all of", "whatever")
    yield from (f"{word} {kind}" for word in leading for kind in kinds)
    yield "both of them" if name == "both" else "all of them"


def _aliased(value: str, abouts: Mapping[str, tuple[tuple[Alias, bool], ...]]) -> Iterator[tuple[str, Name]]:
    offered = {alias.key for kinds in abouts.values() for alias, _ in kinds}
    for alias, whole in abouts[value]:
        rank = Rank.ALIAS if whole else Rank.PART
        yield from ((text, Name(value, rank, alias.then, alias.after)) for text in alias.said)
        for other in aliases().values():
            if alias.key in other.near and other.key not in offered:
                yield from ((text, Name(value, Rank.NEAR, other.then, other.after)) for text in other.said)


def _parts(name: str, others: list[str]) -> Iterator[str]:
    """Words of a value that no other value has; everyday ones and numbers only as names: `the 25 one`."""
    taken = {root for other in others for root in phrase(other)}
    words = [word for word in name.split() if not taken.intersection(phrase(word))]
    for word in words if " " in name else ():
        if word.isdigit() or word in _QUALITIES:
            yield from (f"{word} {thing}" for thing in _THINGS)
        elif word not in GENERIC and len(word) > 2 and not any(alias for alias, _ in about(phrase(word))):
            yield word
    if name in _QUALITIES:
        yield from (f"{name} {thing}" for thing in _THINGS)


def _bags(labels: Mapping[str, str]) -> dict[str, frozenset[str]]:
    bags = {
        value: frozenset(r for w in name.split() if w not in EMPTY for r in phrase(w)) for value, name in labels.items()
    }
    return {value: bag for value, bag in bags.items() if len(bag) > 1}


def _add_countries(found: _Names, labels: Mapping[str, str]) -> None:
    """Values that are countries, by code or by name, are called as countries are."""
    tables = slot_tables()
    codes = {
        v: v if v in tables.names else tables.countries.get(name) for v, name in labels.items() if name not in _BARE
    }
    known = {code: value for value, code in codes.items() if code}
    if len(known) < 2 or len(known) < len(codes):
        return
    for text, code in tables.countries.items():
        if code in known:
            found.add(text, Name(known[code], Rank.ALIAS))
