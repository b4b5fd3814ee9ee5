"""What a message means after the earlier ones: "and in June?", "the Spanish one", "why?"."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from agents.offline.planning.decision import Decision, Part
from agents.offline.planning.judging import PLACES, Judge
from agents.offline.planning.patterns import pattern
from agents.offline.text import fold, tokens
from models.conversation import Role, Turn

_CONNECTIVE = pattern("connective")
_POINTING = pattern("pointing")
_ASKING_BACK = pattern("asking_back")
_PRONOUN = pattern("pronoun")
_ANSWERING = pattern("answering")
_ONES, _CORRECTION = pattern("ones"), pattern("correction")
_FRAGMENT = 4
_SHORT, _ANSWER, _MEMORY = 9, 8, 8
_INHERITED, _FITTING = 0.8, 0.2
_OWN, _OWN_AFTER_AND = 0.62, 0.9


@dataclass(frozen=True, slots=True)
class Resolved:
    """`request` is set when another text than the message is what the agent has to answer."""

    decision: Decision
    follows: bool = False
    request: str | None = None


@dataclass(slots=True)
class _Talk:
    """The earlier turns that had an agent, the question that was asked last, and a choice left to the customer."""

    earlier: list[Decision]
    asked: str = ""
    open_choice: Decision | None = None


class Follower:
    def __init__(self, judge: Judge, decide: Callable[[str], Decision], subjects: Mapping[str, str]) -> None:
        self._judge = judge
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
                talk.asked = ""
            else:
                talk.asked = _question(turn.text)
        return self._next(message, talk)

    def _next(self, message: str, talk: _Talk) -> Resolved:
        own = self._decide(message)
        if own.guard or own.elsewhere:
            return Resolved(own)
        if talk.open_choice and (chosen := self._chosen(own, talk.open_choice)):
            decision = replace(talk.open_choice, parts=chosen, choice=())
            return Resolved(decision, follows=True, request=talk.open_choice.text)
        if not talk.earlier or (own.manner and not (talk.asked and _answers(own))):
            return Resolved(own)
        if not self._depends(own, talk.earlier, asked=bool(talk.asked)):
            return Resolved(own)
        source = self._source(own, talk.earlier)
        parts = tuple(Part(agent, _INHERITED, ()) for agent in _meant_of(source.agents, own))
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

    def _depends(self, own: Decision, earlier: list[Decision], *, asked: bool) -> bool:
        words = [word.text for word in own.words]
        text = " ".join(words)
        if not words or len(own.parts) > 1:
            return False
        others = sum(self._judge.is_of_other_trade(word) for word in words)
        if asked and len(words) <= _ANSWER and others <= bool(_ANSWERING.match(text)) and own.score < _OWN_AFTER_AND:
            return True
        if others or len(words) > _SHORT + 4 * bool(_CONNECTIVE.match(text)):
            return False
        if own.parts and PLACES.intersection(words) and not _places_named(earlier) and not _CONNECTIVE.match(text):
            return False
        return self._is_elliptic(words, text, own.score, typed=fold(own.text))

    def _is_elliptic(self, words: list[str], text: str, score: float, *, typed: str) -> bool:
        if len(words) <= _FRAGMENT and (_ONES.search(text) or _CORRECTION.match(typed)):
            return True
        if all(self._judge.is_detail(word) for word in words):
            return not (self._judge.names_a_place(words) and score >= _OWN)
        subject = any(self._judge.is_ours(word) and not self._judge.is_detail(word) for word in words)
        new = sum(self._judge.is_new(word) for word in words)
        if _CONNECTIVE.match(text):
            bare = not subject and len(words) <= _ANSWER
            return new <= 1 and (bare or score < (_OWN if subject else _OWN_AFTER_AND))
        if _PRONOUN.search(text) and not subject and new == 0:
            return True
        pointing = _POINTING.search(text) or _ASKING_BACK.match(text)
        return bool(pointing) and score < _OWN and new == 0

    def _source(self, own: Decision, earlier: list[Decision]) -> Decision:
        """Among the turns of this talk the latest that named the same kind of thing, else the latest."""
        kinds = {word.text for word in own.words} & PLACES
        named = [turn for turn in earlier if kinds & {word.text for word in turn.words}]
        return named[-1] if kinds and named else earlier[-1]


def _recent(history: Sequence[Turn]) -> list[Turn]:
    """Back to the eighth last message of the customer."""
    users = [position for position, turn in enumerate(history) if turn.role is Role.USER]
    return list(history[users[-_MEMORY] if len(users) >= _MEMORY else 0 :])


def _meant_of(agents: tuple[str, ...], own: Decision) -> tuple[str, ...]:
    """After a message for several agents: the one that the new words fit, when they fit any."""
    scores = dict(own.scores)
    best = max(agents, key=lambda agent: scores.get(agent, 0.0))
    return (best,) if len(agents) > 1 and scores.get(best, 0.0) >= _FITTING else agents


def _places_named(turns: list[Decision]) -> bool:
    return any(word.text in PLACES for turn in turns for word in turn.words)


def _question(text: str) -> str:
    stripped = text.rstrip()
    return stripped if stripped.endswith("?") else ""


def _answers(own: Decision) -> bool:
    text = " ".join(word.text for word in own.words)
    return bool(re.match(r"^(?:yes|yeah|yep|sure|ok|okay|right|correct|exactly|please)\b|^(?:no|nope|nah)$", text))
