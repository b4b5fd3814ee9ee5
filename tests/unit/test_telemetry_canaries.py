"""Canaries go in by every way there is; none comes out in a log, a span, a metric or the body of an error."""

import json
import socket
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from agents.prompts import planner_instructions
from tests.api_client import HEADER, ApiClient
from tests.config import ANSWER_SECONDS
from tests.doubles.fake_openai import MODEL, FakeOpenAI
from tests.doubles.fake_openai_brain import Body, keyword_brain
from tests.doubles.fake_openai_faults import ChatCall
from tests.doubles.fake_openai_wire import Answer, ToolCall, error
from tests.doubles.mcp_leaky import RESULT, TOOL_ERROR
from tests.doubles.otlp_collector import OtlpCollector
from tests.live_server import LiveServer, free_port, live_server, process
from tests.waiting import eventually

SOON = {"OTEL_BSP_SCHEDULE_DELAY": "50", "OTEL_BLRP_SCHEDULE_DELAY": "50", "OTEL_METRIC_EXPORT_INTERVAL": "200"}
CANARIES: Mapping[str, str] = {
    "customer text": "canary-text-zebra",
    "e-mail": "canary.person@mail.example",
    "phone number": "07700 900 321",
    "international phone number": "+44 7700 900123",
    "card-like number": "4929 1234 5678 9012",
    "IBAN": "GB33BUKB20201555555555",
    "conversation id": "canary-conversation-07700900456",
    "bearer token": "canary.bearer.eyJhbGciOi",
    "api-key header": "canary-api-key-header",
    "cookie": "canary-cookie",
    "user agent": "canary-user-agent",
    "trace state": "canary-trace-state",
    "baggage": "canary-baggage",
    "query": "canary-query",
    "path": "canary-path-id",
    "broken body": "canary-broken-body",
    "unknown field": "canary-unknown-field",
    "request line": "canary-request-line",
    "model key": "canary-model-key-123456",
    "model reply": "canary-model-reply",
    "model error": "canary-model-error",
    "tool arguments": "canary-tool-argument",
    "tool result": RESULT,
    "tool error": TOOL_ERROR,
    "prompt": planner_instructions([])[:60],
    "hash key": "canary-hash-key",
}
TEXT = "What is my bill? " + ", ".join(list(CANARIES.values())[:6]) + "\n2026-11-23 ERROR forged line {canary}"


@dataclass(slots=True)
class Heard:
    """Everything that left the service but answers."""

    collector: OtlpCollector
    folder: Path
    server: LiveServer
    errors: list[str] = field(default_factory=list)

    def places(self) -> dict[str, str]:
        files = {path.name: path.read_text() for path in self.folder.iterdir() if path.is_file()}
        collected = "\n".join(self.collector.raw)
        return {**files, "collector": collected, "terminal": self.server.output, "errors": "\n".join(self.errors)}


def brain(body: Body) -> Answer:
    """Thinks as usual, but says canaries wherever it may write; does as a message asks that names a canary's way."""
    said = json.dumps(body["messages"])
    answer = keyword_brain()(body)
    if "bad arguments" in said and '"Plan"' not in json.dumps(body.get("response_format")) and '"tool"' not in said:
        arguments = json.dumps({"iban": CANARIES["tool arguments"]})
        return Answer(calls=(ToolCall("Billing-get_current_bill", arguments),))
    if answer.text:
        content = json.loads(answer.text)
        if "steps" in content:
            content |= {"steps": [CANARIES["model reply"]], "reasons": [CANARIES["model reply"]]}
        return Answer(text=json.dumps(content))
    return answer


async def fail_with_words(call: ChatCall) -> None:
    await call.exchange.send_json(400, error(CANARIES["model error"] + TEXT, kind="canary", code="canary"))


async def talk_nonsense(call: ChatCall) -> None:
    await call.send(Answer(text=CANARIES["model reply"]))


