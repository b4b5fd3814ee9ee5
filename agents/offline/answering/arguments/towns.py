"""Places that are no countries: towns, districts, postcodes."""

import re
from collections.abc import Iterator

from agents.offline.answering.language.tables import slot_tables
from agents.offline.answering.language.vocabulary import EMPTY, is_known, meanings, word_set
from agents.offline.answering.language.words import Line, read_line
from agents.offline.answering.reading.reading import Reading
from agents.offline.answering.tools.schema import ToolCard

# The first half of a UK postcode, or all of it (BS 7666).
_POSTCODE = re.compile(r"\b(?:[A-Z]{1,2}\d[A-Z\d]?(?: ?\d[A-Z]{2})?)\b|\b(?:[a-z]{1,2}\d[a-z\d]?(?: ?\d[a-z]{2}))\b")
_NETWORKS = word_set("3g 4g 5g")
_BEFORE = word_set("in at near to around for from of by")
_JOINING = word_set("and or in")
_NO_PLACES = word_set(
    """
    monday tuesday wednesday thursday friday saturday sunday mondays tuesdays wednesdays thursdays fridays saturdays
    sundays christmas easter boxing day general total particular advance person store stores shop shops home work town
    here there place places area nearest closest local sim esim puk pin pac wifi app the my your our a an general free
    now today tomorrow
    """
)
_LEADING = word_set(
    "what whats about how weather and or also then ok so i'm im i am we're me my is it only just for the"
)
_BREAK = re.compile(r"[,?!;]")
_BRANCHES = word_set("one shop store branch")
_MOST = 3


def find_towns(reading: Reading, tool: ToolCard) -> tuple[str, ...]:
    """In the order of the text: postcodes, what stands behind "in" or "near", or a text that is no more than a name."""
    codes = [m.group() for m in _POSTCODE.finditer(reading.line.original) if m.group().lower() not in _NETWORKS]
    found = codes or list(_behind(reading, tool)) or list(_inside(reading, tool)) or list(_pointed_out(reading))
    return tuple(dict.fromkeys(found)) or tuple(_bare(reading, tool))


def _behind(reading: Reading, tool: ToolCard) -> Iterator[str]:
    """Names in capitals, else one word that nobody knows, and those joined to them by "and" or "or"."""
    line = reading.line
    index = 0
    while index < len(line.words) - 1:
        if line.words[index].text in _BEFORE:
            while (last := _end(reading, index + 1, tool)) > index + 1:
                yield line.between(index + 1, last)
                index = last - 1
                if "," not in line.gap(index) and line.text(last, last + 1) not in _JOINING:
                    break
                index += line.text(last, last + 1) in _JOINING
                index += line.text(index + 1, index + 2) in _JOINING
        index += 1


def _inside(reading: Reading, tool: ToolCard) -> Iterator[str]:
    """`Do Cardiff and Swansea have 5G`: capitals in the midst of a text."""
    line = reading.line
    if line.original.isupper():
        return
    for index in range(1, len(line.words)):
        if (line.is_capital(index) and not line.is_capital(index - 1)) or (index == 1 and line.is_capital(1)):
            last = _end(reading, index, tool)
            name = line.between(index, last)
            if last > index and _is_new(line, index) and name.lower() not in _NETWORKS:
                yield name


def _pointed_out(reading: Reading) -> Iterator[str]:
    """`And the Reading one`: a town that is another word as well, where it is written as a name."""
    line = reading.line
    for index in range(1, len(line.words) - 1):
        leads, follows = line.words[index - 1].text == "the", line.words[index + 1].text in _BRANCHES
        if leads and follows and line.is_capital(index) and _is_free(reading, index):
            yield line.between(index, index + 1)


def _end(reading: Reading, first: int, tool: ToolCard) -> int:
    """Where the name that starts here ends; `first` when none does."""
    line = reading.line
    last = first
    while (
        last < len(line.words)
        and _is_free(reading, last)
        and line.is_capital(last)
        and "'" not in line.text(last, last + 1)
    ):
        last += 1
        if _BREAK.search(line.gap(last - 1)):
            break
    if last == first and first < len(line.words) and _is_free(reading, first) and _is_new(line, first):
        last = first + 1
    return first if last > first and _is_about(tool, line.between(first, last)) else last


def _is_free(reading: Reading, index: int) -> bool:
    abroad = any(country.first <= index < country.last for country in reading.countries)
    text = reading.line.words[index].text
    if reading.line.original[reading.line.words[index].end :][:1].isdigit():
        return False
    return (index not in reading.taken or abroad) and text not in _NO_PLACES and not text[0].isdigit()


def _is_new(line: Line, index: int) -> bool:
    text = line.words[index].text
    known = text in EMPTY or is_known(text) or text in slot_tables().safe
    return not known and "'" not in text and text.isalpha()


def _bare(reading: Reading, tool: ToolCard) -> Iterator[str]:
    """`London weather`, `what about Harrogate`: up to three words that are left of a text."""
    line = reading.line
    first, last = 0, len(line.words)
    while first < last and _says_nothing(line.words[first].text, tool):
        first += 1
    while last > first and _says_nothing(line.words[last - 1].text, tool):
        last -= 1
    names = range(first, last)
    named = all(_is_free(reading, i) and (_is_new(line, i) or line.is_capital(i)) for i in names)
    if 0 < len(names) <= _MOST and named and not any("'" in line.words[i].text for i in names):
        yield line.between(first, last)


def _says_nothing(text: str, tool: ToolCard) -> bool:
    return text in EMPTY or text in _LEADING or _is_about(tool, text)


def _is_about(tool: ToolCard, name: str) -> bool:
    """Whether a name says no more than what the tool is for."""
    words = [word.text for word in read_line(name).words]
    return all(word in EMPTY or any(tool.weights.get(meaning, 0) >= 1 for meaning in meanings(word)) for word in words)
