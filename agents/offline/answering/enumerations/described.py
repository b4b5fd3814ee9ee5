"""What the description of an enumeration says about each of its values."""

import re
from collections.abc import Mapping
from itertools import pairwise

from agents.offline.answering.language.spoken import phrase
from agents.offline.answering.language.vocabulary import EMPTY, word_set
from agents.offline.answering.language.words import read_line
from agents.offline.answering.tools.parameters import Parameter

# Words that name no value by themselves, though one value alone may have them.
GENERIC = EMPTY | word_set(
    """
    plan type kind sort only pay paid phone bank live home sim mobile device service account month monthly add on extra
    new free uk customer digital online standard use used usage e.g eg etc including include includes included from
    country countries come comes has have having contain contains contained that which who get gets given
    without contract
    """
)
# What every plan has: a value that is more of it is not named by it alone.
_ALLOWANCES = word_set("data minutes mins calls texts messages internet")
_EXTRA = re.compile(r"\b(?:extra|additional|more)\b", re.IGNORECASE)
_MORE = ("extra", "additional", "buy", "buy more", "get more")
_SAYS = r"['\"`]?\s*(?:\(|:|=| for | means | is | - | – )\s*([^;.)]+)"


def described(parameter: Parameter, labels: Mapping[str, str]) -> dict[str, set[str]]:
    """What stands in brackets or behind a colon after a value: each part, its pairs of words and its words."""
    found: dict[str, set[str]] = {}
    own = {root for name in labels.values() for root in phrase(name)}
    for value, name in labels.items():
        names = "|".join({re.escape(value), re.escape(name)})
        said = re.search(rf"(?<![\w-])(?:{names}){_SAYS}", parameter.description, re.IGNORECASE)
        about = _up_to_next(said[1], labels, value) if said else ""
        more = _MORE if _EXTRA.search(about) else ()
        for part in re.split(r",| or | and |/|\be\.g\.", about) if about else ():
            words = [word for word in read_line(part).meant.split() if word not in EMPTY]
            whole = {part.strip()} - (_ALLOWANCES if more else set())
            found.setdefault(value, set()).update({*whole, *map(" ".join, pairwise(words))})
            said_words = [w for w in words if w not in GENERIC and (len(w) > 2 or w.upper() in part)]
            found[value].update(w for w in said_words if not own & set(phrase(w)) and not (more and w in _ALLOWANCES))
            found[value].update(f"{lead} {w}" for w in said_words if w in _ALLOWANCES for lead in more)
    return found


def _up_to_next(said: str, labels: Mapping[str, str], value: str) -> str:
    """In `a: one, b: two` what is said of `a` ends before `b`."""
    others = {text for other, name in labels.items() if other != value for text in (other, name)}
    following = re.search(rf"(?<![\w-])(?:{'|'.join(map(re.escape, others))}){_SAYS}", said) if others else None
    listed = re.split(r",", said)
    if following:
        return said[: following.start()]
    return said if not {part.strip() for part in listed} & others else ""
