"""Fits the weights by which a message is given to the agent of an earlier one: `planning/leaning.json`.

Run `python -m training.fit_following` after the router is trained or `data/followups.txt` or `data/talks.txt` change.
A line of `followups.txt` names the agents that it may follow and stay with; `>` before the name of one: it turns to it.
"""

import json
import random
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from agents.config import AGENTS
from agents.offline.planning import leaning
from agents.offline.planning.deciding import Decider
from agents.offline.planning.decision import Decision, Part
from agents.offline.planning.judging import Judge
from agents.offline.planning.values import AgentCard
from training import grammar
from training.softmax import Choice, fit

TARGET = Path(leaning.__file__).with_name("leaning.json")
NAMES = tuple(agent.name for agent in AGENTS)
NOBODY = ""
_SEED, _FORMS, _OWN_LINES, _OUTSIDE_LINES, _TALK_WEIGHT = 20_261_123, 80, 1_000, 700, 6.0
_RETURNS = 300
_MONTHS = (
    "and {month}?",
    "and the {month} one?",
    "what about {month}",
    "{month}?",
    "and in {month}",
    "for {month} too",
)
_LINE_WEIGHT = 25.0
_DECAY, _WORD_DECAY = 1.0, 1.5
_LINKS = (
    "ok ",
    "and ",
    "also ",
    "great, ",
    "thanks. ",
    "so ",
    "right ",
    "one more thing, ",
    "now ",
    "",
    "",
    "",
    "",
    "",
)
_ANSWERS = {
    "Billing": ("{month}", "yes", "no", "{month} please", "the {month} one", "in {month}", "{month} {year}"),
    "Roaming": ("{country}", "yes", "no", "yes {country}", "no {country}", "to {country}", "{country} and {country}"),
    "Tariff": ("{plan}", "the {plan} plan", "my plan", "SIM Only 50GB", "Phone Plan Unlimited", "prepaid", "{month}"),
}


@dataclass(frozen=True, slots=True)
class Example:
    """`talk` is what was asked before, with whom it was for."""

    text: str
    talk: tuple[tuple[str, tuple[str, ...]], ...]
    wanted: frozenset[str]
    around: frozenset[str] = frozenset()
    weight: float = 1.0


def examples(chance: random.Random) -> Iterator[Example]:
    yield from _followups(chance)
    yield from _fresh(chance)
    yield from _answers(chance)
    yield from _returns(chance)
    yield from _talks()


def _before(last: str, chance: random.Random) -> tuple[tuple[str, tuple[str, ...]], ...]:
    earlier = [name for name in NAMES if name != last and chance.random() < 0.25]
    chance.shuffle(earlier)
    return tuple((_question(name, chance), (name,)) for name in (*earlier, last))


def _around(chance: random.Random, asked: float, *, shown: float = 0.02) -> frozenset[str]:
    found = {leaning.ASKED: chance.random() < asked, leaning.SHOWN: chance.random() < shown}
    return frozenset(name for name, is_so in found.items() if is_so)


def _question(name: str, chance: random.Random) -> str:
    return grammar.expansions(chance.choice(grammar.lines(name.lower())), most=1, chance=chance)[0]


def _followups(chance: random.Random) -> Iterator[Example]:
    for line in grammar.lines("followups"):
        owners, _, pattern = line.partition(": ")
        texts = grammar.expansions(pattern, most=_FORMS, chance=chance)
        weight = min(1.0, _LINE_WEIGHT / len(texts))
        for text in texts:
            if owners == "none" or owners.startswith(">"):
                wanted = NOBODY if owners == "none" else owners[1:]
                yield Example(
                    text, _before(chance.choice(NAMES), chance), frozenset({wanted}), _around(chance, 0.1), weight
                )
            else:
                last = chance.choice(owners.split())
                around = _around(chance, 0.15, shown=0.5 if "{line}" in pattern else 0.02)
                yield Example(text, _before(last, chance), frozenset({last}), around, weight)


