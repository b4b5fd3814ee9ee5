"""Sentences from lines such as `(show|give) me my bill for {month}`: alternatives, slots, and the noise of real typing."""

import itertools
import random
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

DATA = Path(__file__).with_name("data")
_CHOICE = re.compile(r"\(([^()]*\|[^()]*)\)")
_SLOT = re.compile(r"\{(\w+)\}")

COUNTRIES = (
    "Spain France Germany Italy Greece Portugal Turkey Belgium Netherlands Switzerland Norway Sweden Denmark Poland "
    "Ireland Iceland Croatia Cyprus Malta Austria USA Canada Mexico Brazil Argentina Japan China India Thailand Vietnam "
    "Australia Egypt Morocco Tunisia Kenya Israel Dubai Singapore Bulgaria Romania Hungary Finland Tenerife Ibiza Paris "
    "Rome Berlin Barcelona Florida Albania Serbia Jamaica Cuba Peru Chile Nigeria Ghana Pakistan Bangladesh"
).split()
SLOTS = {
    "country": [*COUNTRIES, "New York", "South Africa", "Hong Kong", "the USA", "the States", "New Zealand"],
    "month": "January February March April May June July August September October November December jan feb sept".split(),
    "year": ["2023", "2024", "2025", "2026"],
    "money": ["£4.20", "£45", "£12.99", "50 pounds", "30 quid", "£80", "$20", "£7.50", "100 pounds", "a fiver"],
    "n": ["2", "3", "5", "6", "10", "12", "20", "four", "two", "100"],
    "plan": ["Unlimited", "Essential", "Plus", "Max", "Basic", "Lite", "Family", "Student", "Premium", "Standard", "SIM only"],
    "company": ["Vodafone", "EE", "O2", "giffgaff", "Tesco Mobile", "Sky Mobile", "Virgin Media", "Verizon", "BT", "Lebara"],
    "city": ["London", "Leeds", "Manchester", "Glasgow", "Bristol", "Cardiff", "Birmingham"],
    "language": ["Spanish", "French", "German", "Italian", "Japanese", "Latin"],
    "topic": ["autumn", "my cat", "love", "the sea", "football", "climate change", "space", "my holiday"],
    "word": ["serendipity", "obtuse", "photosynthesis", "quixotic", "necessary", "irony", "roam", "ubiquitous"],
    "phone": ["07700 900123", "07911123456", "447700900456"],
    "ask": ["can you tell me", "could you tell me", "i'd like to know", "i want to know", "do you know", "i need to know", "any idea",
            "i was wondering", "please tell me", "would you kindly let me know", "i'm trying to find out", "can you find out", "tell me",
            "let me know", "could you check", "can you clarify", "i'd love to know", "just wondering", "i'm curious", "help me understand",
            "can somebody explain", "may i ask", "please advise", "i would like to ask", "pls tell", "you need to tell me", "who can tell me"],
    "want": ["i want to", "i'd like to", "i need to", "how do i", "can i", "how can i", "could you help me", "is it possible to",
             "i'm trying to", "what do i have to do to", "how do i go about trying to", "help me", "is there any way to", "i was hoping to",
             "i wish to", "how would i", "what's the best way to", "am i able to", "i wanna", "need to", "could i", "where do i go to",
             "please help me", "i have been trying to", "how does one", "show me how to", "what steps do i take to", "i'm looking to"],
    "see": ["show me", "give me", "let me see", "i want to see", "get me", "i need", "send me", "could i get", "bring up", "can i see",
            "i'd like", "may i have", "pull up", "please provide", "display", "i want", "list", "check", "tell me", "what about", "looking for",
            "can you send me", "would you show me", "find me", "what is", "what are"],
    "id": ["12345", "88812", "4711", "100045", "77123"],
}  # fmt: skip
OPENINGS = ("hi", "hello", "hey", "hi there", "good morning", "please", "excuse me", "quick question", "sorry to bother you",
            "hello could you help me", "help", "ok so", "um", "right", "morning", "dear sir or madam", "hey guys", "yo", "can you help",
            "i have a question", "just wondering", "i was wondering", "so", "i'd like to know", "can you tell me", "urgent")  # fmt: skip
