"""Months by name, in eight languages and with slips of the finger, with the year and the day around them."""

import re
from collections.abc import Iterator
from dataclasses import replace

from agents.offline.answering.language.tables import slot_tables
from agents.offline.answering.language.vocabulary import word_set
from agents.offline.answering.language.words import Line
from agents.offline.answering.reading.months import Month
from agents.offline.text import nearest

# Names that are other words as well count only where a month would stand.
_DOUBTFUL = word_set("may mar mars jan sep mai mei maj mayo lis jun paz gen dic")
_LEADS = word_set(
    """
    n d in for of from since until till to during on by and or my the last this between early late mid end whole about
    your our before after through thru vs versus than is was en im fur de del di du van vom voor para per za w no
    not next prior only st nd rd th meant mean said say want me check show see give need get
    """
)
_FOLLOWERS = word_set(
    """
    bill bills invoice statement charges charge usage one payment roaming please pls plz instead too also then total
    amount month and or to not spend data calls
    """
)
_VERBS = word_set("i be have not as also need we you get it well")
_SUBJECTS = word_set("i we you it they that which there who he she")
_MARCHING = word_set("into on up over out off down")
_YEAR = re.compile(r"(20\d\d)(?:'s)?")
_DAY = re.compile(r"(3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?")
_YEAR_PHRASES = {"last year": -1, "this year": 0, "of last year": -1, "of this year": 0}


def named_months(line: Line, taken: set[int]) -> Iterator[Month]:
    for index, word in enumerate(line.words):
        if index not in taken and (number := _number(line, index, word.text.removesuffix("'s"))):
            yield _with_neighbours(line, Month(index, index + 1, month=number))


def _number(line: Line, index: int, name: str) -> int | None:
    tables = slot_tables()
    number = tables.months.get(name) or (tables.months.get(name[:-1]) if name.endswith("s") and len(name) > 4 else None)
    if number is not None:
        return number if _is_meant(line, index, name) else None
    if len(name) < 5 or name in tables.safe or name in tables.countries:
        return None
    near = nearest(name, tables.month_index)
    leads = index == 0 or line.words[index - 1].text in _LEADS
    return tables.months[near] if near and (len(near) > 5 or leads) else None


def _is_meant(line: Line, index: int, name: str) -> bool:
    before = (line.words[index - 1].plain.split() or [""])[-1] if index else ""
    after = line.words[index + 1].text if index + 1 < len(line.words) else ""
    if name in ("march", "marched"):
        return name == "march" and before not in _SUBJECTS and after not in _MARCHING
    if name not in _DOUBTFUL:
        return True
    if name == "may" and (after in _VERBS or before in _SUBJECTS):
        return False
    if name == "jan" and (before in ("is", "i'm", "im", "it's", "hi", "hello", "dear") or after == "here"):
        return False
    months = slot_tables().months
    return (
        before in _LEADS
        or after in _FOLLOWERS
        or before in months
        or after in months
        or before.isdigit()
        or bool(_YEAR.fullmatch(after))
        or len(line.words) <= 3
        or line.words[index].text.endswith("'s")
        or (index > 0 and line.is_capital(index))
    )


def _with_neighbours(line: Line, month: Month) -> Month:
    """Takes along the day before or behind and the year behind."""
    month = _with_year(line, _with_day(line, month))
    first = month.first - 1
    if first >= 0 and line.words[first].text in ("of", "de"):
        first -= 1
    if month.year is None and first >= 0 and (year := _YEAR.fullmatch(line.words[first].text)):
        return replace(month, year=int(year[1]), first=first)
    if month.day is None and first >= 0 and (day := _DAY.fullmatch(line.words[first].text)):
        return replace(month, day=int(day[1]), first=first)
    if month.year_shift is None and first >= 0 and line.words[first].text == "last":
        return replace(month, last_such=True)
    return replace(month, recent=first >= 0 and line.words[first].text in ("this", "current"))


def _with_day(line: Line, month: Month) -> Month:
    """`June 12`, but neither `June 5 bills` nor `June '25`."""
    words, last = line.words, month.last
    if last >= len(words) or line.original[words[last].start - 1] == "'":
        return month
    counts = last + 1 < len(words) and words[last + 1].text in ("bills", "months", "invoices", "gb", "days")
    day = _DAY.fullmatch(words[last].text)
    return replace(month, day=int(day[1]), last=last + 1) if day and not counts else month


def _with_year(line: Line, month: Month) -> Month:
    last = month.last
    for phrase, shift in _YEAR_PHRASES.items():
        end = last + phrase.count(" ") + 1
        if line.text(last, end) == phrase:
            return replace(month, year_shift=shift, last=end)
    if last < len(line.words) and line.words[last].text == "of":
        last += 1
    if last < len(line.words):
        word = line.words[last]
        if year := _YEAR.fullmatch(word.text):
            return replace(month, year=int(year[1]), last=last + 1)
        if re.fullmatch(r"\d\d", word.text) and line.original[word.start - 1] == "'":
            return replace(month, year=2000 + int(word.text), last=last + 1)
    return month
