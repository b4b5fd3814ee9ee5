"""How much a message leans on the one before it: what a trained choice among the agents is made from."""

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

from agents.offline.planning.decision import Decision
from agents.offline.planning.judging import PLACES, Judge
from agents.offline.planning.patterns import pattern
from agents.offline.text import fold

_FILE = Path(__file__).with_name("leaning.json")
_SOME = 0.02
_TIMES = frozenset({"<month>", "<year>"})
_SPOTS = frozenset({"<city>", "<postcode>"})
_PLACING = ("place", "there")
_WAYS = ("way",)
_MOST_WORDS = 40
_WHEN = frozenset({"time"})
_LENGTHS = (1, 2, 4, 7, 10)
_WAY = pattern("asking_the_way")
_OPENINGS = {
    "connective": pattern("connective"),
    "asking": pattern("asking_back"),
    "return": pattern("returning"),
    "way": _WAY,
}
_ANYWHERE = {
    "pronoun": pattern("pronoun"),
    "pointing": pattern("pointing"),
    "some": pattern("ones"),
    "limit": pattern("limiting"),
    "there": pattern("there"),
    "pair": pattern("pair"),
}
_NAMED_BACK = pattern("named_back")  # "that month" points, but says at what
_CORRECTION = pattern("correction")
WORD = "~"
_NAMING = 6

ASKED, SHOWN = "asked", "shown"  # our last answer was a question; it had a row of the name that the message says
_ALOOF = frozenset({"strange", "new", "new2", "spot", "other:spot", ASKED, SHOWN})

type Values = dict[str, float]
type Talk = Sequence[Decision]


@lru_cache(maxsize=1)
def weights() -> dict[str, float]:
    return dict(json.loads(_FILE.read_text("utf-8")))


