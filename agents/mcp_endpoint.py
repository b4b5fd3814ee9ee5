"""Where a server is reached: the configured address, or the one of the same origin that it says is the right one.

A slash more or less at the end is answered with a redirect by most frameworks. One to another origin is refused: with a
request go whose data is read and, in the address, a password.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import httpx

from agents.mcp_http_answers import HttpFault

_KEEPING_THE_METHOD = (307, 308)
_MOST_REDIRECTS = 3


class Endpoint:
    def __init__(self, url: str, client: httpx.AsyncClient) -> None:
        self._url = httpx.URL(url)
        self._client = client

    @asynccontextmanager
    async def open(
        self, method: str, headers: Mapping[str, str], *, timeout: httpx.Timeout | None, content: bytes | None = None
    ) -> AsyncIterator[httpx.Response]:
        """The answer, its body unread; where it was found is where the next request goes."""
        for _ in range(_MOST_REDIRECTS + 1):
            async with self._client.stream(
                method, self._url, content=content, headers=headers, timeout=timeout, follow_redirects=False
            ) as response:
                location = response.headers.get("location")
                if response.status_code not in _KEEPING_THE_METHOD or location is None:
                    yield response
                    return
            self._url = self._redirected(location)
        raise HttpFault("too many redirects")

    def _redirected(self, location: str) -> httpx.URL:
        try:
            url = self._url.join(location)
        except (httpx.InvalidURL, ValueError):
            raise HttpFault("a redirect to no address") from None
        if (url.scheme, url.host, url.port) != (self._url.scheme, self._url.host, self._url.port):
            raise HttpFault("a redirect to another scheme, host or port, which is not followed")
        return url.copy_with(userinfo=self._url.userinfo)
