"""Who waits, where, and who is next, as the database knows it."""

from collections.abc import Sequence
from dataclasses import dataclass

from models.conversation import ConversationKey
from models.message import Message, MessageStatus, Place
from process.places import estimate_wait
from storage.database import Database, Value
from storage.rows import MESSAGE, message_of, whole

_CONVERSATION = """(
SELECT number FROM conversations
WHERE tenant = :tenant AND customer_id = :customer_id AND conversation_id = :conversation_id)"""

_OPEN_IN = f"SELECT count(*) FROM messages WHERE conversation = {_CONVERSATION} AND final IS NULL"  # noqa: S608

_BEFORE = """
SELECT count(*) FILTER (WHERE others.conversation = mine.conversation),
    count(*) FILTER (WHERE others.status = 'received')
FROM messages AS mine LEFT JOIN messages AS others ON others.number < mine.number AND others.final IS NULL
WHERE mine.id = :id"""

# Whoever was taken for lost has no job any more, and so no next message.
_NEXT = f"""
SELECT {MESSAGE} FROM messages
WHERE conversation = {_CONVERSATION} AND final IS NULL
AND EXISTS (SELECT 1 FROM procrastinate_jobs WHERE procrastinate_jobs.id = :job AND procrastinate_jobs.status = 'doing')
ORDER BY number LIMIT 2"""  # noqa: S608 - our own words

_WAITING = "SELECT count(*), coalesce(min(received_at), 0) FROM messages WHERE final IS NULL AND status = 'received'"


@dataclass(slots=True)
class Waiting:
    """`since` when the oldest waits, in seconds since 1970, or 0."""

    messages: int = 0
    since: float = 0


async def waiting(database: Database) -> Waiting:
    messages, since = (await database.read(_WAITING, {}))[0]
    return Waiting(whole(messages), whole(since) / 1_000_000)


async def next_of(database: Database, conversation: ConversationKey, job: int) -> Sequence[Message]:
    """The next one, and the one after it to see whether there is one."""
    return [message_of(row) for row in await database.read(_NEXT, {**_key(conversation), "job": job})]


async def open_in(database: Database, conversation: ConversationKey) -> int:
    return whole((await database.read(_OPEN_IN, _key(conversation)))[0][0])


async def before(database: Database, message: Message) -> tuple[int, int] | None:
    """Messages of the conversation, and waiting ones of all, that come first; None when it does not wait."""
    if message.status is not MessageStatus.RECEIVED:
        return None
    in_conversation, in_queue = (await database.read(_BEFORE, {"id": message.id}))[0]
    return whole(in_conversation), whole(in_queue)


def place(in_conversation: int, in_queue: int, *, hands: int, each: float | None) -> Place:
    wait = estimate_wait(in_conversation, in_queue, free_hands=0, hands=hands, each=each)
    return Place(before_in_conversation=in_conversation, before_in_queue=in_queue, estimated_wait_seconds=wait)


def _key(conversation: ConversationKey) -> dict[str, Value]:
    owner, conversation_id = conversation
    return {"tenant": owner.tenant, "customer_id": owner.customer_id, "conversation_id": conversation_id}
