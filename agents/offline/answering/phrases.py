"""Free text in a request: the thing asked about, without the words around it."""

import re

from agents.offline.answering.reading import Reading
from agents.offline.answering.schema import Parameter
from agents.offline.answering.vocabulary import concept, stem
from agents.offline.answering.words import Line

_LEADING = frozenset(
    ["can", "could", "would", "will", "you", "u", "please", "pls", "plz", "explain", "explaining", "tell", "me", "about", "why", "was", "were", "is", "are", "am", "i", "i'm", "i've", "been", "being", "have", "has", "had", "did", "do", "does", "the", "a", "an", "this", "that", "these", "those", "what", "what's", "whats", "which", "who", "how", "come", "for", "of", "on", "in", "to", "and", "or", "but", "so", "my", "your", "there", "it's", "its", "it", "got", "get", "getting", "charged", "charging", "billed", "hi", "hello", "hey", "just", "want", "wanted", "know", "to", "understand", "need", "like", "see", "show", "give", "look", "up", "check", "if", "with", "some", "from", "by", "not", "compare", "comparing", "comparison", "difference", "differences", "between", "switch", "switching", "change", "changing", "move", "moving", "upgrade", "upgrading", "than", "then", "also", "now", "ok", "okay", "well", "right", "sorry", "thanks", "thank", "u", "actually", "much", "paying", "pay", "paid", "seems", "seem", "there's", "theres", "whats", "where", "does", "did", "book", "find", "get", "information", "info", "details", "detail", "more", "help", "regarding", "re", "concerning", "appear", "appears", "appeared", "doing", "added", "put", "i'd", "id", "should", "better", "cheaper", "worse"]
)
_TRAILING = frozenset(
    ["on", "in", "my", "the", "a", "an", "bill", "bills", "invoice", "statement", "account", "for", "this", "that", "please", "pls", "plz", "thanks", "thank", "you", "cheers", "ta", "month", "to", "of", "at", "is", "was", "mean", "means", "meant", "be", "it", "about", "and", "or", "with", "from", "by", "do", "does", "did", "there", "here", "again", "now", "me", "i", "am", "are", "get", "got", "come", "came", "appear", "appears", "appeared", "showing", "shown", "show", "added", "charged", "plan", "plans", "tariff", "tariffs", "deal", "deals", "package", "packages", "one", "ones", "instead", "better", "cheaper", "worse", "best", "more", "differ", "compare", "compared", "compares", "comparison", "like", "all", "latest", "last", "current", "exactly", "then", "too", "as", "well", "side", "next", "each"]
)
_EMPTY_NAMES = frozenset(
    ["twice", "double", "extra", "more", "much", "higher", "lower", "wrong", "so", "too", "something", "anything", "everything", "it", "that", "this", "thing", "things", "money", "amount", "total", "expensive", "high", "low", "different", "strange", "weird", "unknown", "new", "what", "why", "how", "when", "other", "another", "some", "each", "two", "both", "plans", "tariffs", "few", "increase", "increased", "gone", "up", "go", "down", "went"]
)
_JOINTS = (
    re.compile(r" (?:vs|versus|v|against|with|than) "),
    re.compile(r" (?:and|or) "),
    re.compile(r" (?:to|into) "),
)
_OWN = re.compile(
    r"^(?:the )?(?:(?:my|mine|our)\b(?: (?:current|existing|own|present|old|plan|tariff|package|deal|one|contract))*|(?:the )?(?:plan|tariff|package|deal|one) (?:i have|i'm on|im on|i am on|i've got)|(?:what|the one) (?:i have|i've got|i'm on)|current (?:plan|tariff|package|deal)|mine)$"
)
_QUOTED = re.compile(r"[\"“”']([^\"“”']{2,60})[\"“”'](?=\W|$)")


def find_name(reading: Reading, parameter: Parameter) -> str | None:
    """The longest stretch between entities that is more than wrapping; None when nothing is left."""
    if quoted := _QUOTED.search(reading.line.original):
        return quoted[1]
    best = ""
    for first, last in _stretches(reading):
        name = _trimmed(reading.line, first, last, parameter)
        if len(name) > len(best):
            best = name
    return best or None


def find_pair(reading: Reading, parameter: Parameter) -> tuple[str | None, str | None]:
    """`compare my plan with Unlimited`: both sides of the word that joins them."""
    joined = reading.line.joined
    for joint in _JOINTS:
        for match in reversed(list(joint.finditer(joined))):
            index = reading.line.starts.get(match.start() + 1, 0)
            left = _name_of(reading.line, 0, index, parameter)
            right = _name_of(reading.line, index + 1, len(reading.line.words), parameter)
            if left and right:
                return left, right
    return _name_of(reading.line, 0, len(reading.line.words), parameter), None


def _stretches(reading: Reading) -> list[tuple[int, int]]:
    months = {i for month in reading.months for i in range(month.first, month.last)}
    stretches: list[tuple[int, int]] = []
    first = 0
    for index in range(len(reading.line.words) + 1):
        if index == len(reading.line.words) or index in months:
            if first < index:
                stretches.append((first, index))
            first = index + 1
    return stretches


def _name_of(line: Line, first: int, last: int, parameter: Parameter) -> str | None:
    for start in range(first, last):
        if _OWN.match(" ".join(word.text for word in line.words[start:last])):
            return own_name(parameter)
    return _trimmed(line, first, last, parameter) or None


def own_name(parameter: Parameter) -> str:
    """How the tool wants the customer's own thing called, if its description says so."""
    said = re.search(r"['\"`]((?:my|current|mine|own)[\w ]*)['\"`]", parameter.description)
    return said[1] if said else "my plan"


def _trimmed(line: Line, first: int, last: int, parameter: Parameter) -> str:
    own = {stem(word) for word in parameter.label.split()} | {"fee", "charg", "item"}
    words = line.words
    while first < last and (words[first].text in _LEADING or stem(words[first].text) in own):
        first += 1
    while last > first and (words[last - 1].text in _TRAILING or stem(words[last - 1].text) in own):
        last -= 1
    rest = [word.text for word in words[first:last]]
    if all(word in _EMPTY_NAMES or word in _LEADING or word in _TRAILING or concept(word) in own for word in rest):
        return ""
    return line.between(first, last)
