"""Months by counting or in digits: last month, two bills ago, the month before, 06/2026."""

import re
from collections.abc import Iterator

from agents.offline.answering.language.words import NUMBERS, Line
from agents.offline.answering.reading.months import Month

_BILL = (
    r"(?:bills?|invoices?|statements?|ones?|facturas?|rechnung(?:en)?|factures?|bollett[ae]|fattur[ae]|factu?uren"
    r"|facturen)(?:'s)?"
)
_MONTH = (
    r"(?:months?|mnths?|mths?|mes|meses|monat|monaten?|mois|mes[ei]|maand(?:en)?|miesiac[eu]?|miesiacach"
    r"|miesiecy)(?:'s)?"
)
_COUNT = r"(?:(?:a )?couple(?: of)?|a|\d{1,2}|" + "|".join(sorted(NUMBERS, key=len, reverse=True)) + ")"
_TO_THAT = r"(?:'s)?(?: (?:that|this|it))?(?: one| month)?"
_LAST_MONTH = (
    r"(?:last|lst) (?:month|mnth|mth)(?:'?s)?|past month(?:'s)?|month (?:just gone|gone by)"
    r"|mes pasado|ultimo mes|mese scorso|mois dernier|mes passado"
    r"|letzte[nrs]? monats?|vorigen monat|(?:vorige|afgelopen) maand|zeszly(?:m)? miesiacu?|poprzedni(?:m)? miesiacu?"
    r"|(?:ubieglym|ubieglego|zeszlego|poprzedniego) miesiaca?u?"
)
_LAST_BUT_ONE = rf"last {_BILL} but one|penultimate {_BILL}|second (?:to )?last {_BILL}|last but one"
_YEAR_BEFORE = (
    r"same (?:month|time|period) (?:last|the previous|the year before)(?: year)?|year before|(?:a )?year earlier"
)
_BEFORE = (
    rf"(?:{_MONTH}|{_BILL}) (?:just )?(?:before|prior|preceding|earlier){_TO_THAT}"
    rf"|(?:just |right |straight )?before (?:that|it)(?: one)?|one more (?:back|before)|(?:one )?further back"
    r"|(?:go )?back (?:one|another|a month)(?: more| month)?|another (?:one|month) (?:back|before|earlier)"
    rf"|(?<!\ban )(?<!\ba )(?:previous|prior|preceding|earlier|prev) (?:month|mnth|{_BILL})(?:'?s)?"
)
_AFTER = (
    rf"(?:{_MONTH}|{_BILL}) (?:just )?(?:after|following){_TO_THAT}"
    r"|(?:just |right |straight )?after (?:that|it)(?: one)?"
    rf"|following (?:month|{_BILL})|next one"
)
_NEXT_MONTH = r"next month(?:'s)?|proximo mes|nachsten monat|mois prochain|prossimo mese|volgende maand"
# What it says, how many months from where, and whether that is the month spoken of rather than today.
_RELATIVE: tuple[tuple[re.Pattern[str], int, bool], ...] = tuple(
    (re.compile(rf"\b(?:{pattern})(?=\s|$)"), shift, anchored)
    for pattern, shift, anchored in (
        (rf"month before last(?: month)?|{_BILL} before last", -2, False),
        (rf"(?:the )?(?:{_YEAR_BEFORE})", -12, True),
        (r"half a year ago|half a year back", -6, False),
        (r"(?:a|one) year (?:ago|back)|this time last year", -12, False),
        (r"(?:a |one )?year (?:later|after)|following year", 12, True),
        (_LAST_BUT_ONE, -1, False),
        (_LAST_MONTH, -1, False),
        (_BEFORE, -1, True),
        (_AFTER, 1, True),
        (_NEXT_MONTH, 1, True),
        (rf"(?:this|current|present|este|diesen|dieser|ce|questo|deze|ten|tym) {_MONTH}", 0, False),
    )
)
_OPENING_MONTHS = re.compile(rf"\bfirst ({_COUNT}) months of (?:the|this) year\b")
_NEXT_FEW = re.compile(r"\b(?:the )?(?:next )?(two|three) (?:months |bills |ones )?(after|before)(?: (?:that|it))?$")
_QUARTER = re.compile(
    r"\b(?:q ?([1-4])|(first|second|third|fourth|1st|2nd|3rd|4th) quarter)"
    r"(?: of)?(?: (?:the|this) year)?(?: (20\d\d))?(?=\s|$)"
)
_QUARTERS = ("first", "second", "third", "fourth")
_FEAST = re.compile(
    r"\b(?:last|from|at|over|for|around|this past|month (?:with|of)) (christmas|xmas|halloween)(?=\s|$)"
    r"|\b(christmas|xmas|halloween) (?:bill|invoice|statement|month|usage|charges?)\b"
)
_AGO = ("ago", "back", "fa", "geleden", "temu")
_COUNTED = re.compile(
    rf"\b(?:(?:hace|vor|ha|il y a) )?({_COUNT}) (?:{_MONTH}|{_BILL}) "
    r"(ago|back|before|earlier|prior|after|later|fa|geleden|temu)(?: that| this| it)?(?=\s|$)"
)
_COUNTED_FOREIGN = re.compile(rf"\b(?:hace|vor|ha|(?:d')?il y a) ({_COUNT}) {_MONTH}(?=\s|$)")
_NUMBERED = re.compile(
    r"\b(?:month|mes|monat|mois) (?:number )?(1[0-2]|[1-9])(?=\s|$)|\b(1[0-2]|[1-9])(?:st|nd|rd|th) month(?=\s|$)"
)
_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
_ORDINAL = re.compile(rf"\b({'|'.join(_ORDINALS)}) month of (?:the|this) year\b")
_ISO = re.compile(r"(?<![\d/])(20\d\d)[-/](1[0-2]|0?[1-9])(?:[-/](3[01]|[12]\d|0?[1-9]))?(?![\d/-])")
_SLASHED = re.compile(
    r"(?<![\d/.£€$])(\d{1,2})[/.-](\d{1,2})[/.-](20\d\d|\d\d)(?![\d/])"
    r"|(?<![\d/.£€$-])(\d{1,2})(?:/(20\d\d|\d{1,2})|[-.](20\d\d))(?![\d/-])"
)


