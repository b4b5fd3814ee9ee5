"""How a client is told at its own address that a message is final."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from http import HTTPStatus
from urllib.parse import urlsplit

from models.message import Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One try; either `status_code` or `error` is known."""

    attempted_at: datetime
    status_code: int | None = None
    error: str | None = None

    @property
    def is_delivered(self) -> bool:
        return self.status_code is not None and 200 <= self.status_code < 300

    @property
    def is_over(self) -> bool:
        """No other try is wanted."""
        return self.is_delivered or self.status_code == HTTPStatus.GONE


class DeliveryState(StrEnum):
    PENDING = "pending"
    DELIVERED = "delivered"
    GIVEN_UP = "given_up"


@dataclass(frozen=True, slots=True)
class Deliveries:
    """`state` is None when the message has no callback."""

    message_id: str
    state: DeliveryState | None
    tries: tuple[Delivery, ...]


@dataclass(frozen=True, slots=True)
class Owed:
    """A callback that whoever holds the claim is to try now, for the `attempt`th time."""

    message: Message
    attempt: int
    claim: str


def host_of(message: Message) -> str:
    """Where its callback goes, with the port if the address names one; nowhere without a callback."""
    return urlsplit(message.callback_url or "").netloc.lower()


def state_after(delivery: Delivery, again_at: datetime | None) -> DeliveryState:
    if again_at is not None:
        return DeliveryState.PENDING
    return DeliveryState.DELIVERED if delivery.is_delivered else DeliveryState.GIVEN_UP
