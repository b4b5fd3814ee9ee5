"""Free text in a request: the thing asked about, without the words around it."""

import re

from agents.offline.answering.language.vocabulary import EMPTY, meanings, stem, word_set
from agents.offline.answering.language.words import Line, Word, read_line
from agents.offline.answering.reading.reading import Reading
from agents.offline.answering.tools.parameters import Parameter
from agents.offline.answering.tools.schema import ToolCard

_LEADING = word_set(
    """
    if moved would yo whats wats hiya ur gonna wanna can could will you u please pls plz explain explaining tell me
    about why was were is are am i i'm i've been being have has had did do does the a an this that these those what
    what's which who how come for of on in to and or but so my our your there it's its it got get getting charged
    charging billed hi hello hey just want wanted know understand need like see show give look up check with some
    from by not compare comparing comparison difference differences between switch switching change changing move
    moving upgrade upgrading than then also now ok okay well right sorry thanks thank actually much paying pay paid
    seems seem there's theres where book find information info details detail more help regarding re concerning
    called named labelled something
    appear appears appeared doing added put id i'd should better cheaper worse only bit stuff
    """
)
_TRAILING = word_set(
    """
    changes change moved would on in my our the a an bill bills invoice statement account for this that please pls plz
    thanks thank you cheers ta month to of at is was mean means meant be it about and or with from by do does did
    there here again now me i am are get got come came appear appears appeared showing shown show added charged plan
    plans tariff tariffs deal deals package packages one ones instead better cheaper worse best more differ compare
    compared compares comparison like all latest last current exactly then too as well side next each i've ive been
    stack stacks up dearer cost costs less have thing things bit stuff year which i'm im he she they we has had what
    moment present currently today
    """
)
_EMPTY_NAMES = word_set(
    """
    twice double extra more much higher lower wrong something anything everything thing things money amount total
    expensive high low different strange weird unknown new when another other some each two both plans tariffs few
    increase increased gone up go down went break breakdown them all owe guys now damage cost many odd funny usual
    than breakdown itemised itemized itemise summary overview list
    """
)
_CHANGE = re.compile(
    r"\b(?:higher|lower|more|less|expensive|cheaper|high|so hi|low|up|down|increase|increased|increases|jump|jumped"
    r"|risen|rise|dear|dearer|difference|different|much|double|doubled|big|bigger|large|cost|costing)\b"
)
_AMOUNT = re.compile(r"[£€$]\s?\d+(?:,\d{3})*(?:\.\d+)?")
_LONGEST_NAME = 5
_PLACING = word_set("in for at near to around")
_PROPER = re.compile(r"\d|\b(?!^)[A-Z]")
_NAME = re.compile(r"(?:[A-Z][\w&'-]+|\d+\w*)(?:\s+(?:[A-Z][\w&'-]*|\d+\w*))*")
_TAG = re.compile(r"#\S+")  # A reference; a thing on a bill is called otherwise.
_QUOTED = re.compile(r"[\"“”]([^\"“”]{2,60})[\"“”](?=\W|$)|(?<!\w)'([^'\"]{2,60})'(?=\W|$)")
_OPENING = re.compile(r"[.!?;:]\s+\w[\w']*")
_SENTENCE_END = re.compile(r"[.!?;](?:\s|$)| on (?:my|our|the) (?:account|bill|invoice)\b")


def find_matter(reading: Reading, parameter: Parameter) -> str:
    """The thing asked about; the question itself when it asks what changed."""
    if reading.why and _CHANGE.search(reading.line.joined):
        return find_words(reading)
    name = find_name(reading, parameter, None)
    amount = _AMOUNT.search(name)
    if amount and reading.matter and (name.count(" ") > _LONGEST_NAME or _is_bare(name.replace(amount[0], ""))):
        return amount[0]
    return (_capitals(name) or _SENTENCE_END.split(name)[0]) if name.count(" ") > _LONGEST_NAME else name


def _is_bare(rest: str) -> bool:
    """Nothing but wrapping: "thing on the first"."""
    return all(is_filler(word.text) or word.text in EMPTY for word in read_line(rest).words)


