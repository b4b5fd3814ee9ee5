"""Numbers in a text, and which parameter each of them answers."""

import re

from agents.offline.answering.reading import Reading
from agents.offline.answering.schema import Parameter
from agents.offline.answering.vocabulary import concept, stem

_LIMITS = frozenset(["limit", "count", "max", "maximum", "number", "n", "top", "size", "amount", "how", "many", "results", "last"])
_MOST = re.compile(
    r"(?:under|below|less than|up to|at most|max(?:imum)?(?: of)?|cheaper than|no more than|within|fewer than)(?: about| around)?$"
)
_LEAST = re.compile(r"(?:over|above|at least|more than|min(?:imum)?(?: of)?|greater than|from)$")
_MONEY = frozenset(["price", "cost", "amount", "budget", "fee", "spend", "pounds", "gbp"])
_NUMBER = re.compile(r"[£€$]?\s?(\d[\d,]*(?:\.\d+)?)([a-z]*)")
_PERIODS = {"year": 12, "twelve": 12, "half": 6, "quarter": 3}


def find_number(reading: Reading, parameter: Parameter) -> int | float | None:
    """The number that fits the parameter's unit or, for a limit, the count that was asked for."""
    label = {stem(word) for word in parameter.label.split()}
    about = label | {stem(word) for word in re.findall(r"[a-z]+", parameter.description.lower())}
    if label & {stem(word) for word in _LIMITS} and not label & {stem(word) for word in _MONEY}:
        return _limit(reading, parameter)
    best: tuple[int, float] | None = None
    for position, (value, unit, lead) in enumerate(_numbers(reading)):
        score = _fit(label, about, unit, lead) - position * 0.01
        if score > 0 and (best is None or score > best[0]):
            best = (score, value)  # type: ignore[assignment]
    if best is None:
        return None
    return int(best[1]) if float(best[1]).is_integer() else best[1]


def _fit(label: set[str], about: set[str], unit: str, lead: str) -> float:
    money = unit in ("£", "pound", "pounds", "quid", "€", "$")
    wants_money = bool(about & {stem(word) for word in _MONEY})
    if money != wants_money:
        return 0 if money or not unit or stem(unit) not in about else 2
    score = 2.0 if money or (unit and (stem(unit) in about or concept(unit) in about)) else 0.5 if not unit else 0
    least, most = bool(label & {"min", "minimum", "least"}), bool(label & {"max", "maximum", "most", "budget"})
    if (least and _MOST.search(lead)) or (most and _LEAST.search(lead)):
        return 0
    return score


def _numbers(reading: Reading) -> list[tuple[float, str, str]]:
    found: list[tuple[float, str, str]] = []
    words = reading.line.words
    for index, word in enumerate(words):
        if index in reading.taken:
            continue
        match = _NUMBER.fullmatch(word.text)
        value = float(match[1].replace(",", "")) if match else word.number
        if (
            value is None
            or (word.text in ("un", "une", "uno", "ein", "eine", "a", "one", "een", "two")
            and len(words) == 1)
        ):
            continue
        unit = word.text[0] if word.text[0] in "£€$" else (match[2] if match else "")
        unit = unit or (words[index + 1].text if index + 1 < len(words) else "")
        found.append((value, unit, " ".join(before.text for before in words[max(0, index - 3) : index])))
    return found


def _limit(reading: Reading, parameter: Parameter) -> int | None:
    if reading.count is not None and reading.count_unit not in ("gb", "data", "pound", "minut", "day"):
        return reading.count * 12 if reading.count_unit in ("year", "years") else reading.count
    joined = reading.line.joined
    if match := re.search(r"\b(?:last|past|previous) (half (?:a )?year|year|quarter|twelve months)\b", joined):
        return _PERIODS[match[1].split()[0]]
    if re.search(r"\blast half(?: a)? year|\bhalf a year", joined):
        return 6
    about = {stem(word) for word in re.findall(r"[a-z]+", parameter.description.lower())}
    for value, unit, _ in _numbers(reading):
        if unit and float(value).is_integer() and stem(unit) in about:
            return int(value)
    return None
