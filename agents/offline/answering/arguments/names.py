"""Names that a text gives to things: plans, products, branches."""

import re

from agents.offline.answering.arguments.phrases import trimmed
from agents.offline.answering.language.tables import slot_tables
from agents.offline.answering.language.vocabulary import EMPTY, is_known, meanings, stem, word_set
from agents.offline.answering.language.words import Line, read_line
from agents.offline.answering.reading.reading import Reading
from agents.offline.answering.tools.parameters import Parameter
from agents.offline.answering.tools.schema import ToolCard

_QUOTED = re.compile(r"[\"“”]([^\"“”]{2,60})[\"“”](?=\W|$)|(?<!\w)['’]([^'’\"]{2,60})['’](?=\W|$)")
# Written in capitals or with a digit by everybody, and nobody's name.
_ACRONYMS = word_set(
    """
    sim sims esim uk gb eu usa us uae vat pac puk pin faq faqs ok id mms sms nhs i im ive ill dd asap tv pdf imei apn
    wifi a gbp eur usd atm nfc 3g 4g 5g lte volte bt ee crm pls hi hello yes no iphone ios android
    """
)
_NO_NAMES = word_set(
    """
    monday tuesday wednesday thursday friday saturday sunday christmas easter boxing english british
    european asian african american the and or
    """
)
_JOINING = word_set(
    """
    i you we he she it they my your our his her its me us is are was were be am do does did have has had can could will
    would should may might what which who how when where why that this these those the a an on in at for to from with
    by about of as if so but or than then lots some any all more much many
    """
)
_THINGS = word_set("plan tariff package deal bundle contract product item branch store shop model")
_ENDS = re.compile(r"[.?!:;\n]")
_ASKED_ABOUT = re.compile(
    r"\b(?:about|details (?:of|on|for)|price of|cost of|how much (?:is|are|does|would)|included (?:in|with)|pay for"
    r"|terms of|conditions of|info on|information on)(?: the| your)? ((?:[^ ]+ ?){1,3})$"
)
_A_MONTH = re.compile(r" (?:(?:a|per|each) month|pm|monthly)$")
_LOUD = 0.6
_FEW = 4
_LONGEST = 5


def find_names(reading: Reading, parameter: Parameter, tool: ToolCard) -> tuple[str, ...]:
    """As they are written, several where several are said; none where no words look like a name."""
    line = reading.line
    if quoted := _QUOTED.search(line.original):
        return (quoted[1] or quoted[2],)
    examples = [example for example in parameter.examples if _is_said(example, line)]
    if examples:
        return tuple(e for e in examples if not any(e != other and e.lower() in other.lower() for other in examples))
    written = [line.between(*place) for place in _written(reading, parameter, tool)]
    if written:
        return tuple(dict.fromkeys(written))
    name = _labelled(reading, parameter, tool) or _asked_about(reading, tool) or _alone(reading, parameter, tool)
    return (name,) if name else ()


def is_like_a_name(name: str) -> bool:
    """A digit, a capital, or a word that is none of everyday talk; no word in it that only joins others."""
    line = read_line(name)
    words = [word.text for word in line.words]
    if not words or "," in name or len(words) > _LONGEST or not _JOINING.isdisjoint(words):
        return False
    telling = [line.between(index, index + 1) for index, word in enumerate(words) if word not in _ACRONYMS]
    if any(character.isdigit() or character.isupper() for word in telling for character in word):
        return True
    safe = slot_tables().safe
    return any(not is_known(word) and word not in safe and stem(word) not in safe for word in words)


def written_in(reading: Reading, first: int, last: int) -> str | None:
    """The last stretch of these words that is written like a name."""
    places = [place for place in _stretches(reading) if first <= place[0] and place[1] <= last]
    return reading.line.between(*places[-1]) if places else None


def _is_said(text: str, line: Line) -> bool:
    return f" {read_line(text).joined} " in f" {line.joined} "


def _written(reading: Reading, parameter: Parameter, tool: ToolCard) -> list[tuple[int, int]]:
    """Stretches of words with capitals or digits, those beside the word for such a thing if there are any."""
    line = reading.line
    inner = [i for i, word in enumerate(line.words) if not _opens(line, i) and word.text[:2] not in ("i", "i'")]
    capitals = sum(line.is_capital(i) for i in inner)
    if len(line.words) > _FEW and capitals > _LOUD * len(line.words):
        return []
    found = [place for place in _stretches(reading) if not _is_about(tool, line.between(*place))]
    things = _things(parameter)
    beside = [
        place
        for place in found
        if stem(line.text(place[1], place[1] + 1)) in things or stem(line.text(place[0] - 1, place[0])) in things
    ]
    return beside or found