CLOSINGS = ("please", "thanks", "thank you", "pls", "asap", "thx", "cheers", "many thanks", "please help", "it's urgent", "right now",
            "as soon as possible", "kind regards", "mate", "thanks in advance", "this is ridiculous", "not happy", "??", "!!!", "for me")  # fmt: skip
_KEYS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")


def lines(name: str) -> list[str]:
    return [line.strip() for line in (DATA / f"{name}.txt").read_text("utf-8").splitlines() if line.strip()]


def expansions(line: str, *, most: int, chance: random.Random) -> list[str]:
    """Different sentences of one line, `most` at the most."""
    pieces = _pieces(line)
    total = 1
    for piece in pieces:
        total *= len(piece)
    if total <= most * 4:
        found = ["".join(parts) for parts in itertools.product(*pieces)]
        chance.shuffle(found)
    else:
        found = ["".join(chance.choice(piece) for piece in pieces) for _ in range(most * 2)]
    unique = list(dict.fromkeys(" ".join(text.split()) for text in found))[
        : most if total > 1 or "{" not in line else most
    ]
    filled = [fill(text, chance) for text in unique]
    if total == 1 and "{" in line:
        filled = [fill(text, chance) for text in unique * 4]
    return list(dict.fromkeys(filled))[:most]


def _pieces(line: str) -> list[list[str]]:
    pieces: list[list[str]] = []
    last = 0
    for match in _CHOICE.finditer(line):
        pieces += [[line[last : match.start()]], match[1].split("|")]
        last = match.end()
    return [*pieces, [line[last:]]]


def fill(text: str, chance: random.Random) -> str:
    return _SLOT.sub(lambda slot: chance.choice(SLOTS[slot[1]]), text)


def mistyped(text: str, chance: random.Random) -> str:
    """One or two slips: a letter dropped, doubled, swapped or replaced by its neighbour."""
    letters = list(text)
    for _ in range(1 + (len(letters) > 30)):
        place = chance.randrange(1, max(2, len(letters) - 1)) if len(letters) > 3 else 0
        if place and letters[place].isalpha() and letters[place - 1].isalpha():
            letters[place : place + 1] = _slip(letters, place, chance)
    return "".join(letters)


def _slip(letters: list[str], place: int, chance: random.Random) -> list[str]:
    kind = chance.randrange(4)
    letter = letters[place]
    if kind == 0:
        return []
    if kind == 1:
        return [letter, letter]
    if kind == 2:
        letters[place - 1], letter = letter, letters[place - 1]
        return [letter]
    row = next((row for row in _KEYS if letter.lower() in row), letter)
    spot = row.find(letter.lower())
    return [row[max(0, min(len(row) - 1, spot + chance.choice((-1, 1))))]]


def shelled(text: str, chance: random.Random) -> str:
    """Politeness before and after, as it also stands around what is not for us."""
    opening = chance.choice(OPENINGS) + chance.choice((" ", ", ", " - ", ". ")) if chance.random() < 0.6 else ""
    closing = chance.choice((" ", ", ")) + chance.choice(CLOSINGS) if chance.random() < 0.5 else ""
    return opening + text + closing


def reworded(text: str, groups: Mapping[str, Sequence[str]], chance: random.Random) -> str:
    """Another word of the same concept here and there, and now and then a word left out."""
    found = []
    for word in text.split():
        others = groups.get(word.lower())
        if others and chance.random() < 0.5:
            found.append(chance.choice(others))
        elif chance.random() > 0.08:
            found.append(word)
    return " ".join(found) or text


def variants(text: str, groups: Mapping[str, Sequence[str]], chance: random.Random) -> Iterator[str]:
    yield text
    if chance.random() < 0.3:
        yield shelled(text, chance)
    if chance.random() < 0.25:
        yield mistyped(text, chance)
    if len(text.split()) > 2 and chance.random() < 0.5:
        yield reworded(text, groups, chance)
