"""No body above the limit is read: refused by its declared length, or when more than that has come."""

from http import HTTPStatus

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from routes.problems import problem

_MOST_DIGITS = 18


class BodyLimit:
    def __init__(self, app: ASGIApp, max_bytes: int) -> None:
        self._app = app
        self._max_bytes = max_bytes
        self._detail = f"The body is larger than {max_bytes} bytes"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if self._is_too_large(Headers(scope=scope).get("content-length", "0")):
            await problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, self._detail)(scope, receive, send)
            return
        await self._app(scope, self._counting(receive), send)

    def _is_too_large(self, declared: str) -> bool:
        """What is no number is too large, and so is one that Python would not read."""
        digits = declared.lstrip("0") or "0"
        return not declared.isdecimal() or len(digits) > _MOST_DIGITS or int(digits) > self._max_bytes

    def _counting(self, receive: Receive) -> Receive:
        received = 0

        async def counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > self._max_bytes:
                raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, self._detail)
            return message

        return counted
