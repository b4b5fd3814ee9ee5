"""How likely each agent is the right one for a list of words, and how likely the words are for us at all."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from agents.offline.planning.gate import evidence
from agents.offline.planning.heads import Heads
from agents.offline.planning.language import Language
from agents.offline.planning.learned import Learned
from agents.offline.planning.patterns import pattern
from agents.offline.planning.storage import Trained, load
from agents.offline.planning.values import AgentCard
from agents.offline.text import clean, fold, tokens

_FILE = Path(__file__).with_name("router.bin")
_INSIDE = "inside"
_SAME_DOMAIN, _CERTAIN, _BY_HEART = 0.3, 0.99, 0.95
_EXAMPLES_OF_WAYS = 3
_REMEMBERED = 2_048
_WAY = pattern("asking_the_way")
PLACES = frozenset({"<country>", "<region>"})
_DETAILS = frozenset(
    f"<~{kind}>"
    for kind in ("data", "talk", "price", "charge", "left", "used", "included", "expensive", "explain", "order")
)

_COMPARISONS = frozenset({"<~cheap>", "<~compare>"})


@dataclass(frozen=True, slots=True)
class Judgement:
    """`scores` are of agents that exist; `missing` is the best of a shipped agent that this service does not have."""

    scores: Mapping[str, float]
    inside: float
    missing: float = 0.0
    guards: Mapping[str, float] | None = None
    is_example: bool = False

    @property
    def best(self) -> str | None:
        name = max(self.scores, key=lambda each: self.scores[each], default=None)
        return name if name is not None and self.scores[name] >= self.missing else None

    @property
    def score(self) -> float:
        return max(self.scores.values(), default=0.0)


class Judge:
    def __init__(self, agents: Sequence[AgentCard]) -> None:
        trained = load(_FILE)
        shipped = {card.name for card in agents if _is_shipped(card, trained)}
        added = [card for card in agents if card.name not in shipped]
        self._learned = Learned(added, others=[card for card in agents if card.name in shipped], trained=trained)
        self._lexicon = replace(
            trained.lexicon,
            other=trained.lexicon.other - self._learned.words,
            known=trained.lexicon.known | self._learned.words,
        )
        self.language = Language(self._lexicon, also=self._learned.words)
        self._examples = {" ".join(self._meant(text)): card.name for card in agents for text in card.examples}
        self.explains = _explainer(agents)
        self._short = trained.short
        self._remembered = lru_cache(maxsize=_REMEMBERED)(self._judge)
        self._heads = Heads(trained)
        self._inside_words = trained.inside_words
        self._gate = (trained.gate, trained.gate_bias)
        self._columns = {name: column for column, name in enumerate(trained.names)}
        self._shipped = tuple(name for name in trained.descriptions if name in shipped)
        self._absent = tuple(name for name in trained.descriptions if name not in shipped)
        self._guards = tuple(name for name in trained.names if name != _INSIDE and name not in trained.descriptions)

    def judge(self, words: list[str]) -> Judgement:
        return self._remembered(" ".join(words))

    def _judge(self, text: str) -> Judgement:
        words = text.split()
        if not words:
            return Judgement({}, 0.0)
        if example := self._examples.get(text):
            return Judgement({example: _CERTAIN}, _CERTAIN, is_example=True)
        odds = self._heads.score(words)
        agents = {name: float(odds[self._columns[name]]) for name in (*self._shipped, *self._absent)}
        inside = self._inside(words, float(odds[self._columns[_INSIDE]]), max(agents.values()))
        shares, inside = self._by_heart(text, _shares(agents), inside)
        scores = {name: shares[name] * inside for name in self._shipped}
        added = self._learned.scores(words)
        scores |= added
        return Judgement(
            scores=scores,
            inside=max([inside if self._shipped else 0.0, *added.values()]),
            missing=max((shares[name] * inside for name in self._absent), default=0.0),
            guards={name: _chance(float(odds[self._columns[name]])) for name in self._guards},
        )

    def _by_heart(self, text: str, shares: dict[str, float], inside: float) -> tuple[dict[str, float], float]:
        """What the trainer knew word for word outweighs what the heads make of a text that short."""
        label = self._short.get(text)
        if label is None:
            return shares, inside
        if label not in shares:
            return shares, min(inside, 1 - _BY_HEART)
        rest = (1 - _BY_HEART) / max(1, len(shares) - 1)
        return {name: _BY_HEART if name == label else rest for name in shares}, max(inside, _BY_HEART)

    def _meant(self, text: str) -> list[str]:
        return [word.text for word in self.language.words(clean(text))]

    def is_new(self, word: str) -> bool:
        """A word with a meaning of its own that no question for us was ever made of."""
        return word not in self._inside_words and word not in self._lexicon.common and not word.startswith("<")

    def is_of_other_trade(self, word: str) -> bool:
        return word in self._lexicon.other

    def is_ours(self, word: str) -> bool:
        return word in self._lexicon.strong or word in self._lexicon.weak or word in self._learned.words

    def is_plain(self, word: str) -> bool:
        return word in self._lexicon.common or word.startswith("<")

    def is_detail(self, word: str) -> bool:
        """A word that asks for more about a subject, whatever that is: price, data, calls ..."""
        return self.is_plain(word) or self._lexicon.concepts.get(word) in _DETAILS

    def details(self, words: Iterable[str]) -> frozenset[str]:
        return (_DETAILS | _COMPARISONS).intersection(self._lexicon.concepts.get(word, "") for word in words)

    def is_order(self, word: str) -> bool:
        """`previous`, `latter`."""
        return self._lexicon.concepts.get(word) == "<~order>"

    def is_comparing(self, word: str) -> bool:
        return self.is_detail(word) or self._lexicon.concepts.get(word) in _COMPARISONS

    def is_paying(self, word: str) -> bool:
        return self._lexicon.concepts.get(word) == "<~pay>"

    def has_substance(self, words: list[str]) -> bool:
        return any(self.is_ours(word) or word in PLACES for word in words)

    def is_only_detail(self, words: list[str]) -> bool:
        return all(self.is_detail(word) and word not in PLACES for word in words)

    def _inside(self, words: list[str], inside: float, agent: float) -> float:
        weights, bias = self._gate
        values = evidence(words, inside, agent, self._lexicon, self._inside_words)
        return _chance(bias + sum(weight * value for weight, value in zip(weights, values, strict=True)))


def _explainer(agents: Sequence[AgentCard]) -> str | None:
    """The agent that is asked how to do things, if its examples show one."""
    asked = {card.name: sum(bool(_WAY.match(fold(text))) for text in card.examples) for card in agents}
    name = max(asked, key=lambda each: asked[each], default=None)
    return name if name and asked[name] >= _EXAMPLES_OF_WAYS else None


def _is_shipped(card: AgentCard, trained: Trained) -> bool:
    """The name alone is not enough: somebody else's Billing may be about parking tickets."""
    described = trained.descriptions.get(card.name)
    if described is None:
        return False
    ours, theirs = set(tokens(fold(described))), set(tokens(fold(card.description)))
    return len(ours & theirs) >= _SAME_DOMAIN * len(ours | theirs)


def _shares(odds: Mapping[str, float]) -> dict[str, float]:
    """Chances that sum to one."""
    top = max(odds.values())
    raw = {name: math.exp(min(0.0, value - top)) for name, value in odds.items()}
    total = sum(raw.values())
    return {name: value / total for name, value in raw.items()}


def _chance(odds: float) -> float:
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, odds))))
