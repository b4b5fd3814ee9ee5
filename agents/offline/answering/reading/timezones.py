"""Time zones as a text names them: by their own names, by a city, or by a country that has one."""

import re
from collections.abc import Iterator
from functools import lru_cache

from babel.core import get_global

from agents.offline.answering.language.words import Line
from agents.offline.answering.reading.places import Country
from agents.offline.text import fold

_ZONE = re.compile(r"\b[A-Z][A-Za-z]+/[A-Z][A-Za-z_]+(?:/[A-Z][A-Za-z_]+)?\b|\b(?:UTC|GMT)\b")
_CLOCK = re.compile(r"\b([01]?\d|2[0-3])[:.]([0-5]\d)\s*([ap]m)?\b|\b(1[0-2]|[1-9])\s*([ap]m)\b", re.IGNORECASE)


def find_zones(line: Line, countries: tuple[Country, ...]) -> tuple[str, ...]:
    """In the order of the text."""
    found = [(match.start(), match[0]) for match in _ZONE.finditer(line.original)]
    found += _of_cities(line)
    placed = {start for start, _ in found}
    for country in countries:
        start = line.words[country.first].start if country.first < len(line.words) else len(line.original)
        if start not in placed and (zone := _of_country(country.code)):
            found.append((start, zone))
    return tuple(dict.fromkeys(zone for _, zone in sorted(found)))


def find_times(text: str) -> Iterator[str]:
    """`4pm` as 16:00."""
    for match in _CLOCK.finditer(text):
        hour, half = int(match[1] or match[4]), (match[3] or match[5] or "").lower()
        yield f"{hour % 12 + (12 if half == 'pm' else 0) if half else hour:02}:{match[2] or '00'}"


def _of_cities(line: Line) -> Iterator[tuple[int, str]]:
    cities = _cities()
    for index, word in enumerate(line.words):
        for last in (index + 3, index + 2, index + 1):
            if zone := cities.get(line.text(index, last).replace("'s", "")):
                yield word.start, zone
                break


@lru_cache(maxsize=1)
def _cities() -> dict[str, str]:
    zones = get_global("zone_territories")
    return {fold(zone.rsplit("/", 1)[1].replace("_", " ")): zone for zone in zones if "/" in zone}


@lru_cache(maxsize=256)
def _of_country(code: str) -> str | None:
    zones = [zone for zone, territory in get_global("zone_territories").items() if territory == code]
    main = [zone for zone in zones if zone in set(get_global("windows_zone_mapping").values())]
    return zones[0] if len(zones) == 1 else main[0] if len(main) == 1 else None