class Leaning:
    def __init__(self, judge: Judge) -> None:
        self._judge = judge
        alone = judge.judge(["<country>"])
        self._of_places = alone.best
        self._names = tuple(alone.scores)
        self._of_ways = judge.explains

    def choose(self, own: Decision, talk: Talk, around: frozenset[str]) -> str | None:
        """The agent that a message is for; None is nobody. `around` may hold ASKED and SHOWN."""
        table = weights()
        scored = {
            name: sum(table.get(key, 0.0) * value for key, value in values.items())
            for name, values in self.options(own, talk, around).items()
        }
        return max(scored, key=lambda name: scored[name]) or None

    def options(self, own: Decision, talk: Talk, around: frozenset[str]) -> dict[str, Values]:
        """The evidence for every agent, and under the empty name for nobody."""
        kind, cues = self._cues(own, around)
        if talk and not _SPOTS.isdisjoint(word.text for word in talk[-1].words):
            cues += ["spot", f"{kind}:spot"]  # A name that nobody knows may be the next town.
        scores = dict(own.scores or self._judge.judge([word.text for word in own.words]).scores)
        scores |= {part.agent: part.score for part in own.parts}
        total = sum(scores.values())
        last = talk[-1].agents if talk else ()
        before = [name for turn in talk[:-1] for name in turn.agents if name not in last]
        details = self._judge.details(word.text for word in own.words) | _WHEN.intersection(cues)
        both = self._both(talk[-1], own) if talk else {}
        timed = _timed(talk) if "time" in cues else frozenset[str]()
        said = [*self._said(own)]
        found: dict[str, Values] = {}
        for name in dict.fromkeys((*self._names, *last, *before)):
            values: Values = {f"{name}{word}": 1.0 for word in said}
            if kind != "names":  # "June" alone says nothing about whose it is.
                values[f"score:{kind}"] = math.log(scores.get(name, 0.0) + _SOME)
                values[f"share:{kind}"] = math.log(scores.get(name, 0.0) / max(total, _SOME) + _SOME)
                values[f"both:{kind}"] = math.log(both.get(name, 0.0) + _SOME)
                values[f"own:{kind}"] = float(name in own.agents)
            if name in last:
                known = self._known(name)
                values |= {f"last:{cue}": 1.0 for cue in cues if not cue.endswith(known)}
                values |= {f"last:{name}:{detail}": 1.0 for detail in details}
                values["last:untimed"] = float(bool(timed))
            elif name in before:
                values |= {"earlier": 1.0, f"earlier:{kind}": 1.0, "earlier:latest": float(name == before[-1])}
                values["earlier:timed"] = float(name in timed)
                values["earlier:return"] = float("return" in cues)
            values |= {cue: 1.0 for cue in cues if cue.endswith(self._known(name))}
            found[name] = values
        return found | {"": self._nobody(own, cues)}

    def _said(self, own: Decision) -> Iterator[str]:
        """The words that it is about, and all pairs of neighbours."""
        words = [word.text for word in own.words]
        yield from (f"{WORD}{word}" for word in dict.fromkeys(words) if not self._judge.is_plain(word))
        yield from (f"{WORD}{first} {second}" for first, second in pairwise(["", *words[:_MOST_WORDS]]))

    def _known(self, name: str) -> tuple[str, ...]:
        """Cues that speak for an agent whoever was asked last: a place, or the way to do something."""
        places = _PLACING if name == self._of_places else ()
        return (*places, *(_WAYS if name == self._of_ways else ())) or ("<none>",)

    def _both(self, last: Decision, own: Decision) -> Mapping[str, float]:
        """What the two texts say as one: "explain the insurance charge", "and the data boost?"."""
        words = [word.text for decision in (last, own) for word in decision.words]
        return self._judge.judge(words[-_MOST_WORDS:]).scores

    def _nobody(self, own: Decision, cues: Sequence[str]) -> Values:
        """ "No" takes leave, unless it answers us."""
        values = {"none": 1.0, "none:outside": math.log(1 - own.inside + _SOME), "none:alone": float(not own.parts)}
        values["none:manner"] = float(own.manner is not None and ASKED not in cues)
        return values | {f"none:{cue}": 1.0 for cue in cues if cue in _ALOOF}

    def _cues(self, own: Decision, around: frozenset[str]) -> tuple[str, list[str]]:
        words = [word.text for word in own.words]
        judge = self._judge
        content = [word for word in words if not judge.is_plain(word) and not judge.is_order(word)]
        kind = "names" if len(words) <= _NAMING and "<money>" not in words else "plain"
        if content:
            details = [judge.is_comparing(word) for word in content]
            ours = [judge.is_ours(word) for word in content]
            subject = any(mine and not detail for mine, detail in zip(ours, details, strict=True))
            kind = "subject" if subject else "detail" if any(details) else "other"
        size = next((str(most) for most in _LENGTHS if len(words) <= most), "many")
        marks = list(self._marks(words, fold(own.text)))
        marks += [f"{kind}:{mark}" for mark in marks]
        return kind, ["always", kind, f"words:{size}", f"{kind}:{size}", *marks, *around]

    def _marks(self, words: list[str], typed: str) -> Iterator[str]:
        text = " ".join(words)
        yield from (cue for cue, opening in _OPENINGS.items() if opening.match(text))
        rest = _NAMED_BACK.sub(" ", text)
        yield from (cue for cue, found in _ANYWHERE.items() if found.search(rest))
        if _CORRECTION.match(typed):
            yield "correction"
        new = sum(self._judge.is_new(word) for word in words)
        yield from ["new", "new2"][:new]
        if any(self._judge.is_of_other_trade(word) for word in words):
            yield "strange"
        if PLACES.intersection(words):
            yield "place"
        if _TIMES.intersection(words):
            yield "time"


def _timed(talk: Talk) -> frozenset[str]:
    """Who was asked about a time before the last turn, which was about a place at no time."""
    if not talk or _says_when(talk[-1]) or PLACES.isdisjoint(word.text for word in talk[-1].words):
        return frozenset()
    return frozenset(name for turn in talk[:-1] if _says_when(turn) for name in turn.agents)


def _says_when(turn: Decision) -> bool:
    return any(word.text in _TIMES for word in turn.words)
