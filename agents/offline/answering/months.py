"""Months as customers say them: names in eight languages, 06/2026, last month, two bills ago, the month before."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from agents.offline.answering.tables import slot_tables
from agents.offline.answering.words import NUMBERS, Line
from agents.offline.text import nearest

_BILL = r"(?:bills?|invoices?|statements?|ones?|facturas?|rechnung(?:en)?|factures?)(?:'s)?"
_MONTH = r"(?:months?|mes|meses|monat|monaten?|mois|mesi?|maand(?:en)?|miesiac[eu]?|miesiacach|miesiecy)(?:'s)?"
_COUNT = r"(?:(?:a )?couple(?: of)?|a|\d+|" + "|".join(sorted(NUMBERS, key=len, reverse=True)) + ")"


@dataclass(frozen=True, slots=True)
class Month:
    """Words `first..last` name a month; with `shift` it counts from today or, when `anchored`, from the month spoken of."""

    first: int
    last: int
    month: int | None = None
    year: int | None = None
    day: int | None = None
    shift: int | None = None
    anchored: bool = False
    negated: bool = False
    compared: bool = False
    year_shift: int | None = None

    def resolve(self, today: date, anchor: tuple[int, int | None] | None) -> tuple[int, int | None]:
        """Month and year; the year only when it was said or the count crosses into another one."""
        if self.shift is None:
            said = today.year + self.year_shift if self.year_shift is not None else self.year
            return self.month or (anchor[0] if anchor else today.month), said
        if self.anchored and anchor:
            month, said = anchor
            year = said or (today.year if month <= today.month else today.year - 1)
            shifted, crossed = _shifted(year, month, self.shift)
            return shifted, crossed if said or crossed != year else None
        month, year = _shifted(today.year, today.month, self.shift)
        return month, year if year != today.year else None


def _shifted(year: int, month: int, by: int) -> tuple[int, int]:
    years, index = divmod(month - 1 + by, 12)
    return index + 1, year + years


_RELATIVE: tuple[tuple[re.Pattern[str], int, bool], ...] = tuple(
    (re.compile(rf"\b(?:{pattern})(?=\s|$)"), shift, anchored)
    for pattern, shift, anchored in (
        (r"month before last(?: month)?|two months? before last|bill before last", -2, False),
        (
            r"same (?:month|time|period) (?:last|the previous|the year before)(?: year)?|(?:the )?(?:year before|same month a year (?:ago|earlier))",
            -12,
            True,
        ),
        (
            r"(?:last|past|lst) (?:month|mnth|mth)(?:'s)?|(?:el |il |le |o )?(?:mes pasado|ultimo mes|mese scorso|mois dernier|mes passado)|"
            r"letzten monat|letzter monat|vorigen monat|(?:vorige|afgelopen) maand|zeszly(?:m)? miesiac[u]?|poprzedni miesiac|(?:bill|invoice) from last month",
            -1,
            False,
        ),
        (rf"last {_BILL} but one|penultimate {_BILL}|second (?:to )?last {_BILL}|last but one", -1, False),
        (
            rf"(?:month|{_BILL}) (?:just )?(?:before|prior|preceding|earlier)(?: (?:that|this|it))?(?: one| month)?",
            -1,
            True,
        ),
        (rf"(?:previous|prior|preceding|earlier|prev) (?:month|mnth|{_BILL})(?:'s)?", -1, True),
        (rf"(?:month|{_BILL}) (?:just )?(?:after|following)(?: (?:that|this|it))?(?: one| month)?", 1, True),
        (rf"following (?:month|{_BILL})", 1, True),
        (r"next month(?:'s)?|proximo mes|nachsten monat|mois prochain|prossimo mese|volgende maand", 1, False),
        (rf"(?:this|current|present|este|diesen|dieser|ce|questo|deze|ten) {_MONTH}", 0, False),
    )
)
_COUNTED = re.compile(
    rf"\b(?:(?:hace|vor|ha|il y a) )?({_COUNT}) (?:{_MONTH}|{_BILL}) (ago|back|before|earlier|prior|after|later|fa|geleden|temu)(?: that| this| it)?(?=\s|$)"
)
_COUNTED_FOREIGN = re.compile(rf"\b(?:hace|vor|ha|il y a) ({_COUNT}) {_MONTH}(?=\s|$)")
_NUMBERED = re.compile(
    r"\b(?:month|mes|monat|mois) (?:number )?(1[0-2]|[1-9])(?=\s|$)|\b(1[0-2]|[1-9])(?:st|nd|rd|th) month(?=\s|$)"
)
_ISO = re.compile(r"(?<![\d/])(20\d\d)-(1[0-2]|0?[1-9])(?:-(3[01]|[12]\d|0?[1-9]))?(?![\d/])")
_SLASHED = re.compile(
    r"(?<![\d/.£€$])(\d{1,2})[/.-](\d{1,2})[/.-](20\d\d|\d\d)(?![\d/])|(?<![\d/.£€$])(\d{1,2})/(20\d\d|\d{1,2})(?![\d/])"
)
_AGAINST = re.compile(r"(?:than|compared (?:to|with)|versus|vs)(?: (?:in|for|my|the|it was|was))*$")
_YEAR = re.compile(r"(20\d\d)(?:'s)?")
_NEGATED = re.compile(
    r"(?:\bnot|\bexcept|\bexcluding|\bisn't|\b(?:don't|dont|didn't|do not|did not) (?:want|need|mean)|\binstead of|\brather than|\bother than)"
    r"(?: (?:for|in|the|my|from|of|a|one|bill|invoice))*$"
)
_LEADS = frozenset(
    [
        "in",
        "for",
        "of",
        "from",
        "since",
        "until",
        "till",
        "to",
        "during",
        "on",
        "by",
        "and",
        "or",
        "my",
        "the",
        "last",
        "this",
        "between",
        "early",
        "late",
        "mid",
        "end",
        "whole",
        "about",
        "your",
        "our",
        "before",
        "after",
        "through",
        "thru",
        "vs",
        "versus",
        "than",
        "is",
        "was",
        "en",
        "im",
        "in",
        "fur",
        "de",
        "del",
        "di",
        "du",
        "van",
        "voor",
        "para",
        "per",
        "za",
        "w",
        "no",
        "not",
        "next",
        "prior",
        "only",
        "st",
        "nd",
        "rd",
        "th",
        "1st",
    ]
)
_MONTH_NOUNS = frozenset(
    [
        "bill",
        "bills",
        "invoice",
        "statement",
        "bill's",
        "charges",
        "charge",
        "usage",
        "one",
        "payment",
        "roaming",
        "please",
        "pls",
        "plz",
        "instead",
        "too",
        "also",
        "then",
        "total",
        "amount",
        "month",
        "and",
        "or",
        "to",
        "'s",
        "not",
        "spend",
        "data",
        "calls",
    ]
)


def find_months(line: Line) -> tuple[Month, ...]:
    """Every mention in the order of the text, ranges filled in."""
    found = [*_dated(line), *_relative(line)]
    taken = {index for month in found for index in range(month.first, month.last)}
    found += [month for month in _named(line, taken)]
    found.sort(key=lambda month: month.first)
    return tuple(
        _filled(
            line,
            [
                replace(month, negated=_is_negated(line, month.first), compared=_is_compared(line, month.first))
                for month in found
            ],
        )
    )


def _relative(line: Line) -> Iterator[Month]:
    taken: set[int] = set()
    for match, first, last in line.find(_COUNTED):
        back = match[2] not in ("after", "later")
        anchored = match[2] not in ("ago", "back", "fa", "geleden", "temu")
        yield Month(first, last, shift=_count(match[1]) * (-1 if back else 1), anchored=anchored)
        taken.update(range(first, last))
    for match, first, last in line.find(_COUNTED_FOREIGN):
        if first not in taken:
            yield Month(first, last, shift=-_count(match[1]))
            taken.update(range(first, last))
    for pattern, shift, anchored in _RELATIVE:
        for _, first, last in line.find(pattern):
            if taken.isdisjoint(range(first, last)):
                yield Month(first, last, shift=shift, anchored=anchored)
                taken.update(range(first, last))
    for match, first, last in line.find(_NUMBERED):
        yield Month(first, last, month=int(match[1] or match[2]))


def _count(text: str) -> int:
    words = text.split()
    if words[0] == "a":
        return 2 if "couple" in words else 1
    return int(words[0]) if words[0].isdecimal() else NUMBERS.get(words[0], 1)


def _dated(line: Line) -> Iterator[Month]:
    for match in _ISO.finditer(line.original):
        yield from _placed(line, match, int(match[2]), int(match[1]), int(match[3]) if match[3] else None)
    for match in _SLASHED.finditer(line.original):
        if match[3]:
            day, month, year = int(match[1]), int(match[2]), int(match[3])
            if month > 12 >= day:
                day, month = month, day
            yield from _placed(line, match, month, year if year > 99 else 2000 + year, day)
        elif len(match[5]) == 4 or int(match[5]) > 12:
            year = int(match[5])
            yield from _placed(line, match, int(match[4]), year if year > 99 else 2000 + year, None)
        else:
            yield from _placed(line, match, int(match[5]), None, int(match[4]))


def _placed(line: Line, match: re.Match[str], month: int, year: int | None, day: int | None) -> Iterator[Month]:
    covered = [i for i, word in enumerate(line.words) if word.start < match.end() and word.end > match.start()]
    if covered and 1 <= month <= 12 and (day is None or 1 <= day <= 31):
        yield Month(covered[0], covered[-1] + 1, month=month, year=year, day=day)


def _named(line: Line, taken: set[int]) -> Iterator[Month]:
    for index, word in enumerate(line.words):
        name = word.text.removesuffix("'s")
        if index in taken or word.text[:1].isdigit():
            continue
        number = _month_of(line, index, name)
        if number is not None:
            yield _with_neighbours(line, Month(index, index + 1, month=number))


def _month_of(line: Line, index: int, name: str) -> int | None:
    tables = slot_tables()
    number = tables.months.get(name) or (tables.months.get(name[:-1]) if name.endswith("s") and len(name) > 4 else None)
    if number is not None:
        return number if _is_meant(line, index, name) else None
    if len(name) < 5 or name in tables.safe or name in tables.countries:
        return None
    near = nearest(name, tables.month_index)
    if near is None or (len(near) <= 5 and not _leads(line, index)):
        return None
    return tables.months[near]


def _leads(line: Line, index: int) -> bool:
    return index == 0 or line.words[index - 1].text in _LEADS


def _is_meant(line: Line, index: int, name: str) -> bool:
    """`may` is a verb, `march` and `mar` other words too: they count where a month would stand."""
    if name not in (
        "may",
        "march",
        "mar",
        "mars",
        "jan",
        "sep",
        "mai",
        "mei",
        "maj",
        "mayo",
        "lis",
        "jun",
        "paz",
        "gen",
        "dic",
    ):
        return True
    before = line.words[index - 1].text if index else ""
    after = line.words[index + 1].text if index + 1 < len(line.words) else ""
    if name == "may" and (
        after in ("i", "be", "have", "not", "as", "also", "need", "we", "you", "get", "it")
        or before in ("i", "we", "you", "it", "they", "that", "which", "there", "who")
    ):
        return False
    if name == "jan" and before in ("is", "i'm", "im", "it's", "hi", "hello", "dear") and after not in _MONTH_NOUNS:
        return False
    capital = line.original[line.words[index].start].isupper() and index > 0
    return (
        capital
        or before in _LEADS
        or after in _MONTH_NOUNS
        or bool(_YEAR.fullmatch(after))
        or len(line.words) <= 3
        or before.isdigit()
        or line.words[index].text.endswith("'s")
        or before in slot_tables().months
        or after in slot_tables().months
    )


def _with_neighbours(line: Line, month: Month) -> Month:
    """Takes the year behind and the day before or behind along."""
    words, last = line.words, month.last
    following = [word.text for word in words[last : last + 3]]
    for phrase, shift in (
        ("last year", -1),
        ("this year", 0),
        ("of last year", -1),
        ("of this year", 0),
        ("year before", -1),
    ):
        if line.text(last, last + phrase.count(" ") + 1) == phrase:
            return replace(month, year_shift=shift, last=last + phrase.count(" ") + 1)
    if following[:1] == ["of"]:
        following = following[1:]
        last += 1
    if following and (year := _YEAR.fullmatch(following[0])):
        month = replace(month, year=int(year[1]), last=last + 1)
    elif following and re.fullmatch(r"\d\d", following[0]) and line.original[words[last].start - 1] == "'":
        month = replace(month, year=2000 + int(following[0]), last=last + 1)
    elif (
        following
        and (day := re.fullmatch(r"([12]\d|3[01]|[1-9])(?:st|nd|rd|th)?", following[0]))
        and month.last == last
        and following[1:2] not in (["bills"], ["months"])
    ):
        year = _YEAR.fullmatch(following[1]) if len(following) > 1 else None
        return replace(month, day=int(day[1]), last=last + (2 if year else 1), year=int(year[1]) if year else None)
    first = month.first - 1
    if first >= 0 and words[first].text in ("of", "de"):
        first -= 1
    if first >= 0 and (day := re.fullmatch(r"([12]\d|3[01]|0?[1-9])(?:st|nd|rd|th)?", words[first].text)):
        month = replace(month, day=int(day[1]), first=first)
    return month


def _is_negated(line: Line, first: int) -> bool:
    return bool(_NEGATED.search(line.text(first - 6, first)))


def _is_compared(line: Line, first: int) -> bool:
    """`higher than last month`: what the month asked about is held against."""
    return bool(_AGAINST.search(line.text(first - 4, first)))


def _filled(line: Line, months: list[Month]) -> Iterator[Month]:
    """`June to August` is three months."""
    for index, month in enumerate(months):
        yield month
        following = months[index + 1] if index + 1 < len(months) else None
        if following is None or month.month is None or following.month is None or month.negated:
            continue
        joint = " ".join(word.text for word in line.words[month.last : following.first])
        opened = line.words[month.first - 1].text if month.first else ""
        spans = joint in ("to", "until", "till", "through", "thru", "up to") or (
            joint == "and" and opened == "between" and "differ" not in line.joined and "compar" not in line.joined
        )
        if spans or (not joint and "-" in line.gap(month.last - 1)):
            for number in range(1, (following.month - month.month) % 12):
                yield replace(month, month=(month.month - 1 + number) % 12 + 1)