def counted_months(line: Line) -> Iterator[Month]:
    taken: set[int] = set()

    def free(first: int, last: int) -> bool:
        if not taken.isdisjoint(range(first, last)):
            return False
        taken.update(range(first, last))
        return True

    for match, first, last in line.find(_NEXT_FEW):
        if free(first, last):
            step = 1 if match[2] == "after" else -1
            for _ in range(_count(match[1])):
                yield Month(first, last, shift=step, anchored=True)
    for match, first, last in line.find(_COUNTED):
        if free(first, last):
            sign = 1 if match[2] in ("after", "later") else -1
            yield Month(first, last, shift=sign * _count(match[1]), anchored=match[2] not in _AGO)
    for match, first, last in line.find(_COUNTED_FOREIGN):
        if free(first, last):
            yield Month(first, last, shift=-_count(match[1]))
    for pattern, shift, anchored in _RELATIVE:
        for _, first, last in line.find(pattern):
            if free(first, last):
                yield Month(first, last, shift=shift, anchored=anchored)
    yield from _months_of_the_year(line)


def _months_of_the_year(line: Line) -> Iterator[Month]:
    """`the third month of the year`, `the first quarter`, `last Christmas`."""
    for match, first, last in line.find(_NUMBERED):
        yield Month(first, last, month=int(match[1] or match[2]))
    for match, first, last in line.find(_ORDINAL):
        yield Month(first, last, month=_ORDINALS.index(match[1]) + 1)
    for match, first, last in line.find(_QUARTER):
        name = match[1] or match[2]
        quarter = int(name[0]) if name[0].isdecimal() else _QUARTERS.index(name) + 1
        for number in range(3 * quarter - 2, 3 * quarter + 1):
            yield Month(first, last, month=number, year=int(match[3]) if match[3] else None)
    for match, first, last in line.find(_OPENING_MONTHS):
        for number in range(1, _count(match[1]) + 1):
            yield Month(first, last, month=number)
    for match, first, last in line.find(_FEAST):
        yield Month(first, last, month=10 if "halloween" in match.group() else 12)


def _count(text: str) -> int:
    words = text.split()
    if words[0] == "a":
        return 2 if "couple" in words else 1
    return int(words[0]) if words[0].isdecimal() else NUMBERS.get(words[0], 1)


def dated_months(line: Line) -> Iterator[Month]:
    for match in _ISO.finditer(line.original):
        yield from _placed(line, match, int(match[2]), int(match[1]), int(match[3]) if match[3] else None)
    for match in _SLASHED.finditer(line.original):
        if match[3]:
            day, month = (
                sorted((int(match[1]), int(match[2]))) if int(match[2]) > 12 else (int(match[1]), int(match[2]))
            )
            day, month = (month, day) if month > 12 else (day, month)
            yield from _placed(line, match, month, _full(match[3]), day)
        elif (last := match[5] or match[6]) and (len(last) == 4 or int(last) > 12):
            yield from _placed(line, match, int(match[4]), _full(last), None)
        else:
            yield from _placed(line, match, int(match[5]), None, int(match[4]))


def _full(year: str) -> int:
    return int(year) if len(year) == 4 else 2000 + int(year)


def _placed(line: Line, match: re.Match[str], month: int, year: int | None, day: int | None) -> Iterator[Month]:
    covered = [i for i, word in enumerate(line.words) if word.start < match.end() and word.end > match.start()]
    if covered and 1 <= month <= 12 and (day is None or 1 <= day <= 31):
        yield Month(covered[0], covered[-1] + 1, month=month, year=year, day=day)
