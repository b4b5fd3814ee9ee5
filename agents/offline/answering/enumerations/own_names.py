"""What the values of an enumeration are called by their own words."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum

from agents.offline.answering.enumerations.aliases import Alias, about
from agents.offline.answering.enumerations.described import GENERIC
from agents.offline.answering.enumerations.numbered import THINGS, ordinal
from agents.offline.answering.language.spoken import phrase
from agents.offline.answering.language.vocabulary import word_set
from agents.offline.answering.language.words import read_line
from agents.offline.answering.tools.parameters import Parameter


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


# Values that mean no choice, or mean it only beside a question.
_ANYTHING = word_set("any all every everything either both none other default unknown unspecified auto")
BARE = _ANYTHING | word_set("yes no true false on off")
UNSAID = word_set("none other default unknown unspecified auto true false")
_QUALITIES = word_set("unlimited max plus pro basic standard premium essential share go one lite extra mini big")
_COUNTED = word_set("data minutes mins texts calls internet roaming gigs gb")
_UNITS = _COUNTED | word_set("gig mb pounds quid day days week weeks year years per percent th st")
_NOUNS = word_set("countries country people lines sims phones bills payments trips of")


def own_names(
    value: str, name: str, abouts: Sequence[tuple[Alias, bool]], parameter: Parameter
) -> Iterator[tuple[str, Name]]:
    if name in _ANYTHING:
        yield from ((text, Name(value, Rank.OWN)) for text in _no_choice(name, parameter))
    whole = next((alias for alias, is_whole in abouts if is_whole), None)
    if name in BARE or (len(name) <= 2 and name.isalpha()) or (whole and not whole.bare):
        return
    then = whole.then if whole else _not_counted(name, parameter)
    own = Name(value, Rank.OWN, then, whole.after if whole else frozenset())
    if name.isdigit() and not _UNITS & {*parameter.label.split()}:
        yield from ((text, own) for text in ordinal(name, parameter.label.split()[-1]))
    yield name, own
    if " " in name:
        yield name.replace(" ", ""), own


def _not_counted(name: str, parameter: Parameter) -> frozenset[str]:
    """Words behind which `unlimited` or `12` is no value of this one: `unlimited data`, `12 GB`."""
    if name.isdigit():
        return _NOUNS | _UNITS - {*parameter.label.split(), *read_line(parameter.description).joined.split()}
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


def parts(name: str, others: list[str]) -> Iterator[str]:
    """Words of a value that no other value has; everyday ones and numbers only as names: `the 25 one`."""
    taken = {root for other in others for root in phrase(other)}
    words = [word for word in name.split() if not taken.intersection(phrase(word))]
    for word in words if " " in name else ():
        if word.isdigit() or word in _QUALITIES:
            yield from (f"{word} {thing}" for thing in THINGS)
        elif word not in GENERIC and len(word) > 2:
            yield f"{word} one" if any(about(phrase(word))) else word
    if name in _QUALITIES:
        yield from (f"{name} {thing}" for thing in THINGS)
