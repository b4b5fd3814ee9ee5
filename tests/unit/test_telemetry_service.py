"""What the service shows of its telemetry, and that it does not depend on whoever takes it."""

import re
import signal
import sys
import time
from collections.abc import Iterator

import httpx
import pytest

from config.telemetry import LoggingType, TelemetrySettings
from tests.api_client import HEADER, ApiClient
from tests.config import ANSWER_SECONDS, ROOT, STOP_SECONDS
from tests.doubles.fake_openai import API_KEY, MODEL, FakeOpenAI
from tests.doubles.otlp_collector import OtlpCollector
from tests.live_server import free_port, live_server
from tests.waiting import eventually

CANARY = "canary-of-a-crash anna@mail.example"
QUESTION = "What is my current bill?"
SCRIPTED = (sys.executable, "-m", "tests.doubles.scripted_planner")
UVICORN = (sys.executable, "-m", "uvicorn", "--port", "{port}", "--app-dir", str(ROOT))


@pytest.fixture(scope="module")
def shown() -> Iterator[ApiClient]:
    with live_server({"DEBUG": "true", "METRICS_ENABLED": "true"}) as server:
        api = ApiClient(server.url)
        yield api
        api.close()


def test_developers_see_the_spans_of_a_message(shown: ApiClient) -> None:
    message_id = shown.ask(QUESTION)["message_id"]
    trace = shown.get(f"/messages/{message_id}/trace").json()
    names = [span["name"] for span in trace["spans"]]
    assert names[:3] == ["POST /messages", "process message", "invoke_agent Planner"]
    assert "tools/call get_current_bill" in names
    assert {span["trace_id"] for span in trace["spans"]} == {trace["trace_id"]}


