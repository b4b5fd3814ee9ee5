"""Questions about somebody else's service: "my Vodafone bill" is not ours, "moving from Vodafone" is."""

from agents.offline.planning.patterns import pattern

_THEIRS = pattern("other_company")
_MOVING = pattern("moving")


def is_elsewhere(words: list[str]) -> bool:
    text = " ".join(words)
    return bool(_THEIRS.search(text)) and not _MOVING.search(text)
