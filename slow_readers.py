"""uvicorn's HTTP protocol, which also lets go of a client that does not read what it asked for."""

import asyncio
import logging
from typing import ClassVar

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

logger = logging.getLogger(__name__)


class ReadingClientsOnly(HttpToolsProtocol):
    """Once the transport's buffer is full, `patience` seconds until it has to be emptied."""

    patience: ClassVar[float]
    _stuck: asyncio.TimerHandle | None = None

    def pause_writing(self) -> None:
        super().pause_writing()
        self._stuck = self.loop.call_later(self.patience, self._let_go)

    def resume_writing(self) -> None:
        super().resume_writing()
        if self._stuck is not None:
            self._stuck.cancel()
            self._stuck = None

    def _let_go(self) -> None:
        logger.info("a client that did not read was let go")
        self.transport.abort()


def reading_clients_only(patience: float) -> type[HttpToolsProtocol]:
    return type("ReadingClientsOnly", (ReadingClientsOnly,), {"patience": patience})
