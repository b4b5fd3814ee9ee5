"""What is read, in words that both databases understand."""

# ruff: noqa: S608 - what is put together here are our own words; values are parameters

from collections.abc import Callable, Mapping

from models.message import MessageStatus
from models.page import MessageFilter
from storage.rows import MESSAGE as _COLUMNS
from storage.rows import UPDATE as _UPDATE
from storage.writes import OF_CONVERSATION

_OWNER = {"tenant": ":tenant", "customer_id": ":customer_id"}
_NUMBER = f"(SELECT number FROM conversations WHERE {OF_CONVERSATION})"

MESSAGE = f"SELECT {_COLUMNS} FROM messages WHERE id = :id"

WRITTEN = f"SELECT {_COLUMNS}, write_id FROM messages WHERE id = :id"

CLAIMED = f"""
SELECT {_COLUMNS}, claim_digest FROM messages
WHERE tenant = :tenant AND customer_id = :customer_id AND claim_key = :claim_key AND received_at >= :since"""

UPDATES = f"""
SELECT {_UPDATE} FROM messages LEFT JOIN updates ON updates.message = messages.number AND updates.sequence > :after
WHERE messages.id = :id ORDER BY updates.sequence"""

LAST_UPDATE = f"""
SELECT {_UPDATE} FROM messages JOIN updates
ON updates.message = messages.number AND updates.sequence = messages.sequence WHERE messages.id = :id"""

TURNS = f"SELECT turns FROM turns WHERE conversation = {_NUMBER} ORDER BY number DESC LIMIT :limit"

CONVERSATIONS = "SELECT conversation_id FROM conversations WHERE tenant = :tenant AND customer_id = :customer_id"

POSITION = f"SELECT position FROM conversations WHERE {OF_CONVERSATION}"

CONVERSATION_UPDATES = f"""
SELECT messages.id, {_UPDATE} FROM updates JOIN messages ON messages.number = updates.message
WHERE updates.conversation = {_NUMBER} AND updates.position > :after ORDER BY updates.position LIMIT :limit"""

# "+" keeps SQLite from walking through all messages in their order
OPEN = f"SELECT {_COLUMNS} FROM messages WHERE final IS NULL ORDER BY +number"

OPEN_OF_CONVERSATION = f"""
SELECT {_COLUMNS} FROM messages WHERE conversation = {_NUMBER} AND final IS NULL ORDER BY number"""


def page(query: MessageFilter, newest: Callable[[Mapping[str, str]], str], *, limit: int) -> str:
    """The number of rows is told to the database before it plans; there are few such numbers."""
    if query.conversation_id is not None:
        found = f"{_matching(query)} AND number < :before ORDER BY number DESC"
    elif query.status is not None and query.status.is_final:
        found = "final IS NOT NULL AND " + newest({**_OWNER, "final": ":status"})
    else:
        found = (f"{_in(query.status)} AND " if query.status else "") + newest(_OWNER)
    return f"SELECT {_COLUMNS}, number FROM messages WHERE {found} LIMIT {limit:d}"


def total(query: MessageFilter) -> str:
    if query.conversation_id is not None and query.status is None:
        return f"SELECT coalesce((SELECT stored FROM conversations WHERE {OF_CONVERSATION}), 0)"
    if query.conversation_id is None and (query.status is None or query.status.is_final):
        return """
SELECT CAST(coalesce(sum(messages), 0) AS bigint) FROM counts
WHERE tenant = :tenant AND customer_id = :customer_id AND kind = :kind"""
    return f"SELECT count(*) FROM messages WHERE {_matching(query)}"


def _matching(query: MessageFilter) -> str:
    if query.conversation_id is not None:
        place = f"messages.conversation = {_NUMBER}"
    else:
        place = "messages.tenant = :tenant AND messages.customer_id = :customer_id"
    return f"{place} AND {_in(query.status)}" if query.status else place


def _in(status: MessageStatus) -> str:
    return "messages.final = :status" if status.is_final else "messages.final IS NULL AND messages.status = :status"
