"""What looks like ours and is not: "my Vodafone bill" (but "moving from Vodafone" is ours), sums."""

from agents.offline.planning.patterns import pattern

_THEIRS = pattern("other_company")
_MOVING = pattern("moving")
_SUM = pattern("arithmetic")
_LONGEST_SUM = 6


def is_elsewhere(folded: str, words: list[str]) -> bool:
    text = " ".join(words)
    if _SUM.search(folded) and len(words) <= _LONGEST_SUM:
        return True
    return bool(_THEIRS.search(text)) and not _MOVING.search(text)
