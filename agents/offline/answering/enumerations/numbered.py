"""What customers call values that are told apart by a number: `Smart 20GB`, `lite_5`, `7_day_pass`."""

import re
from collections.abc import Iterator, Mapping

from agents.offline.answering.enumerations.described import GENERIC
from agents.offline.answering.language.spoken import Phrase, phrase, root
from agents.offline.answering.language.vocabulary import word_set

THINGS = ("one", "plan", "deal", "tariff", "package", "offer", "bundle", "pass", "option", "version")
# Words around `20GB` that make it an amount and no name: `at least 20GB`, `20GB left`.
AMOUNT_AFTER = word_set(
    "least than under over to most max maximum minimum extra another about around need use using used"
)
AMOUNT_THEN = word_set("left used extra more remaining enough or")
_SMALL, _BIG = ("smaller", "smallest", "lower", "lowest"), ("bigger", "biggest", "larger", "largest", "higher")
_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth")
_NUMBER = re.compile(r"(\d+(?:\.\d+)?)(gb)?")
_MEASURES = frozenset(map(root, word_set("mb day night week month year hour minute mins pound gbp eur usd")))


def numbers_of(labels: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """The number of each value that is more than a number, and what it counts: `gb`, `day`, nothing."""
    found: dict[str, tuple[str, str]] = {}
    for value, name in labels.items():
        roots = phrase(name)
        matches = [(place, match) for place, word in enumerate(roots) if (match := _NUMBER.fullmatch(word))]
        if len(matches) == 1 and (len(roots) > 1 or matches[0][1][2]):
            place, match = matches[0]
            following = roots[place + 1 : place + 2]
            found[value] = match[1], match[2] or (following[0] if _MEASURES.intersection(following) else "")
    return found


def alone_numbered(labels: Mapping[str, str]) -> Iterator[tuple[str, str, bool]]:
    """Texts with a number that one value alone has, that value, and whether the text may be a mere amount."""
    numbers = numbers_of(labels)
    for value, (number, unit) in numbers.items():
        if [other for other, _ in numbers.values()].count(number) > 1:
            continue
        if are_counted(numbers):
            yield from ((text, value, False) for text in ordinal(number, labels[value].replace(number, "").strip()))
            continue
        yield from ((f"{number} {thing}", value, False) for thing in THINGS)
        if unit in ("gb", ""):
            yield f"{number}gb", value, True
            yield from ((f"{number}gb {thing}", value, False) for thing in THINGS)
        else:
            yield f"{number} {unit}", value, False


def are_counted(numbers: Mapping[str, tuple[str, str]]) -> bool:
    """`zone_1`, `zone_2`: no sizes."""
    plain = sorted(int(number) for number, unit in numbers.values() if not unit and number.isdigit())
    return plain[:1] in ([0], [1]) and plain == list(range(plain[0], plain[0] + len(numbers)))


def ordinal(number: str, label: str) -> Iterator[str]:
    """`zone 1`, `zone one`, `the first zone`."""
    yield f"{label} {number}"
    if number == "1":
        yield f"{label} one"
    if 1 <= int(number) <= len(_ORDINALS):
        yield f"{_ORDINALS[int(number) - 1]} {label}"


def shared_numbered(labels: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """`both Smarts`, `the bigger Smart`: of values that share a word and differ in their number."""
    numbers = numbers_of(labels)
    words: dict[str, dict[str, None]] = {}
    for value in numbers:
        for word in phrase(labels[value]):
            if word not in GENERIC | _MEASURES and not word[0].isdigit():
                words.setdefault(word, {})[value] = None
        rest = " ".join(word for word in phrase(labels[value]) if not word[0].isdigit())
        words.setdefault(rest, {})[value] = None
    for word, values in ((word, values) for word, values in words.items() if word and len(values) > 1):
        counts = (str(len(values)), f"all {len(values)}", *(("both", "both of") if len(values) == 2 else ()))
        yield from ((f"{count} {word}", value) for count in ("all", "all of", *counts) for value in values)
        ordered = sorted(values, key=lambda value: float(numbers[value][0]))
        yield from ((f"{small} {word}", ordered[0]) for small in _SMALL)
        yield from ((f"{big} {word}", ordered[-1]) for big in _BIG)


def bags(roots: Phrase, number: tuple[str, str] | None) -> Iterator[frozenset[str]]:
    """The words of a value in any order, its number with its unit and without."""
    yield frozenset(roots)
    if number and number[1] in ("gb", ""):
        swapped = {f"{number[0]}gb": number[0], number[0]: f"{number[0]}gb"}
        yield frozenset(swapped.get(word, word) for word in roots)
