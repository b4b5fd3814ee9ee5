"""Where one text asks several things of one agent: "what plan am I on and is there a cheaper one?"."""

import re

_JOINT = re.compile(
    r"\s*[?;]+\s*|[.!]+\s+|,?\s+(?:and also|and|also|as well as|plus|n|&|und|et)\s+|,\s+", re.IGNORECASE
)
_ASKED = re.compile(
    r"(?:(?:hi|hello|please|pls|so|ok|also|then|and|can you) )*(?:what|which|how|when|where|why|who|is|are|am|do"
    r"|does|did|can|could|will|would|has|have|show|tell|give|list|compare|explain|see|get|check|my|the|any)\b|what'?s\b"
    r"|how'?s\b|when'?s\b|wats\b",
    re.IGNORECASE,
)
_POINTS = re.compile(
    r"\b(?:it|its|it's|that|that's|thats|them|those|they|these|(?<!is )(?<!are )there|both|each)\b", re.IGNORECASE
)
_MOST = 3


def questions(text: str) -> list[str]:
    """The pieces, each of which could stand for itself; none when one of them leans on another."""
    pieces = [piece.strip() for piece in _JOINT.split(text) if " " in piece.strip()]
    if not 1 < len(pieces) <= _MOST or any(_POINTS.search(piece) or not _ASKED.match(piece) for piece in pieces):
        return []
    return pieces
