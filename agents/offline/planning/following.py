"""What a message means after the earlier ones: "and in June?", "the Spanish one", "why?"."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from agents.offline.planning.decision import Decision, Part
from agents.offline.planning.judging import Judge
from agents.offline.planning.leaning import ASKED, SHOWN, Leaning
from agents.offline.text import fold, tokens
from models.conversation import Role, Turn

# The first two words of the first cell of a table's row.
_ROW = re.compile(r"^\| *([^\W\d_][^\s|]+ [^\s|]{2,})[^|\n]*\|", re.MULTILINE)
_ANSWER, _MEMORY = 8, 8
_INHERITED, _FITTING = 0.8, 0.2


@dataclass(frozen=True, slots=True)
class Resolved:
    """`request` is set when another text than the message is what the agent has to answer."""

    decision: Decision
    follows: bool = False
    request: str | None = None


@dataclass(slots=True)
class _Talk:
    """The earlier turns that had an agent, our last answer, a choice left to the customer, and rows that we showed."""

    earlier: list[Decision]
    answer: str = ""
    open_choice: Decision | None = None
    rows: set[str] = field(default_factory=set)

    def hear(self, answer: str) -> None:
        self.answer = answer
        self.rows.update(fold(name) for name in _ROW.findall(answer))

    @property
    def is_question(self) -> bool:
        return self.answer.rstrip().endswith("?")

    def around(self, own: Decision) -> Iterator[str]:
        if self.is_question:
            yield ASKED
        said = f" {fold(own.text)} "
        if any(f" {name}" in said for name in self.rows):
            yield SHOWN


class Follower:
    def __init__(self, judge: Judge, decide: Callable[[str], Decision], subjects: Mapping[str, str]) -> None:
        self._leaning = Leaning(judge)
        self._decide = decide
        self._subjects = {name: frozenset(tokens(fold(f"{name} {text}"))) for name, text in subjects.items()}

    def resolve(self, message: str, history: Sequence[Turn]) -> Resolved:
        """The decision for `message`; an elliptic one takes the agents of the turn that it continues."""
        talk = _Talk([])
        for turn in _recent(history):
            if turn.role is Role.USER:
                found = self._next(turn.text, talk).decision
                talk.open_choice = found if found.choice else None
                if found.parts and not found.choice:
                    talk.earlier.append(found)
                talk.answer = ""
            else:
                talk.hear(turn.text)
        return self._next(message, talk)

    def _next(self, message: str, talk: _Talk) -> Resolved:
        own = self._decide(message)
        if own.guard or own.elsewhere:
            return Resolved(own)
        if talk.open_choice and (chosen := self._chosen(own, talk.open_choice)):
            decision = replace(talk.open_choice, parts=chosen, choice=())
            return Resolved(decision, follows=True, request=talk.open_choice.text)
        if not talk.earlier or len(own.parts) > 1 or (own.manner and not (talk.is_question and _answers(own))):
            return Resolved(own)
        name = self._leaning.choose(own, talk.earlier, frozenset(talk.around(own)))
        if name in own.agents:
            return Resolved(replace(own, choice=()))
        if name is None:
            return Resolved(replace(own, parts=(), choice=()))
        together = next((turn.agents for turn in reversed(talk.earlier) if name in turn.agents), (name,))
        parts = tuple(Part(agent, _INHERITED, ()) for agent in _meant_of(together, own))
        followed = replace(own, parts=parts, inside=max(own.inside, _INHERITED), manner=None, choice=())
        return Resolved(followed, follows=True)

    def _chosen(self, own: Decision, question: Decision) -> tuple[Part, ...]:
        """Which of the two that we asked about is meant."""
        words = [word.text for word in own.words]
        text = " ".join(words)
        if len(words) > _ANSWER or own.manner:
            return ()
        first, second = question.choice
        if re.search(r"\bboth\b", text):
            return Part(first, _INHERITED, ()), Part(second, _INHERITED, ())
        for agent, ordinal in ((first, r"\b(?:first|former|1st)\b"), (second, r"\b(?:second|latter|2nd|last)\b")):
            if re.search(ordinal, text):
                return (Part(agent, _INHERITED, ()),)
        hits = {agent: len(self._subjects[agent].intersection(tokens(fold(own.text)))) for agent in question.choice}
        if hits[first] != hits[second]:
            return (Part(max(hits, key=lambda agent: hits[agent]), _INHERITED, ()),)
        return ()


def _recent(history: Sequence[Turn]) -> list[Turn]:
    """Back to the eighth last message of the customer."""
    users = [position for position, turn in enumerate(history) if turn.role is Role.USER]
    return list(history[users[-_MEMORY] if len(users) >= _MEMORY else 0 :])


def _meant_of(agents: tuple[str, ...], own: Decision) -> tuple[str, ...]:
    """After a message for several agents: the one that the new words fit, when they fit any."""
    scores = dict(own.scores)
    best = max(agents, key=lambda agent: scores.get(agent, 0.0))
    return (best,) if len(agents) > 1 and scores.get(best, 0.0) >= _FITTING else agents


def _answers(own: Decision) -> bool:
    text = " ".join(word.text for word in own.words)
    return bool(re.match(r"^(?:yes|yeah|yep|sure|ok|okay|right|correct|exactly|please)\b|^(?:no|nope|nah)$", text))