@pytest.fixture(scope="module")
def heard() -> Iterator[Heard]:
    with ExitStack() as stack:
        collector = stack.enter_context(OtlpCollector())
        model = stack.enter_context(FakeOpenAI(brain, api_key=CANARIES["model key"]))
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        port = free_port()
        tools = stack.enter_context(
            process([sys.executable, "-m", "tests.doubles.mcp_leaky", "--port", str(port)], HERE)
        )
        eventually(lambda: answers(port), f"the tools: {tools.output}", within=ANSWER_SECONDS)
        server = stack.enter_context(
            live_server(
                {
                    "SEMKER_LOGGING_TYPE": "aspire,filelog",
                    "TELEMETRY_CONSOLE": "true",
                    "TELEMETRY_HASH_KEY": CANARIES["hash key"],
                    "OTLP_ENDPOINT": collector.endpoint,
                    "LOG_FOLDER": str(folder),
                    "METRICS_ENABLED": "true",
                    "MODEL_PROVIDER": "openai",
                    "MODEL_FALLBACK": "fail",
                    "OPENAI_BASE_URL": model.base_url,
                    "OPENAI_API_KEY": CANARIES["model key"],
                    "OPENAI_MODEL": MODEL,
                    "BILLING_MCP_SERVER_URL": f"http://127.0.0.1:{port}/mcp",
                    **SOON,
                }
            )
        )
        found = Heard(collector, folder, server)
        with closing(ApiClient(server.url)) as api:
            let_them_fly(api, model, found)
            found.errors.append(api.get("/metrics").text)
        eventually(
            lambda: min(ended(found).values()) >= ASKED and "process message" in found.places()["collector"],
            "the log lines and the spans of all messages",
            within=ANSWER_SECONDS,
        )
        yield found


HERE = {"PYTHONPATH": str(Path(__file__).parents[2])}
ASKED = 6


def let_them_fly(api: ApiClient, model: FakeOpenAI, heard: Heard) -> None:
    headers = {
        HEADER: CANARIES["conversation id"],
        "Authorization": f"Bearer {CANARIES['bearer token']}",
        "api-key": CANARIES["api-key header"],
        "Cookie": f"session={CANARIES['cookie']}",
        "User-Agent": CANARIES["user agent"],
        "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "tracestate": f"vendor={CANARIES['trace state']}",
        "baggage": f"name={CANARIES['baggage']}",
    }

    def ask(text: str) -> None:
        sent = api.request("POST", "/messages", json={"message": text}, headers=headers)
        assert sent.status_code == httpx.codes.CREATED, sent.text
        api.final_updates(sent.json()["message_id"])

    ask(TEXT)
    ask(f"Did my payment arrive? {TEXT}")
    ask(f"bad arguments {TEXT}")
    for fault in (fail_with_words, talk_nonsense):
        model.always(fault)
        ask(TEXT)
    model.always(lambda call: call.send(call.think()))
    ask("Which plan am I on? " + CANARIES["customer text"])
    for method, path, options in (
        ("GET", f"/messages/{CANARIES['path']}/status", {}),
        ("GET", f"/messages?cursor={CANARIES['query']}&limit={CANARIES['query']}", {}),
        ("POST", "/messages", {"content": "{" + CANARIES["broken body"]}),
        ("POST", "/messages", {"json": {"message": "x", CANARIES["unknown field"]: CANARIES["unknown field"]}}),
        ("POST", "/messages", {"json": {"message": CANARIES["customer text"] * 5000}}),
        ("BREW", f"/{CANARIES['path']}", {}),
    ):
        answer = api.request(method, path, **({"headers": headers} | options))
        assert answer.is_client_error, answer.text
        heard.errors.append(answer.text)
    with socket.create_connection(("127.0.0.1", heard.server.port)) as raw:
        raw.sendall(f"{CANARIES['request line']}\0 / HTTP/9\r\n\r\n".encode())
        heard.errors.append(raw.recv(1000).decode())


def ended(heard: Heard) -> dict[str, int]:
    """How many messages each file tells the end of; spans are written a batch later than lines."""
    places = heard.places()
    return {
        "semker.log": places["semker.log"].count(" after "),
        "spans.log": places["spans.log"].count('"name":"process message"'),
    }


def answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.mark.parametrize("way", CANARIES)
def test_no_canary_comes_out(heard: Heard, way: str) -> None:
    found = [place for place, text in heard.places().items() if CANARIES[way] in text]
    # an id that looks like one is repeated to whoever asked for it, who knows it
    assert [place for place in found if (way, place) != ("path", "errors")] == []


def test_the_canaries_did_fly(heard: Heard) -> None:
    """Otherwise their absence would mean nothing."""
    places = heard.places()
    assert places["collector"].count("process message") >= 1
    for name in ("execute_tool get_current_bill", "execute_tool get_payment_status", "invoke_agent Tariff"):
        assert name in places["spans.log"], name
    for code in ("model_rejected", "bad_model_output"):
        assert code in places["semker.log"], code
    assert "/v1/chat/completions -> 200" in places["semker.log"]
    assert "/mcp -> 200" in places["semker.log"]
    assert "semker_requests_rejected_total" in places["errors"]


def test_no_text_forges_a_line(heard: Heard) -> None:
    assert not any(line.startswith("2026-11-23 ERROR forged") for line in heard.server.output.splitlines())
    for name in ("semker.log", "spans.log", "metrics.log"):
        for line in heard.places()[name].split("\n")[:-1]:
            json.loads(line)
