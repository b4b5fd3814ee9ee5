"""Writes `answering/language/slots.json`: names of months and countries in eight languages, and shorthand.

Names come from CLDR through babel; what people say besides is in `training/slot_names.json`, shorthand in `words.toml`.
Run `python -m training.build_slots` after changing either.
"""

import json
import tomllib
from collections.abc import Collection, Iterator
from pathlib import Path

from babel import Locale
from babel.core import get_global

from agents.offline.text import fold

LANGUAGES = ("en", "es", "de", "fr", "it", "pt", "nl", "pl")
MONTHS_ONLY = ("tr", "cy")
WORDS = Path(__file__).with_name("words.toml")
SPOKEN = Path(__file__).with_name("slot_names.json")
TARGET = Path(__file__).parents[1] / "agents" / "offline" / "answering" / "language" / "slots.json"
_SHORT = ("GB", "US", "NZ", "AU")
NOT_COUNTRIES = frozenset({"EU", "EZ", "UN", "QO", "XA", "XB", "ZZ", "AQ", "BV", "HM", "TF", "UM", "CP", "DG", "CQ"})


def build() -> dict[str, object]:
    spoken = json.loads(SPOKEN.read_text(encoding="utf-8"))
    return {
        "countries": dict(sorted(_countries(spoken).items())),
        "names": _english_names(spoken["names"]),
        "months": dict(sorted(_months(spoken).items())),
        "meant": _meant(),
        "typo_safe": sorted(fold(word) for word in spoken["typo_safe"]),
    }


def _countries(spoken: dict[str, dict[str, list[str]]]) -> dict[str, str]:
    """Folded name -> country code; what is written by hand wins over CLDR."""
    found: dict[str, str] = {}
    for kind in ("aliases", "demonyms", "cities"):
        for code, names in spoken[kind].items():
            found.update((_key(name), code) for name in names)
    found.update(_zone_cities(spoken["typo_safe"], found))
    for language in LANGUAGES:
        for code, name in Locale.parse(language).territories.items():
            if _is_country(code):
                for variant in _variants(name):
                    found.setdefault(_key(variant), code)
    refused = spoken["not_countries"]
    return {name: code for name, code in found.items() if name not in refused and (len(name) > 2 or code in _SHORT)}


def _zone_cities(words: Collection[str], known: Collection[str]) -> Iterator[tuple[str, str]]:
    """The cities that time zones are called after, and the territory of each."""
    named = {zone: data.get("city") for zone, data in Locale.parse("en").time_zones.items()}
    for zone, code in get_global("zone_territories").items():
        name = _key(named.get(zone) or zone.rsplit("/", 1)[-1].replace("_", " "))
        if (
            "/" in zone
            and _is_country(code)
            and len(name) > 3
            and "," not in name
            and name not in known
            and name not in words
        ):
            yield name, code


def _variants(name: str) -> Iterator[str]:
    """`Myanmar (Burma)` is both; `St. Lucia` is also `Saint Lucia`."""
    yield name
    head, _, rest = name.partition(" (")
    if rest:
        yield head
    if name.startswith("St. "):
        yield "Saint " + name[4:]
    if " & " in name:
        yield name.replace(" & ", " and ")


def _months(spoken: dict[str, dict[str, list[str]]]) -> dict[str, int]:
    found: dict[str, int] = {}
    for language in LANGUAGES:
        for names in Locale.parse(language).months.values():
            for width in ("wide", "abbreviated"):
                for number, name in names[width].items():
                    found.setdefault(_key(name), number)
    for language in MONTHS_ONLY:
        for number, name in Locale.parse(language).months["format"]["wide"].items():
            found.setdefault(_key(name), number)
    for number, names_by_hand in spoken["months"].items():
        found.update((_key(name), int(number)) for name in names_by_hand)
    return {name: number for name, number in found.items() if name not in spoken["not_months"] and not name.isdigit()}


def _meant() -> dict[str, str]:
    """Shorthand and words of other languages in plain English; contractions stay as they are."""
    rewrites: dict[str, str] = tomllib.loads(WORDS.read_text("utf-8"))["rewrites"]
    return {fold(word): meant for word, meant in sorted(rewrites.items()) if "'" not in word and word != meant}


def _english_names(preferred: dict[str, str]) -> dict[str, str]:
    names = {code: name for code, name in Locale.parse("en").territories.items() if _is_country(code)}
    return dict(sorted((names | preferred).items()))


def _is_country(code: str) -> bool:
    return len(code) == 2 and code.isalpha() and code not in NOT_COUNTRIES


def _key(name: str) -> str:
    return " ".join(fold(name).replace(".", " ").replace("-", " ").replace("'", " ").split())


if __name__ == "__main__":
    TARGET.write_text(json.dumps(build(), ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")
