"""Takes one message from received to its final update, whatever happens on the way."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator, Sequence
from contextlib import ExitStack, aclosing, contextmanager
from functools import partial
from typing import Protocol

from models.conversation import Role, Turn
from models.errors import AnswerFailed, AttemptOver, MessageIsFinal, MessageNotFound, StoreUnavailable
from models.message import Delta, Details, ErrorCode, Message, MessageStatus, Progress
from models.work import Work, current_work
from process import recording
from process.merging import Merging, joined
from storage.base import MessageStore

TURNS_TO_MODEL = 16  # eight exchanges: a customer's text and our reply are a turn each

logger = logging.getLogger(__name__)


class Planner(Protocol):
    def answer(self, message: Message, history: Sequence[Turn]) -> AsyncGenerator[Progress | Delta]:
        """Progress and pieces of answers as they happen; the last progress is final. Raises `AnswerFailed`."""


type Tell = Callable[[Message, Delta], None]


async def _at_once() -> None:
    """Nothing has to be loaded."""


class Worker:
    def __init__(
        self,
        store: MessageStore,
        planner: Planner,
        *,
        timeout: float,
        delay: float = 0,
        max_attempts: int = 1,
        tell: Tell = lambda message, delta: None,
        is_followed: Callable[[Message], bool] = lambda message: False,
        merging: Merging | None = None,
        ready: Callable[[], Awaitable[None]] = _at_once,
    ) -> None:
        """A message whose attempt was interrupted stays open, to be begun again, up to `max_attempts` times.

        No attempt is begun before it is `ready`.
        """
        self.ready = ready
        self._store = store
        self._planner = planner
        self._max_attempts = max_attempts
        self._timeout = timeout
        self._delay = delay
        self._tell = tell
        self._is_followed = is_followed
        self._merging = merging or Merging(store, window=0, max_length=0)
        self._deadlines: dict[str, asyncio.Timeout] = {}

    async def process(self, message_id: str, *, after: int | None = None) -> Sequence[Message]:
        """`after` so many attempts before; returns the messages that were answered with it, besides it.

        Never raises, unless it is itself cancelled or the store is unavailable.
        """
        attempt: int | None = None
        with ExitStack() as traced:
            try:
                async with asyncio.timeout(self._timeout) as deadline:
                    with self._stoppable(message_id, deadline):
                        await self.ready()
                        message = await self._store.begin(message_id, after=after)
                        attempt = message.attempt
                        traced.enter_context(recording.working_on(message))
                        await self._again(message)
                        return await self._answer(message, deadline)
            except asyncio.CancelledError:
                if (attempt or 1) >= self._max_attempts:
                    await self._fail(message_id, ErrorCode.WORKER_LOST, attempt)
                raise
            except (MessageIsFinal, MessageNotFound, AttemptOver) as reason:
                _overtaken(message_id, reason)
            except StoreUnavailable:
                raise
            except TimeoutError:
                await self._fail(message_id, ErrorCode.DEADLINE_EXCEEDED, attempt)
            except AnswerFailed as failure:
                await self._fail(message_id, failure.code, attempt, failure.spent)
            except Exception:
                logger.exception("message %s failed", message_id)
                await self._fail(message_id, ErrorCode.INTERNAL, attempt)
        return ()

    def stop(self, message_id: str) -> None:
        """End the work on a message that became final elsewhere; harmless when it is not worked on here."""
        deadline = self._deadlines.get(message_id)
        if deadline is not None and not deadline.expired():
            deadline.reschedule(asyncio.get_running_loop().time())

    @contextmanager
    def _stoppable(self, message_id: str, deadline: asyncio.Timeout) -> Iterator[None]:
        self._deadlines[message_id] = deadline
        try:
            yield
        finally:
            if self._deadlines.get(message_id) is deadline:  # else a later attempt has come to this process
                del self._deadlines[message_id]

    async def _again(self, message: Message) -> None:
        """Tells that an attempt before this one was lost, if one was."""
        if message.attempt > self._max_attempts:
            raise AnswerFailed(ErrorCode.WORKER_LOST)
        if message.attempt > 1:
            lost: Details = {"kind": "worker_lost", "attempt": message.attempt - 1}
            again = Progress(result="We were interrupted and are starting again.", details=lost)
            recording.saved(message, await self._store.append(message.id, again, attempt=message.attempt))

    async def _answer(self, message: Message, deadline: asyncio.Timeout) -> Sequence[Message]:
        if self._delay:
            await asyncio.sleep(self._delay)
        current_work.set(Work(deadline.when(), partial(self._is_followed, message)))
        history = await self._store.turns(message.owner, message.conversation_id, limit=TURNS_TO_MODEL)
        followers = await self._merging.followers(message)
        asked = joined(message, followers)
        async with aclosing(self._planner.answer(asked, history)) as updates:
            async for progress in updates:
                if isinstance(progress, Delta):
                    self._tell(message, progress)
                    continue
                if progress.status.is_final:
                    followers = await self._merging.remaining(message, followers)
                turns = _turns(joined(message, followers), progress)
                update = await self._store.append(message.id, progress, turns, attempt=message.attempt)
                recording.saved(message, update)
                if progress.status is MessageStatus.COMPLETED:
                    await self._merging.complete(message, followers, progress)
                    return followers
                if progress.status.is_final:
                    return ()
        raise AnswerFailed(ErrorCode.INTERNAL)

    async def _fail(self, message_id: str, code: ErrorCode, attempt: int | None, spent: Details | None = None) -> None:
        try:
            message = await self._store.get(message_id)
            failure = Progress.failed(code, recording.failure_details(message, spent))
            recording.saved(message, await self._store.append(message_id, failure, attempt=attempt))
        except (MessageIsFinal, MessageNotFound, AttemptOver) as reason:
            _overtaken(message_id, reason)


def _overtaken(message_id: str, reason: MessageIsFinal | MessageNotFound | AttemptOver) -> None:
    recording.overtaken(reason)
    if isinstance(reason, AttemptOver):
        logger.warning("message %s was given to another worker", message_id)
    else:
        logger.info("message %s was cancelled or erased while it was worked on", message_id)


def _turns(message: Message, progress: Progress) -> tuple[Turn, ...]:
    if progress.status is not MessageStatus.COMPLETED:
        return ()
    return Turn(Role.USER, message.text), Turn(Role.ASSISTANT, progress.result)