def find_name(reading: Reading, parameter: Parameter, tool: ToolCard | None) -> str:
    """The longest stretch between months that is more than wrapping; empty when nothing is left."""
    if quoted := _QUOTED.search(reading.line.original):
        return quoted[1] or quoted[2]
    names = [trimmed(reading.line, first, last, parameter) for first, last in _stretches(reading)]
    if tool:
        names = [_capitals(name) or name for name in names if not _is_about(tool, name)]
    return max(names, key=len, default="")


def _capitals(name: str) -> str:
    """The part that is written as a name: `Camden` of `when is the Camden branch open`."""
    found = _NAME.findall(_OPENING.sub(" ", name))
    return max(found, key=len, default="")


def _is_about(tool: ToolCard, name: str) -> bool:
    """Whether a name says no more than what the tool is for."""
    words = [word.text for word in read_line(name).words]
    return all(word in EMPTY or any(tool.weights.get(meaning, 0) >= 1 for meaning in meanings(word)) for word in words)


def find_words(reading: Reading) -> str:
    """The text with its months and the word that leads to each of them cut out."""
    line, dropped = reading.line, set[int]()
    for month in reading.months:
        dropped.update(range(month.first, month.last))
        if month.first and line.words[month.first - 1].text in ("in", "for", "than", "of"):
            dropped.add(month.first - 1)
    kept = [line.between(i, i + 1) for i in range(len(line.words)) if i not in dropped]
    return " ".join(kept)


def is_filler(word: str) -> bool:
    return word in _LEADING | _TRAILING | _EMPTY_NAMES or "'" in word


def is_proper(name: str) -> bool:
    """Whether it looks like a name that somebody gave: a digit, or a capital that does not open the text."""
    return bool(_PROPER.search(name))


def is_called(name: str, reading: Reading, parameter: Parameter) -> bool:
    """Whether the name is followed by what the parameter calls such a thing: `the paper bill fee`."""
    own = _own_words(parameter)
    after = reading.line.original[reading.line.original.find(name) + len(name) :].split()
    return bool(after) and stem(after[0].strip("?.!,").lower()) in own


def is_paid_for(name: str, reading: Reading) -> bool:
    """`what did I pay for roaming in June` asks about the roaming rather than about the payment."""
    said = " ".join(word.text for word in read_line(name).words)
    paying = r"\b(?:(?:pa(?:y|id|ying)|charged|billed|bill)(?: (?:me|us|out|extra))? for|sp(?:end|ent) (?:for|on))"
    paid = re.search(rf"{paying} (?:the |my |a )?{re.escape(said)}\b", reading.line.joined)
    return bool(said) and paid is not None


def _own_words(parameter: Parameter) -> set[str]:
    return {stem(word) for word in parameter.label.split()} | {"fee", "charg", "item"}


def _stretches(reading: Reading) -> list[tuple[int, int]]:
    between = {i for month in reading.months for i in range(month.first, month.last)}
    tags = [tag.span() for tag in _TAG.finditer(reading.line.original)]
    between |= {i for i, word in enumerate(reading.line.words) if any(a <= word.start < b for a, b in tags)}
    stretches: list[tuple[int, int]] = []
    first = 0
    for index in range(len(reading.line.words) + 1):
        if index == len(reading.line.words) or index in between:
            if first < index:
                stretches.append((first, index))
            first = index + 1
    return stretches


def _is_in(fillers: frozenset[str], word: Word) -> bool:
    """As it is written or in plain English, which may be several words: `wots` is `what is`."""
    return word.text in fillers or (bool(word.plain) and fillers.issuperset(word.plain.split()))


def trimmed(line: Line, first: int, last: int, parameter: Parameter) -> str:
    own = _own_words(parameter)
    words = line.words
    while first < last and (_is_in(_LEADING, words[first]) or stem(words[first].text) in own):
        first += 1
    while last > first and (_is_in(_TRAILING, words[last - 1]) or stem(words[last - 1].text) in own):
        last -= 1
    rest = [word.text for word in words[first:last]]
    if all(is_filler(word) or word in EMPTY or stem(word) in own for word in rest):
        return ""
    return line.between(first, last)
