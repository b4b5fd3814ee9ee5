"""What a message means after the earlier ones: "and in June?", "the Spanish one", "why?"."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from agents.offline.planning.deciding import Decision, Part
from agents.offline.planning.judging import Judge
from models.conversation import Role, Turn

_CONNECTIVE = re.compile(
    r"^(?:ok |okay |oh |sorry |right |hmm |well )*(?:and|or|but|what about|how about|what of|same|the same|also for|also|not|no|sorry|i mean|"
    r"i meant|rather|then|only|just|for|in|with|without|yes|yeah|yep|sure|instead|on|from|compared|compare|than|y|et|und|another|"
    r"plus|the other|the next|the one|make it|try|show me the one)\b"
)
_POINTING = re.compile(
    r"\b(?:it|that|this|one|ones|they|them|there|these|those|both|same|then|again|either|instead|others?|first|second|third|former|latter|"
    r"before|previous|else|sure|higher|lower|cheaper|more|less|total)\b"
)
_ASKING_BACK = re.compile(
    r"^(?:so |ok |but |and )*(?:why|how come|how so|when|since when|until when|where|which|who|how long|how much|how many|what for|what then|"
    r"really|are you sure|is that all|explain|break|details|more|what does|what do|do i|can i|is it|does it|will it|i already|still|"
    r"it does|it is|tell me more|go on|what is the|which is|anything|any)\b"
)
_SHORT, _ANSWER, _MEMORY = 9, 8, 8
_OWN, _OWN_AFTER_AND = 0.72, 0.9


@dataclass(frozen=True, slots=True)
class Resolved:
    decision: Decision
    follows: bool = False


class Follower:
    def __init__(self, judge: Judge, decide: Callable[[str], Decision]) -> None:
        self._judge = judge
        self._decide = decide

    def resolve(self, message: str, history: Sequence[Turn]) -> Resolved:
        """The decision for `message`; an elliptic one takes the agents of the turn that it continues."""
        earlier: list[Decision] = []
        asked = ""
        for turn in _recent(history):
            if turn.role is Role.USER:
                found = self._next(turn.text, earlier, asked).decision
                if found.parts:
                    earlier.append(found)
                asked = ""
            else:
                asked = _question(turn.text)
        return self._next(message, earlier, asked)

    def _next(self, message: str, earlier: list[Decision], asked: str) -> Resolved:
        own = self._decide(message)
        if not earlier or own.guard or own.manner and not (asked and _agrees(own)):
            return Resolved(own)
        if not self._depends(own, asked=bool(asked)):
            return Resolved(own)
        source = self._source(own, earlier)
        parts = tuple(Part(agent, 0.8, ()) for agent in source.agents)
        return Resolved(replace(own, parts=parts, inside=max(own.inside, 0.8), manner=None), follows=True)

    def _depends(self, own: Decision, *, asked: bool) -> bool:
        words = [word.text for word in own.words]
        text = " ".join(words)
        if not words or len(own.parts) > 1 or any(self._judge.is_of_other_trade(word) for word in words):
            return False
        if len(words) > (_ANSWER if asked else _SHORT) + 4 * bool(_CONNECTIVE.match(text)):
            return False
        if all(self._judge.is_detail(word) for word in words):
            return True
        if asked and len(words) <= _ANSWER and own.score < _OWN_AFTER_AND:
            return True
        new = sum(self._judge.is_new(word) for word in words)
        if _CONNECTIVE.match(text):
            return own.score < _OWN_AFTER_AND and new <= 1
        pointing = _POINTING.search(text) or _ASKING_BACK.match(text)
        return bool(pointing) and own.score < _OWN and new == 0

    def _source(self, own: Decision, earlier: list[Decision]) -> Decision:
        """Among the turns of this talk the latest that named the same kind of thing, else the latest."""
        kinds = {word.text for word in own.words if word.text in ("<country>", "<region>")}
        named = [turn for turn in earlier if kinds & {word.text for word in turn.words}]
        return named[-1] if kinds and named else earlier[-1]


def _recent(history: Sequence[Turn]) -> list[Turn]:
    """Back to the eighth last message of the customer."""
    users = [position for position, turn in enumerate(history) if turn.role is Role.USER]
    return list(history[users[-_MEMORY] if len(users) >= _MEMORY else 0 :])


def _question(text: str) -> str:
    stripped = text.rstrip()
    return stripped if stripped.endswith("?") else ""


def _agrees(own: Decision) -> bool:
    text = " ".join(word.text for word in own.words)
    return bool(re.match(r"^(?:yes|yeah|yep|sure|ok|okay|right|correct|exactly|please)\b", text))
