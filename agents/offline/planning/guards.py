"""What must not be routed at all: attempts to steer the model, other people's data, and harm."""

from collections.abc import Container, Mapping
from enum import StrEnum

from agents.offline.planning.patterns import alternatives, pattern

_SURE, _MARGIN = 0.5, 0.2


class Guard(StrEnum):
    """The values are names of trained heads and of lists in `patterns.toml`."""

    INJECTION = "injection"
    HARMFUL = "harmful"
    OTHER_PERSON = "other_person"


_TAKING_OVER = pattern("taking_over")
_NAMED = alternatives("named_person")
_PATTERNS = {guard: alternatives(guard.value) for guard in Guard}


def spelled_out(folded: str) -> Guard | None:
    """The first guard that the words of a folded text meet."""
    met = (guard for guard, patterns in _PATTERNS.items() if any(each.search(folded) for each in patterns))
    return next((guard for guard in met if guard != Guard.OTHER_PERSON or not _TAKING_OVER.search(folded)), None)


def names_a_person(text: str, known: Container[str]) -> bool:
    """Somebody's full name beside what is theirs; `known` names (countries, companies) are not people."""
    found = (match for pattern in _NAMED for match in pattern.finditer(text))
    return any(name.lower() not in known for match in found for name in match.groups() if name)


def suspected(chances: Mapping[str, float], inside: float) -> Guard | None:
    """What the trained heads say, unless the text is rather a question for us."""
    likely = max(chances, key=lambda name: chances[name], default=None)
    return Guard(likely) if likely and chances[likely] >= max(_SURE, inside + _MARGIN) else None
