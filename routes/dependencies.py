"""What every route may ask for: the service, and on whose behalf the request is made."""

import re
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from config.constants import CONVERSATION_HEADER, CONVERSATION_ID_PATTERN, IDEMPOTENCY_HEADER, IF_BUSY_HEADER
from models.errors import InvalidHeader
from models.principal import Principal
from models.submission import IfBusy
from process.following import Following
from process.message_processor import MessageProcessor

type Identify = Callable[[Request], Principal]
"""On whose behalf a request is made."""

_CONVERSATION_ID = re.compile(CONVERSATION_ID_PATTERN.removeprefix("^").removesuffix("$"), re.ASCII)
_KEY = re.compile(r"[\x21-\x7e]{1,255}")
_QUOTED_KEY = re.compile(r'"((?:[\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"')


def processor_of(request: Request) -> MessageProcessor:
    processor: MessageProcessor = request.state.processor
    return processor


async def _processor(request: Request) -> MessageProcessor:
    return processor_of(request)


async def _following(request: Request) -> Following:
    following: Following = request.state.following
    return following


def principal_of(request: Request) -> Principal:
    identify: Identify = request.app.state.identify
    return identify(request)


async def _principal(request: Request) -> Principal:
    return principal_of(request)


async def _client(request: Request, owner: Annotated[Principal, Depends(_principal)]) -> Hashable:
    """Who is counted: a principal at an address, as long as everybody may be the same principal."""
    return owner, request.client.host if request.client else None


def _conversation_id(request: Request) -> str:
    values = request.headers.getlist(CONVERSATION_HEADER)
    if not values:
        raise InvalidHeader(f"Missing required header: {CONVERSATION_HEADER}")
    if len(values) > 1 or not _CONVERSATION_ID.fullmatch(values[0]):
        raise InvalidHeader(f"Header {CONVERSATION_HEADER} must be one value that matches {CONVERSATION_ID_PATTERN}")
    return values[0]


def _idempotency_key(request: Request) -> str | None:
    """Bare, or quoted as RFC 9651 quotes strings; the same key either way."""
    values = request.headers.getlist(IDEMPOTENCY_HEADER)
    if not values:
        return None
    quoted = _QUOTED_KEY.fullmatch(values[0])
    key = re.sub(r'\\(["\\])', r"\1", quoted[1]) if quoted else values[0]
    is_broken = values[0].startswith('"') and not quoted
    if len(values) > 1 or is_broken or not _KEY.fullmatch(key):
        raise InvalidHeader(f"Header {IDEMPOTENCY_HEADER} must be one value of 1 to 255 visible ASCII characters")
    return key


def _if_busy(request: Request) -> IfBusy:
    values = request.headers.getlist(IF_BUSY_HEADER) or [IfBusy.ENQUEUE]
    try:
        (value,) = values
        return IfBusy(value)
    except ValueError:
        raise InvalidHeader(f"Header {IF_BUSY_HEADER} must be one of {', '.join(IfBusy)}") from None


@dataclass(frozen=True, slots=True)
class SendHeaders:
    conversation_id: str
    key: str | None
    if_busy: IfBusy


def send_headers(request: Request) -> SendHeaders:
    """Raises `InvalidHeader`."""
    return SendHeaders(_conversation_id(request), _idempotency_key(request), _if_busy(request))


Processor = Annotated[MessageProcessor, Depends(_processor)]
Follow = Annotated[Following, Depends(_following)]
Client = Annotated[Hashable, Depends(_client)]
Owner = Annotated[Principal, Depends(_principal)]
