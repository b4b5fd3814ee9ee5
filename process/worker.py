"""Takes one message from received to its final update, whatever happens on the way."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from typing import Protocol

from models.conversation import Role, Turn
from models.errors import AnswerFailed, MessageIsFinal
from models.message import ErrorCode, Message, MessageStatus, Progress
from storage.base import MessageStore

TURNS_TO_MODEL = 16  # eight exchanges: a customer's text and our reply are a turn each

logger = logging.getLogger(__name__)


class Planner(Protocol):
    def answer(self, message: Message, history: Sequence[Turn]) -> AsyncGenerator[Progress]:
        """Progress as it happens; the last one is final. Raises `AnswerFailed`."""


class Worker:
    def __init__(self, store: MessageStore, planner: Planner, *, timeout: float, delay: float = 0) -> None:
        self._store = store
        self._planner = planner
        self._timeout = timeout
        self._delay = delay

    async def process(self, message_id: str) -> None:
        """Never raises, unless it is itself cancelled: then the message ends `failed` (worker_lost) first."""
        try:
            async with asyncio.timeout(self._timeout):
                await self._answer(message_id)
        except asyncio.CancelledError:
            await self._fail(message_id, ErrorCode.WORKER_LOST)
            raise
        except MessageIsFinal:
            logger.info("message %s became final while it was worked on", message_id)
        except TimeoutError:
            await self._fail(message_id, ErrorCode.DEADLINE_EXCEEDED)
        except AnswerFailed as failure:
            await self._fail(message_id, failure.code)
        except Exception:
            logger.exception("message %s failed", message_id)
            await self._fail(message_id, ErrorCode.INTERNAL)

    async def _answer(self, message_id: str) -> None:
        message = await self._store.begin(message_id)
        if self._delay:
            await asyncio.sleep(self._delay)
        history = await self._store.turns(message.owner, message.conversation_id, limit=TURNS_TO_MODEL)
        async with aclosing(self._planner.answer(message, history)) as updates:
            async for progress in updates:
                await self._store.append(message_id, progress, _turns(message, progress))
                if progress.status.is_final:
                    return
        raise AnswerFailed(ErrorCode.INTERNAL)

    async def _fail(self, message_id: str, code: ErrorCode) -> None:
        try:
            await self._store.append(message_id, Progress.failed(code))
        except MessageIsFinal:
            return
        logger.warning("message %s failed: %s", message_id, code)


def _turns(message: Message, progress: Progress) -> tuple[Turn, ...]:
    if progress.status is not MessageStatus.COMPLETED:
        return ()
    return Turn(Role.USER, message.text), Turn(Role.ASSISTANT, progress.result)
