"""Numbers in a text, and which parameter each of them answers."""

import re
from collections.abc import Iterator

from agents.offline.answering.parameters import Parameter
from agents.offline.answering.reading import Reading
from agents.offline.answering.vocabulary import meanings, stem, word_set

_LIMITS = word_set("limit count max maximum number n top size how many result last")
_MONEY = word_set("price cost amount budget fe spend pound gbp")
_POUNDS = word_set("£ € $ pound pounds quid gbp euro euros eur dollar dollars usd")
_UNCOUNTED = word_set("gb mb data pound pounds minutes days day gigs")
_MOST = re.compile(
    r"(?:under|below|less than|up to|at most|max(?:imum)?(?: of)?|cheaper than|no more than|within|fewer than)"
    r"(?: about| around)?$"
)
_LEAST = re.compile(r"(?:over|above|at least|more than|min(?:imum)?(?: of)?|greater than|from)$")
_NUMBER = re.compile(r"[£€$]?\s?(\d[\d,]*(?:\.\d+)?)([a-z]*)")
_PERIODS = ((r"half (?:a )?year", 6), (r"(?:twelve months|12 months|year)", 12), (r"quarter", 3))


def find_number(reading: Reading, parameter: Parameter) -> int | float | None:
    """The number that fits the parameter's unit or, for a limit, the count that was asked for."""
    label = {stem(word) for word in parameter.label.split()}
    about = label | {stem(word) for word in re.findall(r"[a-z]+", parameter.description.lower())}
    if label & _LIMITS and not about & _MONEY and not label & {"gb", "mb"}:
        return _limit(reading, about)
    best: tuple[float, float] = (0.0, 0.0)
    for position, (value, unit, lead) in enumerate(_numbers(reading)):
        score = _score(label, about, unit, lead, required=parameter.required) - position * 0.01
        best = max(best, (score, value), key=lambda pair: pair[0])
    if best[0] <= 0:
        return None
    return int(best[1]) if best[1].is_integer() else best[1]


def _score(label: set[str], about: set[str], unit: str, lead: str, *, required: bool) -> float:
    least, most = label & {"min", "minimum", "least"}, label & {"max", "maximum", "most", "budget"}
    if (least and _MOST.search(lead)) or (most and _LEAST.search(lead)):
        return 0.0
    if (unit in _POUNDS) != bool(about & _MONEY):
        return 0.0
    if unit in _POUNDS or stem(unit) in about or about.intersection(meanings(unit)):
        return 2.0
    if any(stem(word) in label for word in lead.split()):
        return 1.5
    return 0.5 if required and not unit else 0.3 if required else 0.0


def _numbers(reading: Reading) -> Iterator[tuple[float, str, str]]:
    """Each number with its unit and the words before it."""
    words = reading.line.words
    for index, word in enumerate(words):
        match = _NUMBER.fullmatch(word.text)
        value = float(match[1].replace(",", "")) if match else word.number
        if value is None or index in reading.taken or (not match and index + 1 == len(words) and not reading.elliptic):
            continue
        unit = word.text[0] if word.text[0] in "£€$" else match[2] if match else ""
        unit = unit or (words[index + 1].text if index + 1 < len(words) else "")
        yield value, unit, reading.line.text(index - 3, index)


def _limit(reading: Reading, about: set[str]) -> int | None:
    if reading.count is not None and reading.count_unit not in _UNCOUNTED:
        return reading.count * 12 if reading.count_unit in ("year", "years") else reading.count
    for period, months in _PERIODS:
        if re.search(rf"\b(?:the last|past|previous) {period}\b", reading.line.joined):
            return months
    for value, unit, _ in _numbers(reading):
        answers = not unit and reading.elliptic and len(reading.line.words) <= 4
        if value.is_integer() and (answers or (unit and stem(unit) in about)):
            return int(value)
    return None