def test_messages_of_one_client_trace_are_told_apart(shown: ApiClient) -> None:
    headers = {HEADER: "one-trace", "traceparent": "00-1af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}
    ids = [
        shown.request("POST", "/messages", json={"message": QUESTION}, headers=headers).json()["message_id"]
        for _ in range(2)
    ]
    for message_id in ids:
        shown.final_updates(message_id)
    for message_id in ids:
        spans = shown.get(f"/messages/{message_id}/trace").json()["spans"]
        assert [span["name"] for span in spans].count("process message") == 1
        marks = {span["attributes"]["semker.message_id"] for span in spans if "tools/call" not in span["name"]}
        assert marks == {message_id}


def test_cancelled_work_says_so() -> None:
    with live_server({"DEBUG": "true", "PYTHONPATH": str(ROOT)}, command=SCRIPTED) as server:
        api = ApiClient(server.url)
        message_id = api.accepted('{"hang": 600}', "cancelled")
        eventually(lambda: api.status(message_id)["status"] == "inprogress", "work to begin", within=ANSWER_SECONDS)
        api.request("POST", f"/messages/{message_id}/cancel")

        def told() -> list[str]:
            spans = api.get(f"/messages/{message_id}/trace").json()["spans"]
            return [span["attributes"]["semker.status"] for span in spans if span["name"] == "process message"]

        eventually(lambda: told() == ["cancelled"], "the work's span", within=ANSWER_SECONDS)
        api.close()


def test_nobody_elses_trace_exists(shown: ApiClient) -> None:
    assert shown.get("/messages/unknown/trace").status_code == httpx.codes.NOT_FOUND


def test_prometheus_reads_the_metrics(shown: ApiClient) -> None:
    shown.ask(QUESTION)
    shown.get("/messages/unknown/status")
    page = shown.get("/metrics")
    assert page.headers["content-type"].startswith("text/plain")
    for metric in (
        r'semker_messages_total\{agent="BillingAgent",status="completed"\} \d',
        r"semker_message_duration_seconds_bucket\{le=",
        r"semker_message_first_update_seconds_count \d",
        r"semker_messages_waiting \d",
        r"semker_messages_at_work \d",
        r"semker_messages_oldest_waiting_seconds \d",
        r'semker_requests_rejected_total\{reason="message_not_found"\} \d',
        r'semker_tool_duration_seconds_count\{gen_ai_agent_name="Billing",gen_ai_tool_name="get_current_bill"\} \d',
        r'semker_upstream_left_alone\{upstream="model"\} 0',
        r"gen_ai_client_token_usage_sum\{",
        r"semker_streams \d",
    ):
        assert re.search(metric, page.text), metric


def test_neither_is_shown_unless_asked_for() -> None:
    with live_server({"TELEMETRY_ENABLED": "false"}) as server:
        api = ApiClient(server.url)
        message_id = api.ask(QUESTION)["message_id"]
        assert api.get(f"/messages/{message_id}/trace").status_code == httpx.codes.NOT_FOUND
        assert api.get("/metrics").status_code == httpx.codes.NOT_FOUND
        api.close()


def test_a_failed_update_carries_the_trace() -> None:
    with OtlpCollector() as collector, live_server(aspire(collector.endpoint, MESSAGE_TIMEOUT="0.001")) as server:
        api = ApiClient(server.url)
        failed = api.ask(QUESTION)
        api.close()
        assert failed["error_code"] == "deadline_exceeded"
        spans = {span.name: span for span in collector.trace_with("POST /messages", "process message")}
        work = spans["process message"]
        assert failed["details"]["trace_id"] == work.trace_id
        assert work.is_error
        assert work.attributes["error.type"] == "deadline_exceeded"


def test_content_is_recorded_when_it_is_asked_for_and_redacted() -> None:
    settings = {"TELEMETRY_CONTENT": "true", "LOG_LEVEL": "DEBUG", "MODEL_PROVIDER": "openai", "OPENAI_MODEL": MODEL}
    with OtlpCollector() as collector, FakeOpenAI() as model:
        settings |= {"OPENAI_BASE_URL": model.base_url, "OPENAI_API_KEY": API_KEY}
        with live_server(aspire(collector.endpoint, OTEL_BLRP_SCHEDULE_DELAY="50", **settings)) as server:
            api = ApiClient(server.url)
            api.ask(f"{QUESTION} I am anna@mail.example")
            api.close()
            trace = collector.trace_with("process message", "execute_tool get_current_bill")
            planner = next(span for span in trace if span.name == f"chat {MODEL}")
            assert QUESTION in planner.attributes["gen_ai.input.messages"]
            assert "[redacted]" in planner.attributes["gen_ai.input.messages"]
            tool = next(span for span in trace if span.name == "execute_tool get_current_bill")
            assert "45.50" in tool.attributes["gen_ai.tool.call.result"]
            bodies = r"telemetry\.httpx_logger  sent .*What is my current bill"
            eventually(lambda: re.search(bodies, server.output), "the bodies", within=ANSWER_SECONDS)
        assert "anna@mail.example" not in "".join(collector.raw)


def test_a_collector_that_is_away_costs_lines_not_messages() -> None:
    with live_server(aspire(f"http://127.0.0.1:{free_port()}", OTEL_METRIC_EXPORT_INTERVAL="200")) as server:
        api = ApiClient(server.url)
        for _ in range(5):
            assert "£45.50" in api.ask(QUESTION)["result"]
        api.close()
        begun = time.monotonic()
        server.send(signal.SIGTERM)
        server.wait(STOP_SECONDS)
        assert time.monotonic() - begun < STOP_SECONDS
        complaints = [line for line in server.output.splitlines() if "opentelemetry" in line]
        assert len(complaints) <= 8
        assert "Traceback" not in server.output


def test_uvicorn_as_the_command_has_it_too() -> None:
    command = [*UVICORN, "api:app"]
    with (
        OtlpCollector() as collector,
        live_server(aspire(collector.endpoint), command=command) as server,
    ):
        api = ApiClient(server.url)
        assert "£45.50" in api.ask(QUESTION)["result"]
        handshake = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13"}
        address = "/conversations/canary-of-a-handshake?token=canary"
        api.request("GET", address, headers={**handshake, "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="})
        assert "canary" not in server.output
        api.close()
        collector.trace_with("POST /messages", "process message", "tools/call get_current_bill")
        assert re.search(r"^\d\d:\d\d:\d\d\.\d{3} INFO    process\.recording  message", server.output, re.MULTILINE)


def test_a_crash_answers_with_its_trace_and_nothing_else() -> None:
    command = [*UVICORN, "tests.doubles.crashing_app:app"]
    with OtlpCollector() as collector, live_server(aspire(collector.endpoint), command=command) as server:
        answer = httpx.post(f"{server.url}/crash")
        assert answer.status_code == httpx.codes.INTERNAL_SERVER_ERROR
        (span,) = collector.trace_with("POST /crash")
        assert answer.json()["trace_id"] == span.trace_id
        assert span.is_error
        assert span.attributes["http.response.status_code"] == 500
        output = server.output
        assert span.trace_id in output
        assert "crashing_app.py:" in output
        for told in (answer.text, output, *collector.raw):
            assert not any(word in told for word in CANARY.split())


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("filelog", (LoggingType.FILELOG,)),
        ("file", (LoggingType.FILELOG,)),
        ("Aspire, file ,filelog", (LoggingType.ASPIRE, LoggingType.FILELOG)),
        ("aspire,appinsights,filelog", tuple(LoggingType)),
    ],
)
def test_backends_by_name(written: str, meant: tuple[LoggingType, ...]) -> None:
    connection = "InstrumentationKey=00000000-0000-0000-0000-000000000000"
    assert (
        TelemetrySettings(logging_type=written, applicationinsights_connection_string=connection).logging_type == meant
    )


@pytest.mark.parametrize(
    ("endpoint", "protocol"),
    [
        ("http://localhost:4317", "grpc"),
        ("https://collector:4317/", "grpc"),
        ("http://localhost:4318", "http/protobuf"),
        ("https://collector.example/otlp", "http/protobuf"),
    ],
)
def test_the_address_says_how_to_speak(endpoint: str, protocol: str) -> None:
    assert TelemetrySettings(otlp_endpoint=endpoint).resolved_otlp_protocol == protocol
    assert TelemetrySettings(otlp_endpoint=endpoint, otlp_protocol="grpc").resolved_otlp_protocol == "grpc"


def aspire(endpoint: str, **more: str) -> dict[str, str]:
    return {"SEMKER_LOGGING_TYPE": "aspire", "OTLP_ENDPOINT": endpoint, "OTEL_BSP_SCHEDULE_DELAY": "50", **more}
