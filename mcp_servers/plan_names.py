import re
import sqlite3
from collections.abc import Sequence
from difflib import get_close_matches

from mcp_servers.toolkit import Refusal
from mcp_servers.wording import joined

OWN = re.compile(r"^(the )?(my|mine|our|current|existing)\b|^(plan|tariff) i have\b")


def means_own(asked: str) -> bool:
    """Whether "my plan", "mine", "current tariff" is meant."""
    return bool(OWN.search(asked.strip().lower()))


def find_plan(plans: Sequence[sqlite3.Row], asked: str) -> sqlite3.Row:
    """The plan of that name, also without "plan", with "50 GB" or misspelt; raises `Refusal`."""
    by_words = {" ".join(words(plan["name"])): plan for plan in plans}
    wanted = words(asked)
    if exact := by_words.get(" ".join(wanted)):
        return exact
    fitting = [plan for name, plan in by_words.items() if wanted and set(wanted) <= set(name.split())]
    if len(fitting) == 1:
        return fitting[0]
    if not fitting:
        close = get_close_matches(" ".join(wanted), by_words, n=1, cutoff=0.75)
        if close:
            return by_words[close[0]]
        raise Refusal(f"We do not have a plan with that name. Our plans are {names(plans)}.")
    raise Refusal(f"Several plans have that name: {names(fitting)}. Please name one of them.")


def names(plans: Sequence[sqlite3.Row]) -> str:
    return joined([plan["name"] for plan in plans])


def words(name: str) -> list[str]:
    """ "the SIM-only 50 GB plan" -> sim, only, 50gb."""
    text = re.sub(r"(\d+)\s*(gb|gigs?|gigabytes?)\b", r"\1gb", name.lower().replace("-", " "))
    return [word for word in re.findall(r"[a-z0-9]+", text) if word not in ("the", "plan", "plans", "tariff", "with")]
