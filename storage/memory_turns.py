"""What was said, in this process's memory: each exchange as long as its message, the newest ones a little longer.

When a message has to make room for others, the agents still know what its conversation is about.
"""

from collections import OrderedDict, deque
from collections.abc import Container, Sequence
from dataclasses import dataclass
from datetime import datetime

from models.conversation import ConversationKey, Turn

KEPT_EXCHANGES = 8  # what the agents are told


@dataclass(frozen=True, slots=True)
class _Exchange:
    message_id: str
    said_at: datetime
    conversation: ConversationKey
    turns: Sequence[Turn]


class MemoryTurns:
    def __init__(self) -> None:
        self._exchanges: OrderedDict[str, _Exchange] = OrderedDict()
        self._conversations: dict[ConversationKey, deque[_Exchange]] = {}

    def say(self, message_id: str, conversation: ConversationKey, turns: Sequence[Turn], *, now: datetime) -> None:
        exchange = _Exchange(message_id, now, conversation, turns)
        self._exchanges[message_id] = exchange
        self._conversations.setdefault(conversation, deque()).append(exchange)

    def last(self, conversation: ConversationKey, limit: int) -> Sequence[Turn]:
        exchanges = tuple(self._conversations.get(conversation, ()))[-limit:]
        return tuple(turn for exchange in exchanges for turn in exchange.turns)[-limit:]

    def forget(self, conversation: ConversationKey) -> None:
        for exchange in self._conversations.pop(conversation, ()):
            del self._exchanges[exchange.message_id]

    def shorten(self, conversation: ConversationKey, stored: Container[str]) -> None:
        """Forgets those whose message is not stored any more, but for the newest ones."""
        exchanges = self._conversations.get(conversation, deque())
        while len(exchanges) > KEPT_EXCHANGES and exchanges[0].message_id not in stored:
            self._forget_oldest(conversation)

    def sweep(self, said_before: datetime) -> None:
        while self._exchanges:
            oldest = next(iter(self._exchanges.values()))
            if oldest.said_at >= said_before:
                break
            self._forget_oldest(oldest.conversation)

    def _forget_oldest(self, conversation: ConversationKey) -> None:
        exchanges = self._conversations[conversation]
        del self._exchanges[exchanges.popleft().message_id]
        if not exchanges:
            del self._conversations[conversation]
