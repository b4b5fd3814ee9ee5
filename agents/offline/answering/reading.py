"""One customer text, read once: the months, countries and numbers in it and the meaning of the other words."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from agents.offline.answering.month_counts import counted_months, dated_months
from agents.offline.answering.month_names import named_months
from agents.offline.answering.months import Month, in_order
from agents.offline.answering.places import Country, find_countries, guess_countries
from agents.offline.answering.vocabulary import EMPTY, meanings, stem, word_set
from agents.offline.answering.words import NUMBERS, Line, read_line
from agents.offline.text import fold

_SOFTENERS = (
    r"(?:ok|okay|so|right|great|thanks|thank you|cool|hmm|um|no|nope|sorry|yes|and|but|oh|ah|please|actually|well"
    r"|then|alright|good|nice|lovely|perfect|fine|cheers|ta|hi|hey|yeah|yep|brilliant)"
)
_OPENING = re.compile(
    rf"^(?:{_SOFTENERS} )*(?:and|what about|how about|what of|or|but|also|same for|plus|y|et|und|not|no|sorry|i meant"
    r"|i mean|instead|make that|make it|try|for|only|just|in|from|with|wat|what abt|how abt)\b"
)
_POINTING = re.compile(r"\b(?:it|that|this|there|them|those|these|one|ones|same|its|it's|that's|thats|both)\b")
_DEFINITE = re.compile(
    r"\bthe (?:bill|invoice|statement|payment|charge|booking|order|country|amount|total|date|price|cost|lines?"
    r"|details?)\b"
)
_WHY = re.compile(
    rf"^(?:{_SOFTENERS} )*(?:why|how come|what happened|warum|pourquoi|por que|perche|y)\b|\bwhy\b|\bhow come\b"
)
_LISTING = re.compile(
    r"\b(?:list|all|every|everything|each|history|which|what (?!is|was|'s|does|has)\w+s|past|previous|available"
    r"|options|choose|offers?|an? (?:old|older|earlier) \w+"
    r"|range|different|any|got|have you|(?<!most )recent|past year|overview|where can"
    r"|where are|where do|is there|are there|do you (?:have|do|offer|sell)|looking for)\b"
)
_OWN = re.compile(r"\b(?:my|mine|our|i'm on|im on|am i|do i have|i have|i've got|i am on|have i|did i|do i)\b")
_HAS = re.compile(
    r"\b(?:am i on|i'm on|im on|i am on|do i have|have i got|i've got|do i get|(?<!could )(?<!can )(?<!may )i have)\b"
)
_THAN = re.compile(r"\bthan .*")
_SUPERLATIVE = re.compile(
    r"\b(?:cheapest|dearest|highest|lowest|biggest|largest|smallest|most|least|best|in total)\b(?! recent)"
)
_COUNTS = r"(\d{1,3}|couple of|couple|few|dozen|" + "|".join(NUMBERS) + ")"
_COUNT = re.compile(
    rf"\b(?:last|past|previous|recent|latest|first|top|next)(?: my)? {_COUNTS}\b(?: (\w+))?"
    rf"|\b{_COUNTS} (?:most recent|latest|recent|last|past|previous)(?: (\w+))?"
)
_ASKING = word_set(
    """
    how when what why is was were are did do does can could show list tell give explain compare who where which will
    would get see book run check
    """
)
_PAST = re.compile(r"\b(?:did|cost me|charged me|used|spent|have i)\b")
_STORY = re.compile(
    r"(?:hi |hello |so |well )?(?:i|i'm|im|i am|i've|we|we're)\b[^?]*?(?:[.;!] | so |, so | but |, but )"
    r"(?=(?:can|could|what|whats|what's|how|when|did|do|does|is|was|which|show|check|please)\b)"
)
_FUTURE = re.compile(r"\b(?:will|would|going to|gonna|if i|can (?:i|we) use)\b(?! (?:you|u)\b)")
_MATTER = re.compile(
    r"\b(?:what(?:'s|s| is| was| are| were)\b|what (?:this|that|the|these|those|does)\b|saying|called|labelled|named"
    r"|recogni[sz]e|why am i paying|paying for|charged? (?:me )?for|what about|how about|explain)"
    r"|\bon (?:my|the|there|it|that)\b"
)
_BOTH = re.compile(r"\b(?:both|them|the two|these two|those two)\b")
_PHRASES = tuple(
    (re.compile(rf"\b(?:{phrase})\b"), meaning)
    for phrase, meaning in (
        ("how much", "price"),
        ("(?:did|(?<!how )do|have|i've|had) i? ?use", "usage"),
        ("(?:most recent|newest) (?:bill|invoice|statement)", "current"),
        (
            "where can|where do|where are|everything(?! (?:paid|settled|ok|okay|fine|up to date))|all of (?:them|it)",
            "list",
        ),
        ("(?:go|gone|went|going) through(?! in| this| last)", "payment"),
        ("(?:get|got|getting|burn(?:ed|t|ing)) through|(?:running|nearly|almost) out|close to", "usage"),
        (r"(?:texts?|messages?|sms) (?:\w+ )?(?:\w+ )?i sen[dt]", "usage"),
        ("how long left|left on (?:my|the|this) contract|when can i (?:leave|upgrade)", "end"),
        (r"what am i (?:\w+ )?paying for", "bill"),
        (r"what am i (?:\w+ )?paying for", "line"),
        ("over my (?:data|allowance|limit|minutes)", "usage"),
        ("(?:can i|i can|could i) add", "addon"),
        ("paid up|up to date|settled up", "payment"),
        (
            "(?:gone|went|go|going|shot) up|how come|(?:has|have|it) (?:jumped|increased|risen|doubled|rocketed)",
            "explain",
        ),
        (
            "(?:higher|more|lower|less) than (?:usual|normal|last|before|it was)|so (?:high|expensive)|too high",
            "explain",
        ),
        ("than|different (?:from|to)", "compare"),
    )
)
_OTHERS = {"couple of": 2, "couple": 2, "few": 3, "dozen": 12}


@dataclass(frozen=True, slots=True)
class Reading:
    """`meanings` has one entry per word that is neither empty nor an entity.

    `elliptic` texts lean on what was said before; `matter` texts ask what a certain thing is.
    """

    line: Line
    months: tuple[Month, ...]
    countries: tuple[Country, ...]
    meanings: tuple[tuple[str, ...], ...]
    plurals: frozenset[str]
    taken: frozenset[int]
    count: int | None
    count_unit: str
    elliptic: bool
    pointing: bool
    definite: bool
    why: bool
    listing: bool
    own: bool
    asking: bool
    past: bool
    future: bool
    matter: bool
    both: bool
    has: bool
    superlative: bool

    @property
    def named_months(self) -> tuple[Month, ...]:
        return tuple(month for month in self.months if not month.negated)

    @property
    def named_countries(self) -> tuple[Country, ...]:
        return tuple(country for country in self.countries if not country.negated)


@lru_cache(maxsize=2048)
def read(text: str, *, guess: bool = False) -> Reading:
    """With `guess`, a misspelt country counts where none is spelt right."""
    line = read_line(text)
    months = _months(line)
    taken = {i for month in months for i in range(month.first, month.last)}
    countries = find_countries(line)
    if guess:
        countries = _guessed(line, countries, taken)
    told = _told(line)
    months = tuple(month for month in months if month.first >= told) or months
    countries = tuple(country for country in countries if country.first >= told) or countries
    taken |= {i for country in countries for i in range(country.first, country.last)}
    count = _COUNT.search(line.joined)
    joined = line.joined
    return Reading(
        line=line,
        months=months,
        countries=countries,
        meanings=tuple(dict.fromkeys(_meanings(line, taken))),
        plurals=frozenset(_plurals(line)),
        taken=frozenset(taken),
        count=_number(count[1] or count[3]) if count else None,
        count_unit=(count[2] or count[4] or "") if count else "",
        elliptic=bool(_OPENING.match(joined)) or len(line.words) - len(taken) <= 2,
        pointing=bool(_POINTING.search(joined)),
        definite=bool(_DEFINITE.search(joined)),
        why=bool(_WHY.search(joined)),
        listing=bool(_LISTING.search(joined)),
        own=bool(_OWN.search(joined)),
        asking=not _ASKING.isdisjoint(_OPENING.sub("", joined).split()),
        past=bool(_PAST.search(joined)),
        future=bool(_FUTURE.search(joined)),
        matter=bool(_MATTER.search(joined)),
        superlative=bool(_SUPERLATIVE.search(joined)),
        has=bool(_HAS.search(_THAN.sub("", joined))),
        both=bool(_BOTH.search(joined)),
    )


def _months(line: Line) -> tuple[Month, ...]:
    found = [*dated_months(line), *counted_months(line)]
    taken = {index for month in found for index in range(month.first, month.last)}
    return in_order(line, [*found, *named_months(line, taken)])


def _guessed(line: Line, countries: tuple[Country, ...], taken: set[int]) -> tuple[Country, ...]:
    """Misspelt countries where none is spelt right, or beside one that is: `Germny and Austria`."""
    known = {i for country in countries for i in range(country.first, country.last)}
    guesses = guess_countries(line, frozenset(taken | known))
    if not countries or not guesses:
        return countries or guesses
    guess = guesses[0]
    around = {line.text(guess.first - 1, guess.first), line.text(guess.last, guess.last + 1)}
    joined = guess.sure and not around.isdisjoint(("and", "or", "n", "to"))
    return tuple(sorted((*countries, guess), key=lambda country: country.first)) if joined else countries


def _told(line: Line) -> int:
    """How many words tell a story before the question: "I was in Spain in May. What does Italy cost?"."""
    match = _STORY.match(fold(line.original))
    return sum(word.start < match.end() for word in line.words) if match else 0


def _number(text: str) -> int:
    return int(text) if text.isdecimal() else _OTHERS.get(text) or NUMBERS[text]


def _meanings(line: Line, taken: set[int]) -> Iterator[tuple[str, ...]]:
    for index, word in enumerate(line.words):
        if index not in taken and word.text not in EMPTY and word.text[0].isalpha():
            yield meanings(word.text)
    for phrase, meaning in _PHRASES:
        if phrase.search(line.joined):
            yield (meaning,)


def _plurals(line: Line) -> Iterator[str]:
    for word in line.words:
        if word.text.endswith("s") and not word.text.endswith(("'s", "ss")) and stem(word.text) != word.text:
            yield from meanings(word.text)
