"""procrastinate's way to the database, which waits for a database that is away: a worker outlives its restarts."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from functools import partial
from typing import Any

from procrastinate import PsycopgConnector
from procrastinate.connector import Notify
from procrastinate.exceptions import ConnectorException
from psycopg import AsyncClientCursor, OperationalError
from psycopg_pool import PoolTimeout

PAUSE_SECONDS = 0.2
PATIENCE_SECONDS = 600


class PatientConnector(PsycopgConnector):
    """What was done although its answer was lost is put right by the rescue loop."""

    def __init__(self) -> None:
        super().__init__()
        self._has_given_up = False

    def give_up(self) -> None:
        """Who waits for a database that is away is cancelled, from now on."""
        self._has_given_up = True

    async def execute_query_async(self, query: Any, **arguments: Any) -> None:
        await self._patiently(partial(super().execute_query_async, query, **arguments))

    async def execute_query_one_async(self, query: Any, **arguments: Any) -> dict[str, Any]:
        return await self._patiently(partial(super().execute_query_one_async, query, **arguments))

    async def execute_query_all_async(self, query: Any, **arguments: Any) -> list[dict[str, Any]]:
        return await self._patiently(partial(super().execute_query_all_async, query, **arguments))

    async def execute_script_async(self, script: str, **arguments: Any) -> None:
        """Statements with a COMMIT between them, in one round trip."""
        await self._patiently(partial(self._execute_script, script, arguments))

    async def listen_notify(self, on_notification: Notify, channels: Iterable[str]) -> None:
        await self._patiently(partial(super().listen_notify, on_notification, channels))

    async def _execute_script(self, script: str, arguments: dict[str, Any]) -> None:
        async with self.pool.connection() as connection:
            await AsyncClientCursor(connection).execute(script, arguments)

    async def _patiently[Result](self, ask: Callable[[], Awaitable[Result]]) -> Result:
        async with asyncio.timeout(None) as deadline:
            while True:
                try:
                    return await ask()
                except (ConnectorException, OperationalError, PoolTimeout) as error:
                    if not _is_away(error):
                        raise
                    if self._has_given_up:
                        raise asyncio.CancelledError from None
                    if deadline.when() is None:
                        deadline.reschedule(asyncio.get_running_loop().time() + PATIENCE_SECONDS)
                await asyncio.sleep(PAUSE_SECONDS)


def _is_away(error: BaseException | None) -> bool:
    if isinstance(error, ConnectorException):
        return _is_away(error.__cause__)
    return isinstance(error, OperationalError | PoolTimeout)
