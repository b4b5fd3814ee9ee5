"""One customer text, read once: the months, countries and numbers in it and the meaning of the other words."""

import re
from dataclasses import dataclass
from functools import lru_cache

from agents.offline.answering.months import Month, find_months
from agents.offline.answering.places import Country, find_countries
from agents.offline.answering.vocabulary import EMPTY, concept
from agents.offline.answering.words import Line, read_line

_OPENING = re.compile(
    r"^(?:ok |okay |so |right |great |thanks |thank you |cool |hmm |no |sorry |yes |and |but |oh )*(?:and|what about|how about|what of|or|but|also|same for|plus|y|et|und|not|no|i meant|i mean|instead|then|now|make that|make it|try|for)\b"
)
_POINTING = re.compile(r"\b(?:it|that|this|there|them|those|these|one|ones|same|then|its|it's|that's)\b")
_WHY = re.compile(r"^(?:and |but |so |ok |ok so )*(?:why|how come|what happened|warum|pourquoi|por que|perche)\b")
_LISTING = re.compile(
    r"\b(?:list|all|every|each|history|show me (?:my|the|your)? ?\w+s|which|what \w+s|past|previous|available|options|choose|offer|range|different)\b"
)
_COUNT = re.compile(
    r"\b(?:last|past|previous|recent|latest|first|top|next)(?: my)? (\d{1,3}|one|two|three|four|five|six|seven|eight|nine|ten|twelve|couple of|few|dozen)\b(?: (\w+))?|\b(\d{1,3}|two|three|four|five|six|seven|eight|nine|ten|twelve) (?:most recent|latest|recent|last|past|previous)(?: (\w+))?"
)


@dataclass(frozen=True, slots=True)
class Reading:
    """`meanings` leaves out entities and empty words; `elliptic` texts lean on what was said before."""

    line: Line
    months: tuple[Month, ...]
    countries: tuple[Country, ...]
    meanings: frozenset[str]
    taken: frozenset[int]
    count: int | None
    count_unit: str | None
    elliptic: bool
    pointing: bool
    why: bool
    listing: bool


@lru_cache(maxsize=2048)
def read(text: str) -> Reading:
    line = read_line(text)
    months = find_months(line)
    countries = find_countries(line)
    taken = {i for mention in (*months, *countries) for i in range(mention.first, mention.last)}
    count = _COUNT.search(line.joined)
    meanings = frozenset(_meanings(line, taken))
    return Reading(
        line=line,
        months=months,
        countries=countries,
        meanings=meanings,
        taken=frozenset(taken),
        count=_number(count[1] or count[3]) if count else None,
        count_unit=concept(count[2] or count[4] or "") if count else None,
        elliptic=bool(_OPENING.match(line.joined)) or len(line.words) - len(taken) <= 2,
        pointing=bool(_POINTING.search(line.joined)),
        why=bool(_WHY.match(line.joined)),
        listing=bool(_LISTING.search(line.joined)),
    )


def _number(text: str) -> int:
    if text.isdecimal():
        return int(text)
    words = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
    return {"couple of": 2, "few": 3, "dozen": 12}.get(text) or words.index(text) + 1


def _meanings(line: Line, taken: set[int]) -> list[str]:
    found = []
    for index, word in enumerate(line.words):
        if index in taken or word.text in EMPTY or word.text[0].isdigit() or word.text[0] in "£$€":
            continue
        found.append(concept(word.text))
    for pair, meaning in (
        ("add on", "addon"),
        ("bolt on", "addon"),
        ("top up", "addon"),
        ("how much", "price"),
        ("gone up", "explain"),
        ("went up", "explain"),
        ("how many", "usage"),
    ):
        if pair in line.joined:
            found.append(meaning)
    if line.joined.startswith("why") or " why " in line.joined:
        found.append("explain")
    return found
