"""The customer's text inside a reply that is still being written as JSON."""

import json
import re
from collections.abc import Callable

from agents.guard import Facts

# The flags come first in the schema, so that text is known to be an answer before it begins.
_HEAD = re.compile(
    r'\A\s*(?:```(?:json)?\s*)?\{(?P<flags>(?:\s*"(?:able_to_serve|human_input_required)"\s*:\s*(?:true|false)\s*,){2})'
    r'\s*"text"\s*:\s*"'
)
_ABLE = re.compile(r'"able_to_serve"\s*:\s*true')
_LONGEST_HEAD = 400
_LONGEST_ESCAPE = len(r"\ud83d\ude00")
_LONGEST_SENTENCE = 4_000
# Whole characters only; half a surrogate pair waits for its other half.
_CHARACTERS = re.compile(
    r'(?:[^"\\]|\\["\\/bfnrt]|\\u(?:[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(?![dD][89a-fA-F])[0-9a-fA-F]{4}))*'
)
_SENTENCE_END = re.compile(r".*(?:[.!?](?=\s)|\n)", re.DOTALL)


class ReplyText:
    """Fed with pieces of an `AgentReply`, gives the new part of its `text`; nothing of one that cannot serve."""

    def __init__(self) -> None:
        self._pending = ""
        self._has_begun = False
        self.is_over = False

    def feed(self, piece: str) -> str:
        if self.is_over:
            return ""
        self._pending += piece
        if not self._has_begun and not self._begin():
            return ""
        found = _CHARACTERS.match(self._pending)
        written = found[0] if found else ""
        self._pending = self._pending[len(written) :]
        self.is_over = self._pending.startswith('"') or len(self._pending) > _LONGEST_ESCAPE
        text: str = json.loads(f'"{written}"', strict=False)
        return text

    def _begin(self) -> bool:
        if (head := _HEAD.match(self._pending)) is None:
            self.is_over = len(self._pending) > _LONGEST_HEAD
            return False
        self._pending = self._pending[head.end() :]
        self._has_begun = True
        self.is_over = _ABLE.search(head["flags"]) is None
        return not self.is_over


class CheckedText:
    """Passes a reply's text on sentence by sentence; falls silent at the first one whose amounts are not facts."""

    def __init__(self, facts: Facts, say: Callable[[str], None]) -> None:
        self._facts = facts
        self._say = say
        self._reply = ReplyText()
        self._unsaid = ""
        self._is_silent = False

    def feed(self, piece: str) -> None:
        if self._is_silent or self._reply.is_over:
            return
        self._unsaid += self._reply.feed(piece)
        sentences = self._unsaid if self._reply.is_over else _whole_sentences(self._unsaid)
        if len(self._unsaid) > _LONGEST_SENTENCE + len(sentences) or self._facts.invented(sentences):
            self._is_silent = True
        elif sentences:
            self._say(sentences)
            self._unsaid = self._unsaid[len(sentences) :]


def _whole_sentences(text: str) -> str:
    found = _SENTENCE_END.match(text)
    return found[0] if found else ""
