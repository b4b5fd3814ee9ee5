"""What customers call the things that enumerations are about, from `aliases.toml`."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from agents.offline.answering.language.spoken import Phrase, phrase


@dataclass(frozen=True, slots=True)
class Alias:
    """`names` make a value one of these; `then` and `after` are the words around that give another meaning."""

    key: str
    names: frozenset[Phrase]
    whole: frozenset[Phrase]
    said: tuple[str, ...]
    near: tuple[str, ...]
    then: frozenset[str]
    after: frozenset[str]
    among: frozenset[str]
    bare: bool


@cache
def aliases() -> Mapping[str, Alias]:
    written = tomllib.loads(files("agents.offline.answering.enumerations").joinpath("aliases.toml").read_text("utf-8"))
    return {key: _alias(key, entry) for key, entry in written.items()}


def _alias(key: str, entry: Mapping[str, str | bool]) -> Alias:
    names = _parts(entry["names"])
    return Alias(
        key=key,
        names=frozenset(phrase(name.lstrip("=")) for name in names),
        whole=frozenset(phrase(name[1:]) for name in names if name.startswith("=")),
        said=tuple(_parts(entry["said"])),
        near=tuple(_parts(entry.get("near", ""))),
        then=frozenset(str(entry.get("then", "")).split()),
        after=frozenset(str(entry.get("after", "")).split()),
        among=frozenset(str(entry.get("among", "")).split()),
        bare=bool(entry.get("bare", True)),
    )


def _parts(text: str | bool) -> list[str]:
    return [part.strip() for part in str(text).replace("\n", " ").split(",") if part.strip()]


def about(name: Phrase) -> Iterator[tuple[Alias, bool]]:
    """The aliases that a value's name has in it, the longest first, and whether it is no more than that."""
    index = _by_name()
    first = 0
    while first < len(name):
        for last in range(len(name), first, -1):
            whole = last - first == len(name)
            found = [a for a in index.get(name[first:last], ()) if whole or name[first:last] not in a.whole]
            if found:
                yield from ((alias, whole) for alias in found)
                first = last - 1
                break
        first += 1


@cache
def _by_name() -> Mapping[Phrase, tuple[Alias, ...]]:
    found: dict[Phrase, tuple[Alias, ...]] = {}
    for alias in aliases().values():
        for name in alias.names:
            found[name] = (*found.get(name, ()), alias)
    return found


@cache
def known_roots() -> frozenset[str]:
    """Words that mean something here, and so are no misspelt others."""
    return frozenset(root for alias in aliases().values() for text in alias.said for root in phrase(text))
