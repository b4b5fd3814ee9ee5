"""Rows of our last answer that a text points at: "the second one" or "the 50GB one" of a table."""

import re
from datetime import date

from agents.offline.answering.reading.months import most_recent
from agents.offline.answering.reading.reading import read

_ROW = re.compile(r"^\| *([^|\n]+?) *\|", re.MULTILINE)
_RULE = re.compile(r"^\|(?: *-+ *\|)+ *$", re.MULTILINE)
_ORDINAL = r"(first|second|third|fourth|fifth|1st|2nd|3rd|4th|5th|top)"
_POINTED = re.compile(
    rf"\bthe {_ORDINAL} (?:one|row|plan|bill|of (?:them|those|these))\b(?! (?:before|after))", re.IGNORECASE
)
_ALONE = re.compile(rf"(?:and |ok |what about |how about )*the {_ORDINAL}[ .?!]*", re.IGNORECASE)
_PLACES = {"first": 0, "1st": 0, "top": 0, "second": 1, "2nd": 1, "third": 2, "3rd": 2, "fourth": 3, "4th": 3}
_PLACES |= {"fifth": 4, "5th": 4}
_CALLED = re.compile(r"\bthe ((?:\w+ ){1,3}?)(?:one|plan|deal|tariff|package)\b", re.IGNORECASE)
_UNIT = re.compile(r"(\d) ?(?:gb|gigs?|gigabytes?)\b")
_PAIR = re.compile(
    r"\b(?:both of (?:them|these|those)|(?:these|those|the) two(?: plans| ones)?|them both)\b(?! months| bills)"
    r"|(?<=\bcompare )(?:them|these|those)\b|\bthem(?= (?:side by side|next to each other|against each other)\b)",
    re.IGNORECASE,
)
_NAME = re.compile(r".*\d.*|[A-Z][\w-]+(?: [A-Z][\w-]+)+")


def spelled_out(text: str, answer: str, today: date) -> str:
    """The text with the name of the row that it points at; as it is when there is none, or several tables."""
    if len(_RULE.findall(answer)) != 1:
        return text
    names = _ROW.findall(answer)[2:]
    if len(names) == 2 and all(map(_NAME.fullmatch, names)) and (pair := _PAIR.search(text)):
        return f"{text[: pair.start()]}{' and '.join(names)}{text[pair.end() :]}"
    match = _POINTED.search(text) or _ALONE.fullmatch(text)
    if match is None:
        return _CALLED.sub(lambda called: _row_called(called, names, today), text)
    place = _PLACES[match[1].lower()]
    if place >= len(names) or not _NAME.fullmatch(names[place]):
        return text
    return f"{text[: match.start()]}{_without_year(names[place], today)}{text[match.end() :]}"


def _row_called(match: re.Match[str], names: list[str], today: date) -> str:
    """The only name that has all of those words."""
    wanted = _words(match[1])
    fitting = [name for name in names if _NAME.fullmatch(name) and wanted < _words(name)]
    return _without_year(fitting[0], today) if len(fitting) == 1 else match[0]


def _words(name: str) -> set[str]:
    return set(_UNIT.sub(r"\1gb", name.lower()).split())


def _without_year(name: str, today: date) -> str:
    """A month of the past year needs none."""
    months = read(name).months
    month = months[0] if len(months) == 1 else None
    if month and month.month and month.year == most_recent(month.month, today):
        return name.replace(str(month.year), "").strip()
    return name
