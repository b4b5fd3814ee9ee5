"""Which values of an enumeration a text names."""

import re
from collections.abc import Iterator
from functools import lru_cache

from rapidfuzz.distance import OSA

from agents.offline.answering.parameters import Parameter
from agents.offline.answering.tables import slot_tables
from agents.offline.answering.vocabulary import stem
from agents.offline.answering.words import Line, label, read_line
from agents.offline.text import is_typo_of

_ALIASES = (
    ("prepaid", "pre paid", "pay as you go", "payg", "paygo", "pre pay", "prepay", "pay as u go", "pay go"),
    ("postpaid", "post paid", "pay monthly", "paymonthly", "monthly plan", "postpay"),
    (
        "sim only",
        "simonly",
        "simo",
        "sim deal",
        "sim card only",
        "only sim",
        "just a sim",
        "just the sim",
        "without a phone",
        "without phone",
        "no phone",
        "without handset",
        "no handset",
        "sim without phone",
        "only want a sim",
        "only need a sim",
        "only a sim",
    ),
    ("business", "corporate", "company", "for work", "enterprise", "my firm"),
    ("family", "kids", "children", "household"),
    ("student", "uni", "university"),
    (
        "pay monthly",
        "with a phone",
        "with phone",
        "with a handset",
        "handset",
        "new phone",
        "monthly contract",
        "contract phone",
        "contract plan",
        "phone ones",
    ),
    ("entertainment", "tv", "television", "streaming", "films", "movies", "music", "series"),
    ("security", "safety", "safe", "safe online", "parental controls", "antivirus"),
    ("insurance", "insure", "insured", "cover for my phone", "damage cover", "breakage"),
    (
        "lines",
        "extra line",
        "second line",
        "another line",
        "extra sim",
        "second sim",
        "another sim",
        "smartwatch",
        "my watch",
        "own number",
    ),
    ("europe", "eu", "european", "european union", "eea"),
    ("world", "worldwide", "rest of world", "rest of the world", "global"),
    ("asia pacific", "asia", "apac", "pacific"),
    ("americas", "america", "north america", "latin america", "south america"),
    ("middle east", "gulf"),
    ("mobile broadband", "data only", "dongle", "mifi"),
    ("minutes", "calls", "call", "voice"),
    ("texts", "sms", "text", "messages"),
    ("data", "internet", "gigs", "gb"),
    ("gbp", "pound", "pounds", "sterling", "quid"),
    ("eur", "euro", "euros"),
    ("usd", "dollar", "dollars"),
)


def find_choices(line: Line, parameter: Parameter) -> tuple[str, ...]:
    """Values in the order of the text, each with word boundaries; the most specific phrase wins."""
    stems = _stems(line.meant)
    longest = dict(_said(stems, parameter))
    kept = [v for v, p in longest.items() if not any(p != q and f" {p} " in f" {q} " for q in longest.values())]
    if not kept:
        kept = list(_misspelt(line, parameter))
    meant = [v for v in parameter.choices if v in kept and not _is_negated(line, longest.get(v, ""))]
    return tuple(sorted(meant, key=lambda value: stems.find(longest.get(value, ""))))


def _said(joined: str, parameter: Parameter) -> Iterator[tuple[str, str]]:
    for value, pattern in _patterns(parameter):
        if match := pattern.search(joined):
            yield value, match[1]


def _misspelt(line: Line, parameter: Parameter) -> Iterator[str]:
    safe = slot_tables().safe
    for value, phrases in _phrases(parameter).items():
        names = [phrase for phrase in phrases if " " not in phrase and len(phrase) > 4]
        said = {form for word in line.words if word.text not in safe for form in (word.text, stem(word.text))}
        if any(is_typo_of(word, name) or word == name or _is_mangled(word, name) for word in said for name in names):
            yield value


def _is_mangled(word: str, name: str) -> bool:
    """Two slips in a long word."""
    return len(word) >= 6 and len(name) >= 6 and word[0] == name[0] and OSA.distance(word, name, score_cutoff=2) <= 2


def _is_negated(line: Line, phrase: str) -> bool:
    return (
        bool(phrase)
        and re.search(rf"\b(?:not|outsid|except|without) (?:of |the |a )?{re.escape(phrase)}\b", _stems(line.meant))
        is not None
    )


@lru_cache(maxsize=512)
def _patterns(parameter: Parameter) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Longer phrases first, so that they win."""
    return tuple(
        (value, re.compile(rf"(?:^|\s)({'|'.join(map(_loose, sorted(phrases, key=len, reverse=True)))})(?=\s|$)"))
        for value, phrases in _phrases(parameter).items()
    )


def _loose(phrase: str) -> str:
    """`changed mind` is also `changed my mind`."""
    return r" (?:my |the |a |too |very )?".join(map(re.escape, phrase.split()))


@lru_cache(maxsize=512)
def _phrases(parameter: Parameter) -> dict[str, set[str]]:
    """Value words, their aliases, and what the description says in brackets or after a colon about a value."""
    named = {value: _fold(label(value)) for value in parameter.choices}
    phrases = {value: {name, name.replace(" ", "")} for value, name in named.items() if name}
    description = parameter.description
    for value, name in named.items():
        mention = re.search(
            rf"\b{re.escape(value)}\b['\"`]?\s*(?:\(|:|=| for | means | is | - )\s*([^,;.)]+)",
            description,
            re.IGNORECASE,
        )
        if mention:
            phrases[value] |= {_fold(part) for part in re.split(r",| or |/", mention[1])}
        for group in _ALIASES:
            if name in group or stem(name) in {stem(word) for word in group}:
                others = {word for word in group if not any(word == other for other in named.values() if other != name)}
                phrases[value] |= others
    return {value: {_stems(_fold(phrase)) for phrase in found if phrase} for value, found in phrases.items()}


def _fold(text: str) -> str:
    return read_line(text).joined


@lru_cache(maxsize=2048)
def _stems(joined: str) -> str:
    return " ".join(stem(word) for word in joined.split())
