"""A conversation's name in the queue: at most one drain job of it waits, and at most one is at work."""

from models.conversation import ConversationKey
from models.principal import Principal

_SEPARATOR = "\x1f"

SQL_NAME = "concat_ws(chr(31), tenant, customer_id, conversation_id)"


def name_of(conversation: ConversationKey) -> str:
    owner, conversation_id = conversation
    return _SEPARATOR.join((owner.tenant, owner.customer_id, conversation_id))


def conversation_of(name: str) -> ConversationKey:
    tenant, customer_id, conversation_id = name.split(_SEPARATOR)
    return Principal(tenant, customer_id), conversation_id
