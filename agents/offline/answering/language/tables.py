"""Names of countries and months and plain words for shorthand, built by `training/build_slots.py`."""

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from agents.offline.text import by_initial

_PATH = Path(__file__).with_name("slots.json")


@dataclass(frozen=True, slots=True)
class SlotTables:
    """`countries` and `months` are keyed by folded names; `safe` words are never taken for a misspelt name."""

    countries: dict[str, str]
    names: dict[str, str]
    months: dict[str, int]
    safe: frozenset[str]
    meant: dict[str, str]
    country_index: dict[str, tuple[str, ...]]
    month_index: dict[str, tuple[str, ...]]


@lru_cache(maxsize=1)
def slot_tables() -> SlotTables:
    data = json.loads(_PATH.read_text(encoding="utf-8"))
    countries, months = data["countries"], data["months"]
    return SlotTables(
        countries=countries,
        names=data["names"],
        months=months,
        meant=data["meant"],
        safe=frozenset(data["typo_safe"]),
        country_index=dict(by_initial(name for name in countries if len(name) >= 5)),
        month_index=dict(by_initial(name for name in months if len(name) >= 5)),
    )
