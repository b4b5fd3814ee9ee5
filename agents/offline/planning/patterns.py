"""The regular expressions of `patterns.toml`."""

import re
import tomllib
from functools import cache
from importlib.resources import files

_FILE = "patterns.toml"


@cache
def _written() -> dict[str, str | list[str]]:
    return tomllib.loads(files("agents.offline.planning").joinpath(_FILE).read_text("utf-8"))


def alternatives(name: str) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(text) for text in _texts(name))


def pattern(name: str) -> re.Pattern[str]:
    return re.compile("|".join(_texts(name)))


def phrases(*names: str) -> re.Pattern[str]:
    """Matches a text that is nothing but phrases of these lists, one after the other."""
    return re.compile(rf"(?:(?:{'|'.join(text for name in names for text in _texts(name))})(?:\s+|$))+")


def _texts(name: str) -> list[str]:
    person, private = str(_written()["person"]), str(_written()["private"])
    return [text.replace("{person}", person).replace("{private}", private) for text in _written()[name]]
