"""Evidence for a text being about this business at all, beyond what the heads say."""

import math

from agents.offline.planning.language import Lexicon

EVIDENCE = (
    "inside",
    "agent",
    "strong",
    "weak",
    "none",
    "other",
    "new",
    "new_share",
    "country",
    "company",
    "firm",
    "length",
    "other_alone",
    "other_share",
    "ours_share",
    "shortness",
)
_NAMED = frozenset({"<bank>", "<firm>"})


def evidence(
    words: list[str], inside: float, agent: float, lexicon: Lexicon, inside_words: frozenset[str]
) -> tuple[float, ...]:
    """The numbers that `EVIDENCE` names; `inside` and `agent` are log odds."""
    content = [word for word in words if word not in lexicon.common and not word.startswith("<")]
    strong = sum(word in lexicon.strong for word in content)
    weak = sum(word in lexicon.weak for word in content)
    other = sum(word in lexicon.other for word in content)
    new = sum(word not in inside_words for word in content)
    return (
        max(-8.0, min(8.0, inside)),
        max(-8.0, min(8.0, agent)),
        float(min(strong, 2)),
        float(min(weak, 3)),
        float(not strong and not weak),
        float(min(2, other)),
        float(min(4, new)),
        new / max(1, len(content)),
        float("<country>" in words or "<region>" in words),
        float("<company>" in words),
        float(any(word in _NAMED for word in words)),
        math.log1p(len(words)),
        float(other > 0 and not strong),
        other / max(1, len(content)),
        (strong + weak) / max(1, len(content)),
        float(len(words) <= 3),
    )
