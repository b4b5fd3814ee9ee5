"""A small OpenAI-compatible model server on a real socket: OpenAI's and Azure's routes, checks, faults.

`with FakeOpenAI() as model:` in a test, or `python -m tests.doubles.fake_openai --port 9000` as a process.
"""

import argparse
import asyncio
import json
import re
import sys
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import JsonValue

from tests.doubles.fake_openai_brain import Brain, dicts, keyword_brain
from tests.doubles.fake_openai_checks import InvalidRequest, check
from tests.doubles.fake_openai_faults import ChatCall, Fault, answer, delay
from tests.doubles.fake_openai_http import Exchange, SocketServer
from tests.doubles.fake_openai_wire import error

API_KEY = "test-key"
MODEL = "gpt-4o-mini"
_AZURE = re.compile(r"/openai/deployments/([^/]+)/chat/completions\Z")
_SECRETS = frozenset({"authorization", "api-key"})


@dataclass(frozen=True, slots=True)
class Recorded:
    """A chat request as it came, without its key."""

    path: str
    headers: Mapping[str, str]
    body: Mapping[str, JsonValue]

    @property
    def messages(self) -> list[dict[str, JsonValue]]:
        return dicts(self.body.get("messages"))


class FakeOpenAI(SocketServer):
    """`requests` holds every chat request, refused ones as well; `connections` counts accepted sockets."""

    def __init__(
        self, brain: Brain | None = None, *, normally: Fault = answer, api_key: str = API_KEY, port: int = 0
    ) -> None:
        super().__init__(self._respond, port=port)
        self.requests: list[Recorded] = []
        self._brain = brain or keyword_brain()
        self._normally = normally
        self._api_key = api_key
        self._script: deque[Fault] = deque()

    @property
    def base_url(self) -> str:
        return f"{self.azure_endpoint}/v1"

    @property
    def azure_endpoint(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def script(self, *faults: Fault) -> None:
        """The next chat requests meet these, one each; later ones are answered normally."""
        self._script.extend(faults)

    def always(self, fault: Fault) -> None:
        self._normally = fault

    async def _respond(self, exchange: Exchange) -> None:
        request = exchange.request
        azure = _AZURE.match(request.path)
        if request.path == "/v1/models":
            await exchange.send_json(200, {"object": "list", "data": [{"id": MODEL, "object": "model"}]})
        elif request.method != "POST" or not (azure or request.path == "/v1/chat/completions"):
            await exchange.send_json(404, error("Unknown request URL", kind="invalid_request_error"))
        else:
            await self._chat(exchange, azure[1] if azure else None)

    async def _chat(self, exchange: Exchange, deployment: str | None) -> None:
        request = exchange.request
        body = _parse(request.body)
        headers = {name: value for name, value in request.headers.items() if name not in _SECRETS}
        self.requests.append(Recorded(request.path, headers, body))
        if not self._authorized(request.headers, azure=deployment is not None):
            await exchange.send_json(401, error("Incorrect API key", kind="auth", code="invalid_api_key"))
            return
        if (problem := _missing(deployment, body, request.query)) is not None:
            await exchange.send_json(404, problem)
            return
        try:
            check(body)
        except InvalidRequest as refused:
            content = error(refused.message, kind="invalid_request_error", code=refused.code, param=refused.param)
            await exchange.send_json(400, content)
            return
        fault = self._script.popleft() if self._script else self._normally
        await fault(ChatCall(exchange, body, brain=self._brain, azure=deployment is not None))

    def _authorized(self, headers: Mapping[str, str], *, azure: bool) -> bool:
        if azure:
            return headers.get("api-key") == self._api_key
        return headers.get("authorization") == f"Bearer {self._api_key}"


def _parse(body: bytes) -> dict[str, JsonValue]:
    try:
        content = json.loads(body)
    except ValueError:
        return {}
    return content if isinstance(content, dict) else {}


def _missing(
    deployment: str | None, body: Mapping[str, JsonValue], query: Mapping[str, str]
) -> dict[str, JsonValue] | None:
    if deployment is None:
        unknown = body.get("model") != MODEL
        return (
            error("The model does not exist", kind="invalid_request_error", code="model_not_found") if unknown else None
        )
    if query.get("api-version", "") < "2024-08-01":
        return {"error": {"code": "404", "message": "Resource not found"}}
    if deployment != MODEL:
        return {"error": {"code": "DeploymentNotFound", "message": "The API deployment does not exist."}}
    return None


def main() -> None:
    parser = argparse.ArgumentParser(description="A fake OpenAI-compatible model server")
    parser.add_argument("--port", type=int, default=9000)
    parser.add_argument("--latency", type=float, default=0.0, help="seconds before each answer")
    options = parser.parse_args()
    server = FakeOpenAI(normally=delay(options.latency) if options.latency else answer, port=options.port)
    sys.stderr.write(f"OPENAI_BASE_URL={server.base_url} OPENAI_API_KEY={API_KEY}\n")
    asyncio.run(server.serve())


if __name__ == "__main__":
    main()
