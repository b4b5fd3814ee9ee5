"""Where one text asks several things of one agent: "what plan am I on and is there a cheaper one?"."""

import re
from itertools import zip_longest

_JOINT = re.compile(
    r"\s*[?;]+\s*|[.!]+\s+|,?\s+(?:and also|and|also|as well as|plus|n|&|und|et)\s+|,\s+", re.IGNORECASE
)
_ASKED = re.compile(
    r"(?:(?:hi|hello|please|pls|so|ok|also|then|and|can you) )*(?:what|which|how|when|where|why|who|is|are|am|do"
    r"|does|did|last|latest|next|can|could|will|would|has|have|show|tell|give|list|compare|explain|see|get|check|my|the|any)\b|what'?s\b"
    r"|how'?s\b|when'?s\b|wats\b",
    re.IGNORECASE,
)
_POINTS = re.compile(
    r"\b(?:it|its|it's|that|that's|thats|them|those|they|these|(?<!is )(?<!are )there|both|each)\b", re.IGNORECASE
)
_HALF = re.compile(r"how (?:much|many) \w+", re.IGNORECASE)  # "How much data and how many minutes did I use?"
_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")
_MOST = 3
_STORY = 40


def gist(text: str) -> str:
    """Of a long story its questions, each with the sentence before it."""
    sentences = [sentence for sentence in _SENTENCE.split(text) if sentence.strip()]
    if text.count(" ") < _STORY or not any(sentence.endswith("?") for sentence in sentences):
        return text
    kept = [
        sentence
        for sentence, following in zip_longest(sentences, sentences[1:], fillvalue="")
        if sentence.endswith("?") or following.endswith("?")
    ]
    return " ".join(kept)


def told_and_asked(text: str) -> tuple[str, str] | None:
    """What only leads up to a question that stands for itself, and that: "I keep running out. What do you sell?"."""
    *told, asked = [sentence.strip() for sentence in _SENTENCE.split(text) if sentence.strip()] or [""]
    if not told or not _ASKED.match(asked) or _POINTS.search(asked):
        return None
    leads_up = not any("?" in sentence or _ASKED.match(sentence) for sentence in told)
    return (" ".join(told), asked) if leads_up else None


def questions(text: str) -> list[str]:
    """The pieces, each of which asks something; none when one of them leans on another."""
    found = pieces(text)
    return found if all(map(_ASKED.match, found)) and not any(map(_HALF.fullmatch, found)) else []


def pieces(text: str) -> list[str]:
    """Two or three parts that do not lean on each other: "roaming rates for Spain", "my usage in March"."""
    spans: list[tuple[int, int]] = []
    start = 0
    for joint in [*_JOINT.finditer(text), None]:
        end = joint.start() if joint else len(text)
        if " " in text[start:end].strip():
            spans.append((start, end))
        elif spans:  # "Thailand & Vietnam"
            spans[-1] = (spans[-1][0], end)
        start = joint.end() if joint else end
    found = [text[start:end].strip() for start, end in spans]
    return found if 1 < len(found) <= _MOST and not any(map(_POINTS.search, found)) else []
