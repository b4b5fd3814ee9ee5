"""The labelled sentences that the heads learn from."""

import random
from collections.abc import Iterator
from dataclasses import dataclass

from agents.config import AGENTS
from training import grammar, lexicon

GUARDS = ("injection", "other_person", "harmful")
INSIDE = "inside"
_OUTSIDE = ("smalltalk", "outside", "outside_plain", "outside_more", "outside_money")
_FROM_OURS, _FROM_OTHERS, _DRAWS = 30, 60, 1
_DROPPED = 0.08
_PAIRS, _STORIES, _MIXED = 2_500, 1_500, 600
_PAIRS_WRITTEN = 2
_LINKS = (" and ", ". ", ", ", "? ", " also ", " and also ", ". Also ", " plus ", " & ", "\n")


@dataclass(frozen=True, slots=True)
class Sample:
    """`line` counts the training lines, so that a held-out line is held out with all its variants; -1 is a mixture."""

    text: str
    labels: frozenset[str]
    line: int
    as_written: bool = False


def samples(seed: int) -> list[Sample]:
    """Every line in some of its forms, as written and with the noise of real typing."""
    synonyms = lexicon.synonyms()
    found: list[Sample] = []
    line = 0
    for labels, texts, most in _files():
        for text in texts:
            line += 1
            chance = random.Random(f"{seed} {text}")  # noqa: S311 - a line is the same whatever stands around it
            forms = grammar.expansions(text, most=most, chance=chance)
            noisy = {
                variant: variant is form
                for form in forms * _DRAWS
                for variant in grammar.variants(form, synonyms, chance, dropped=_DROPPED if INSIDE in labels else 0.0)
            }
            found += [Sample(variant, labels, line, as_written) for variant, as_written in noisy.items()]
    return found


def _files() -> list[tuple[frozenset[str], list[str], int]]:
    ours = [
        (frozenset((agent.name, INSIDE)), [*grammar.lines(agent.name.lower()), *agent.examples], _FROM_OURS)
        for agent in AGENTS
    ]
    refused = [(frozenset((name,)), grammar.lines(name), _FROM_OTHERS) for name in GUARDS]
    nobody = [(frozenset[str](), grammar.lines(name), _FROM_OTHERS) for name in _OUTSIDE]
    return [*ours, *refused, *nobody]


def joined(found: list[Sample], chance: random.Random) -> list[Sample]:
    """Several questions in one message, and questions behind the story of a life."""
    inside = [sample for sample in found if INSIDE in sample.labels]
    outside = [sample for sample in found if not sample.labels]
    told = [text for line in grammar.lines("context") for text in grammar.expansions(line, most=6, chance=chance)]
    made = [_pair(chance.choice(inside), chance.choice(inside), chance) for _ in range(_PAIRS)]
    made += [_story(chance.choice(inside), chance.choice(told), chance) for _ in range(_STORIES)]
    made += [_pair(chance.choice(inside), chance.choice(outside), chance) for _ in range(_MIXED)]
    return made + [sample for line in grammar.lines("pairs") for sample in _written(line)] * _PAIRS_WRITTEN


def _written(line: str) -> Iterator[Sample]:
    """`Billing FAQ: what do I owe and how do I pay it`, typed as one question."""
    agents, _, text = line.partition(": ")
    yield Sample(text, frozenset((*agents.split(), INSIDE)), -1)


def _pair(first: Sample, second: Sample, chance: random.Random) -> Sample:
    return Sample(first.text + chance.choice(_LINKS) + second.text, first.labels | second.labels, -1)


def _story(asked: Sample, told: str, chance: random.Random) -> Sample:
    if chance.random() < 0.3:
        return Sample(f"{asked.text}. {told}", asked.labels, asked.line)
    return Sample(told + chance.choice((". ", ", ", " and ", " but ")) + asked.text, asked.labels, asked.line)
