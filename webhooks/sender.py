"""Signs what happened as Standard Webhooks says and posts it; what the other side answers is not read."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime

import httpx
from httpx_secure import httpx_ssrf_protection
from standardwebhooks import Webhook

from models.clock import utc_now
from models.delivery import Delivery
from models.message import Message
from webhooks.addresses import Address, is_callable, is_public

CACHED_SECONDS = 60


class Sender:
    def __init__(self, client: httpx.AsyncClient, webhook: Webhook, *, timeout: float, schemes: frozenset[str]) -> None:
        self._client = client
        self._webhook = webhook
        self._timeout = timeout
        self._schemes = schemes

    def allows(self, url: str) -> bool:
        return is_callable(url, schemes=self._schemes)

    async def __call__(self, message: Message, url: str) -> Delivery:
        now = utc_now()
        body = _event(message, now)
        event_id = f"evt_{message.id}"  # the same for every try, so that the receiver knows it again
        headers = {
            "content-type": "application/json",
            "user-agent": "semker-webhooks",
            "webhook-id": event_id,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": self._webhook.sign(event_id, now, body),
        }
        try:
            async with (
                asyncio.timeout(self._timeout),
                self._client.stream("POST", url, content=body.encode(), headers=headers) as response,
            ):
                return Delivery(attempted_at=now, status_code=response.status_code)
        except (TimeoutError, httpx.TimeoutException):
            return Delivery(attempted_at=now, error="timeout")
        except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError):
            # a forbidden address is not told from one where nobody listens: the log is no map of our network
            return Delivery(attempted_at=now, error="unreachable")


@asynccontextmanager
async def open_sender(secret: str, *, timeout: float, concurrency: int, is_development: bool) -> AsyncIterator[Sender]:
    """`is_development` allows http and this machine itself; nothing else inside is ever called."""

    def may_call(_: str, address: Address, __: int) -> bool:
        return is_public(address) or (is_development and address.is_loopback)

    limits = httpx.Limits(max_connections=concurrency, max_keepalive_connections=0)
    client = httpx.AsyncClient(timeout=timeout, follow_redirects=False, trust_env=False, limits=limits)
    async with client:
        httpx_ssrf_protection(
            client, check_globally_reachable=False, custom_validator=may_call, dns_cache_ttl=CACHED_SECONDS
        )
        schemes = frozenset({"https", "http"} if is_development else {"https"})
        yield Sender(client, Webhook(secret), timeout=timeout, schemes=schemes)


def _event(message: Message, now: datetime) -> str:
    """Thin: what became of it is read from the API, with the rights of whoever reads."""
    data = {"message_id": message.id, "conversation_id": message.conversation_id, "status": message.status}
    return json.dumps({"type": f"message.{message.status}", "timestamp": now.isoformat(), "data": data})