def _fresh(chance: random.Random) -> Iterator[Example]:
    """Questions that stand for themselves, whatever was spoken of before."""
    for name in (*NAMES, NOBODY):
        lines = grammar.lines(name.lower()) if name else [*grammar.lines("outside"), *grammar.lines("outside_plain")]
        for line in chance.sample(lines, min(len(lines), _OWN_LINES if name else _OUTSIDE_LINES)):
            text = chance.choice(_LINKS) + grammar.expansions(line, most=1, chance=chance)[0]
            yield Example(text, _before(chance.choice(NAMES), chance), frozenset({name}), _around(chance, 0.1))


def _answers(chance: random.Random) -> Iterator[Example]:
    for name, patterns in _ANSWERS.items():
        for pattern in patterns * 6:
            yield Example(
                grammar.fill(pattern, chance), _before(name, chance), frozenset({name}), frozenset({leaning.ASKED})
            )


def _returns(chance: random.Random) -> Iterator[Example]:
    """A month after a question without one goes on with the one before that."""
    timed = {name: [line for line in grammar.lines(name.lower()) if "{month}" in line] for name in _ANSWERS}
    other = [line for line in grammar.lines("roaming") if "{country}" in line and "{month}" not in line]
    for _ in range(_RETURNS):
        name = chance.choice(["Billing", "Tariff"])
        last = chance.choice(["Roaming", "Roaming", "FAQ"])
        between = chance.choice(other if last == "Roaming" else grammar.lines("faq"))
        before = [grammar.expansions(line, most=1, chance=chance)[0] for line in (chance.choice(timed[name]), between)]
        text = grammar.fill(chance.choice(_MONTHS), chance)
        talk = ((before[0], (name,)), (before[1], (last,)))
        yield Example(text, talk, frozenset({name}))
        yield Example(text, talk[::-1], frozenset({name}))
        abroad = grammar.expansions(chance.choice(timed["Roaming"]), most=1, chance=chance)[0]
        yield Example(text, (talk[0], (abroad, ("Roaming",))), frozenset({"Roaming"}))


def _talks() -> Iterator[Example]:
    """Whole conversations; a turn may be for either of several agents, or for several at once."""
    path = grammar.DATA / "talks.txt"
    for block in path.read_text("utf-8").split("\n\n"):
        talk: list[tuple[str, tuple[str, ...]]] = []
        for line in block.strip().splitlines():
            owners, _, text = line.partition(": ")
            ways = [tuple(way.split("+")) if way != "-" else () for way in owners.split("|")]
            single = frozenset(way[0] if way else NOBODY for way in ways if len(way) < 2)
            if talk and single:
                yield Example(text, tuple(talk), single, weight=_TALK_WEIGHT)
            way = talk[-1][1] if talk and talk[-1][1] in ways else ways[0]
            talk += [(text, way)] if way else []


def choices(found: Iterable[Example]) -> Iterator[Choice]:
    judge = Judge([AgentCard(agent.name, agent.description, agent.examples) for agent in AGENTS])
    decide, judging = lru_cache(maxsize=None)(Decider(judge).decide), leaning.Leaning(judge)

    def said(text: str, agents: tuple[str, ...]) -> Decision:
        return replace(decide(text), parts=tuple(Part(agent, 1.0, ()) for agent in agents))

    for each in found:
        options = judging.options(decide(each.text), [said(*turn) for turn in each.talk], each.around)
        yield Choice(options, each.wanted, each.weight)


def main() -> None:
    """What words say is trusted less than what cues say."""
    found = fit(
        choices(examples(random.Random(_SEED))),  # noqa: S311
        lambda key: _WORD_DECAY if leaning.WORD in key else _DECAY,
    )
    TARGET.write_text(json.dumps(found.told(), separators=(",", ":")).replace(',"', ',\n"') + "\n", encoding="utf-8")
    sys.stdout.write(f"right {found.right:.3f}\n")


if __name__ == "__main__":
    main()
