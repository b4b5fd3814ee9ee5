"""What customers may call each value of an enumeration: its own words, its aliases, what its description says."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from agents.offline.answering.enumerations.aliases import Alias, about, aliases
from agents.offline.answering.enumerations.described import GENERIC, described
from agents.offline.answering.enumerations.numbered import (
    AMOUNT_AFTER,
    AMOUNT_THEN,
    alone_numbered,
    are_counted,
    bags,
    numbers_of,
    shared_numbered,
)
from agents.offline.answering.enumerations.own_names import BARE, UNSAID, Name, Rank, own_names, parts
from agents.offline.answering.language.spoken import Phrase, phrase
from agents.offline.answering.language.tables import slot_tables
from agents.offline.answering.language.vocabulary import EMPTY
from agents.offline.answering.language.words import label, read_line
from agents.offline.answering.tools.parameters import Parameter
from agents.offline.text import fold


@dataclass(frozen=True, slots=True)
class ValueNames:
    """`words` are those of the surer names, as misspelt words are compared with them; `bags` are in any order.

    `alone` are named by nothing but their name, `short` by one word beside another value; `longest` tells how
    long a phrase may be that begins with a word; `joined` are what people may write as two words.
    """

    phrases: Mapping[Phrase, tuple[Name, ...]]
    bags: Mapping[str, tuple[frozenset[str], ...]]
    words: Mapping[str, tuple[str, ...]]
    longest: Mapping[str, int]
    alone: Mapping[str, str]
    short: Mapping[str, str]
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


@lru_cache(maxsize=512)
def value_names(parameter: Parameter) -> ValueNames:
    labels = {value: _label(value) for value in parameter.choices}
    found = _Names()
    around = {word for text in (parameter.label, *labels.values()) for word in text.split()}
    abouts = {
        value: tuple(
            (a, whole)
            for a, whole in about(phrase(_counting(name, parameter)))
            if not a.among or a.among & (around - {name})
        )
        for value, name in labels.items()
    }
    for value, name in labels.items():
        for text, entry in (*own_names(value, name, abouts[value], parameter), *_aliased(value, abouts)):
            found.add(text, entry)
    for value, texts in described(parameter, labels).items():
        for text in sorted(texts):
            found.add(text, Name(value, Rank.PART if " " in text else Rank.WORD))
            for alias in (alias for alias, whole in about(phrase(text)) if whole):
                for said in _added(alias, text):
                    found.add(said, Name(value, Rank.WORD, alias.then, alias.after))
    for value, name in labels.items():
        for text in parts(name, [other for other in labels.values() if other != name]):
            found.add(text, Name(value, Rank.WORD))
    _add_countries(found, labels)
    _add_numbered(found, labels)
    phrases = {roots: kept for roots, names in found.phrases.items() if (kept := _clearest(names.values()))}
    return ValueNames(
        phrases=phrases,
        bags=_bags(labels),
        words=_by_initial(found.words),
        longest=_longest(phrases),
        alone={name: value for value, name in labels.items() if len(name) > 2 and name not in UNSAID},
        short=_short(labels),
        joined={name: value for value, name in labels.items() if len(name) > 4 and name not in BARE},
        abroad=_abroad(abouts),
    )


def _added(alias: Alias, text: str) -> Iterator[str]:
    """No mere part of the text itself; those who want more of something may want another plan."""
    parts = text.split() if " " in text else ()
    yield from (said for said in alias.said if said not in parts and not said.startswith("more "))


def _label(value: str) -> str:
    """`iOS` and `4G` are one word each."""
    text = fold(label(value))
    return fold(re.sub(r"[_\-.]+", " ", value)).strip() if re.search(r"\b[a-z]\b", text) else text


def _counting(name: str, parameter: Parameter) -> str:
    """`12` of a length in months is `12 months`."""
    return f"{name} months" if name.isdigit() and {"month", "months"} & {*parameter.label.split()} else name


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


def _aliased(value: str, abouts: Mapping[str, tuple[tuple[Alias, bool], ...]]) -> Iterator[tuple[str, Name]]:
    offered = {alias.key for kinds in abouts.values() for alias, _ in kinds}
    for alias, whole in abouts[value]:
        rank = Rank.ALIAS if whole else Rank.PART
        yield from ((text, Name(value, rank, alias.then, alias.after)) for text in alias.said)
        for other in aliases().values():
            if alias.key in other.near and other.key not in offered:
                yield from ((text, Name(value, Rank.NEAR, other.then, other.after)) for text in other.said)


def _bags(labels: Mapping[str, str]) -> dict[str, tuple[frozenset[str], ...]]:
    numbers = numbers_of(labels)
    found: dict[str, tuple[frozenset[str], ...]] = {}
    for value, name in labels.items():
        roots = phrase(" ".join(word for word in name.split() if word not in EMPTY))
        found[value] = tuple(bag for bag in bags(roots, numbers.get(value)) if len(bag) > 1)
    return found


def _short(labels: Mapping[str, str]) -> dict[str, str]:
    """The words and numbers, of values told apart by numbers, that one alone has."""
    numbers = numbers_of(labels)
    if len(numbers) < 2 or are_counted(numbers):
        return {}
    names = [(root.removesuffix("gb"), value) for value, name in labels.items() for root in phrase(name)]
    taken = {*GENERIC, *(root for root, _ in names if any(about((root,))))}
    roots = [root for root, _ in names]
    return {root: value for root, value in names if roots.count(root) == 1 and root not in taken}


def _add_numbered(found: _Names, labels: Mapping[str, str]) -> None:
    for text, value, may_be_amount in alone_numbered(labels):
        name = Name(value, Rank.WORD, AMOUNT_THEN, AMOUNT_AFTER) if may_be_amount else Name(value, Rank.WORD)
        found.add(text, name)
    for text, value in shared_numbered(labels):
        found.add(text, Name(value, Rank.ALIAS))


def _add_countries(found: _Names, labels: Mapping[str, str]) -> None:
    """Values that are countries, by code or by name, are called as countries are."""
    tables = slot_tables()
    codes = {
        v: v if v in tables.names else tables.countries.get(name) for v, name in labels.items() if name not in BARE
    }
    known = {code: value for value, code in codes.items() if code}
    if len(known) < 2 or len(known) < len(codes):
        return
    for text, code in tables.countries.items():
        if code in known:
            found.add(text, Name(known[code], Rank.ALIAS))