def _stretches(reading: Reading) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for index in range(len(reading.line.words)):
        if not _is_part(reading, index, follows=bool(found) and found[-1][1] == index):
            continue
        if found and found[-1][1] == index and not _ENDS.search(reading.line.gap(index - 1)):
            found[-1] = (found[-1][0], index + 1)
        else:
            found.append((index, index + 1))
    return [place for place in found if _says_more(reading.line, *place)]


def _is_part(reading: Reading, index: int, *, follows: bool) -> bool:
    line = reading.line
    text = line.words[index].text
    if index in reading.taken or text in _NO_NAMES or text[0] in "£$€":
        return False
    if text.isdigit():
        return follows
    if any(character.isdigit() for character in text):
        return text[0].isdigit() or follows or line.is_capital(index)
    if not line.is_capital(index) or "'" in text:
        return False
    return not _opens(line, index) or (
        text not in EMPTY and not is_known(text) and (len(line.words) <= _FEW or _goes_on(line, index))
    )


def _opens(line: Line, index: int) -> bool:
    return index == 0 or bool(_ENDS.search(line.gap(index - 1)))


def _goes_on(line: Line, index: int) -> bool:
    after = line.words[index + 1].text if index + 1 < len(line.words) else ""
    return bool(after) and (after[0].isdigit() or line.is_capital(index + 1))


def _says_more(line: Line, first: int, last: int) -> bool:
    """`5G` and `SIM` alone are no names."""
    words = [word.text for word in line.words[first:last]]
    return not _ACRONYMS.issuperset(words)


def _things(parameter: Parameter) -> set[str]:
    return {stem(word) for word in (*_THINGS, *parameter.label.split())} - {"nam", "name"}


def _labelled(reading: Reading, parameter: Parameter, tool: ToolCard) -> str:
    """`the student saver plan`."""
    line, things = reading.line, _things(parameter)
    for index, word in enumerate(line.words):
        if stem(word.text) not in things or word.text.endswith("s"):
            continue
        first = index
        while first > 0 and index - first < 3 and line.words[first - 1].text not in EMPTY:
            first -= 1
        before = line.text(first - 1, first)
        if first < index and before in ("the", "your") and _is_new(reading, first, index, tool):
            return line.between(first, index)
    return ""


def _asked_about(reading: Reading, tool: ToolCard) -> str:
    """`tell me about unlimited max`."""
    line = reading.line
    text = _A_MONTH.sub("", line.joined)
    match = _ASKED_ABOUT.search(text)
    if match is None:
        return ""
    last = text.count(" ") + 1
    first = last - len(match[1].split())
    while last > first and line.words[last - 1].text in EMPTY:
        last -= 1
    return line.between(first, last) if _is_new(reading, first, last, tool) else ""


def _alone(reading: Reading, parameter: Parameter, tool: ToolCard) -> str:
    """Nothing but a name, as an answer or behind "and" is."""
    if not reading.elliptic or reading.asking or len(reading.line.words) > _FEW + 2:
        return ""
    name = trimmed(reading.line, 0, len(reading.line.words), parameter)
    words = read_line(name).words
    first = next((i for i, word in enumerate(reading.line.words) if words and word.text == words[0].text), 0)
    return name if words and _is_new(reading, first, first + len(words), tool) else ""


def _is_new(reading: Reading, first: int, last: int, tool: ToolCard) -> bool:
    """Whether no word of it is empty, and one at least is no everyday word of the trade."""
    words = [word.text for word in reading.line.words[first:last]]
    if not words or not reading.taken.isdisjoint(range(first, last)) or any(word in EMPTY for word in words):
        return False
    return any(not is_known(word) and not word.isdigit() for word in words) and not _is_about(tool, " ".join(words))


def _is_about(tool: ToolCard, name: str) -> bool:
    """Whether a name says no more than what the tool is for."""
    words = [word.text for word in read_line(name).words]
    return all(word in EMPTY or any(tool.weights.get(meaning, 0) >= 1 for meaning in meanings(word)) for word in words)
