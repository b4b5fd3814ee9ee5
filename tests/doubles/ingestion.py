"""The ingestion endpoint of Application Insights, as far as its exporter speaks to it."""

import gzip
import json
from typing import Any

from tests.doubles.fake_openai_http import Exchange, SocketServer

KEY = "00000000-0000-0000-0000-0000feedbeef"


class IngestionEndpoint(SocketServer):
    """`envelopes` are the items that came, in the exporter's own format."""

    def __init__(self) -> None:
        super().__init__(self._respond, port=0)
        self.envelopes: list[dict[str, Any]] = []
        self.paths: list[str] = []

    @property
    def connection_string(self) -> str:
        address = f"http://127.0.0.1:{self.port}/"
        return f"InstrumentationKey={KEY};IngestionEndpoint={address};LiveEndpoint={address}"

    def of(self, kind: str) -> list[dict[str, Any]]:
        """What was measured or said, by its `baseType`: RequestData, RemoteDependencyData, MessageData, MetricData."""
        return [envelope for envelope in list(self.envelopes) if envelope["data"]["baseType"] == kind]

    async def _respond(self, exchange: Exchange) -> None:
        request = exchange.request
        body = gzip.decompress(request.body) if request.body[:2] == b"\x1f\x8b" else request.body
        items = json.loads(body)
        self.paths.append(request.path)
        self.envelopes.extend(items)
        await exchange.send_json(200, {"itemsReceived": len(items), "itemsAccepted": len(items), "errors": []})
