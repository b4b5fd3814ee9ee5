"""What can go wrong, named; routes/problems.py renders it once.

`detail` is for the client and never carries an exception's text, a path or a key.
"""

import re
from http import HTTPStatus

from models.message import Details, ErrorCode, MessageStatus

_IDENTIFIER = re.compile(r"[A-Za-z0-9-]{1,64}", re.ASCII)


class SemkerError(Exception):
    status = HTTPStatus.INTERNAL_SERVER_ERROR
    retry_after: int | None = None

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


class InvalidHeader(SemkerError):
    status = HTTPStatus.BAD_REQUEST


class InvalidMessage(SemkerError):
    status = HTTPStatus.UNPROCESSABLE_ENTITY


class KeyReused(SemkerError):
    status = HTTPStatus.UNPROCESSABLE_ENTITY

    def __init__(self) -> None:
        super().__init__("This Idempotency-Key was used for another request; use a new one")


class InvalidCursor(SemkerError):
    status = HTTPStatus.UNPROCESSABLE_ENTITY

    def __init__(self) -> None:
        super().__init__("The cursor is not one that this service gave out")


class MessageNotFound(SemkerError):
    """Unknown, or somebody else's: the same answer. An id that is no identifier at all is not repeated."""

    status = HTTPStatus.NOT_FOUND

    def __init__(self, message_id: str) -> None:
        named = f"Message with ID {message_id} not found" if _IDENTIFIER.fullmatch(message_id) else "Message not found"
        super().__init__(named)


class ConversationNotFound(SemkerError):
    status = HTTPStatus.NOT_FOUND

    def __init__(self) -> None:
        super().__init__("Conversation not found")


class MessageIsFinal(SemkerError):
    """Something came after the final update; it changed nothing."""

    status = HTTPStatus.CONFLICT

    def __init__(self, final: MessageStatus) -> None:
        super().__init__(f"The message is already {final}")
        self.final = final


class CallbacksOff(SemkerError):
    status = HTTPStatus.UNPROCESSABLE_ENTITY

    def __init__(self) -> None:
        super().__init__("callback_url: callbacks are not enabled on this service")


class InvalidCallback(SemkerError):
    status = HTTPStatus.UNPROCESSABLE_ENTITY

    def __init__(self) -> None:
        super().__init__("callback_url: an https address of at most 2048 characters without user or fragment is needed")


class NothingToDeliver(SemkerError):
    status = HTTPStatus.CONFLICT

    def __init__(self) -> None:
        super().__init__("The message has no callback or is not final yet")


class TooManyCallbacks(SemkerError):
    status = HTTPStatus.SERVICE_UNAVAILABLE
    retry_after = 60

    def __init__(self) -> None:
        super().__init__("Too many callbacks are waiting to be delivered; please try again later")


class ConversationBusy(SemkerError):
    """`message_id` is the oldest message that waits or is worked on."""

    status = HTTPStatus.CONFLICT

    def __init__(self, message_id: str) -> None:
        super().__init__("Another message of the conversation is being answered")
        self.message_id = message_id


class AttemptOver(SemkerError):
    """Whoever worked on the message was taken for lost and another attempt has begun; nothing was changed."""

    status = HTTPStatus.CONFLICT

    def __init__(self) -> None:
        super().__init__("Another attempt to answer the message has begun")


class StoreUnavailable(SemkerError):
    """The database does not answer; a write may or may not have come through."""

    status = HTTPStatus.SERVICE_UNAVAILABLE
    retry_after = 5

    def __init__(self) -> None:
        super().__init__("The service cannot reach its database; please try again in a moment")


class QueueFull(SemkerError):
    status = HTTPStatus.SERVICE_UNAVAILABLE
    retry_after = 5

    def __init__(self) -> None:
        super().__init__("Too many messages are waiting; please try again in a moment")


class TooManyStreams(SemkerError):
    status = HTTPStatus.SERVICE_UNAVAILABLE
    retry_after = 5

    def __init__(self) -> None:
        super().__init__("Too many clients are following messages; please try again in a moment")


class TooManyStreamsOfClient(SemkerError):
    status = HTTPStatus.TOO_MANY_REQUESTS
    retry_after = 5

    def __init__(self) -> None:
        super().__init__("You are following too many messages at once; close a stream first")


class ShuttingDown(SemkerError):
    status = HTTPStatus.SERVICE_UNAVAILABLE
    retry_after = 10

    def __init__(self) -> None:
        super().__init__("The service is shutting down; please try again in a moment")


class AnswerFailed(Exception):
    """An accepted message cannot be answered; the worker ends it `failed` with this code.

    `spent` is what was used up on the way, for the details of the final update.
    """

    def __init__(self, code: ErrorCode, spent: Details | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.spent = spent
