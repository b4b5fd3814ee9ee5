import re
import sqlite3
import unicodedata
from collections.abc import Iterable
from difflib import get_close_matches

from mcp_servers.toolkit import Refusal
from mcp_servers.wording import joined

HOME = frozenset(
    {"uk", "u k", "gb", "gbr", "united kingdom", "great britain", "britain", "england", "scotland", "wales", "home"}
    | {"northern ireland", "london"}
)
COMPASS = r"\b(?:north|south|east|west|new|northern)"
AT_HOME = "You are at home in the United Kingdom, so roaming rates do not apply there."


class Destinations:
    """Finds a destination by name, ISO code, well-known place or a sentence that mentions one."""

    def __init__(self, rows: Iterable[sqlite3.Row]) -> None:
        self._names: dict[str, str] = {}
        self._codes: dict[str, str] = {}
        for row in rows:
            for name in (row["name"], *filter(None, row["aliases"].split(";"))):
                self._names[plain(name)] = row["name"]
            self._codes |= {row["code"].lower(): row["name"], row["iso3"].lower(): row["name"]}

    def find(self, asked: str) -> str:
        """The destination's name; raises `Refusal` with suggestions."""
        wanted = plain(asked)
        if wanted in HOME:
            raise Refusal(AT_HOME)
        if found := self._names.get(wanted) or self._codes.get(wanted.replace(" ", "")):
            return found
        mentioned = self._mentioned(wanted)
        if len(mentioned) == 1:
            return mentioned.pop()
        if not mentioned and any(f" {name} " in f" {wanted} " for name in HOME):
            raise Refusal(AT_HOME)
        close = [self._names[name] for name in get_close_matches(wanted, self._names, n=3, cutoff=0.7)]
        suggestions = sorted(mentioned) or list(dict.fromkeys(close))
        hint = (
            f"Did you mean {joined(suggestions, last='or')}?" if suggestions else "Please give the name of one country."
        )
        raise Refusal(f"That is not a destination we know. {hint}")

    def _mentioned(self, wanted: str) -> set[str]:
        """Destinations named in a sentence: not Cyprus in "northern cyprus", nor Korea in "north korea"."""
        text = f" {wanted} "
        names = [name for name in (*self._names, *HOME) if f" {name} " in text]
        names = [name for name in names if not re.search(rf"{COMPASS} {name} ", text)]
        whole = [name for name in names if not any(name != other and f" {name} " in f" {other} " for other in names)]
        return {self._names[name] for name in whole if name in self._names}


def plain(name: str) -> str:
    """ "Türkiye" -> "turkiye", "The U.A.E." -> "u a e"."""
    ascii_only = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return " ".join(re.findall(r"[a-z]+", ascii_only)).removeprefix("the ")
