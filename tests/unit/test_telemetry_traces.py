"""The whole way of a message as one trace, as it arrives at a real collector: both models, tools here and elsewhere."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import httpx
import pytest

from tests.api_client import HEADER, ApiClient
from tests.config import ANSWER_SECONDS, COMMAND_LINE
from tests.doubles.fake_openai import API_KEY, MODEL, FakeOpenAI
from tests.doubles.otlp_collector import CollectedSpan, OtlpCollector
from tests.live_server import free_port, live_server, process, wait_until_answered
from tests.waiting import eventually

QUESTION = "What is my current bill?"
CONVERSATION = "a-conversation-of-07700900123"
SOON = {"OTEL_BSP_SCHEDULE_DELAY": "50", "OTEL_BLRP_SCHEDULE_DELAY": "50", "OTEL_METRIC_EXPORT_INTERVAL": "200"}
SERVER, CLIENT, CONSUMER, INTERNAL = 2, 3, 5, 1


@dataclass(frozen=True, slots=True)
class Setting:
    collector: OtlpCollector
    api: ApiClient
    model: str
    provider: str


@pytest.fixture(scope="module", params=["offline-here", "offline-http", "openai-here", "openai-http"])
def setting(request: pytest.FixtureRequest) -> Iterator[Setting]:
    provider, _, tools = request.param.partition("-")
    with ExitStack() as stack:
        collector = stack.enter_context(OtlpCollector())
        settings = {"SEMKER_LOGGING_TYPE": "aspire", "OTLP_ENDPOINT": collector.endpoint, **SOON}
        if tools == "http":
            settings["BILLING_MCP_SERVER_URL"] = stack.enter_context(mcp_server(collector))
        model, system = "semker-offline", "semker"
        if provider == "openai":
            fake = stack.enter_context(FakeOpenAI())
            model, system = MODEL, "openai"
            settings |= {"MODEL_PROVIDER": "openai", "OPENAI_BASE_URL": fake.base_url, "OPENAI_API_KEY": API_KEY}
            settings |= {"OPENAI_MODEL": MODEL}
        server = stack.enter_context(live_server(settings))
        api = ApiClient(server.url)
        stack.callback(api.close)
        yield Setting(collector, api, model, system)


@contextmanager
def mcp_server(collector: OtlpCollector) -> Iterator[str]:
    port = free_port()
    environment = {"OTEL_EXPORTER_OTLP_ENDPOINT": collector.endpoint, **SOON}
    with process([*COMMAND_LINE, "mcp", "billing", "--port", str(port)], environment) as server:
        wait_until_answered(f"http://127.0.0.1:{port}/health", server)
        yield f"http://127.0.0.1:{port}"


@pytest.fixture(scope="module")
def trace(setting: Setting) -> Mapping[str, list[CollectedSpan]]:
    """The spans of one message by name, in the order of their ends."""
    assert "£45.50" in setting.api.ask(QUESTION, CONVERSATION)["result"]
    spans = setting.collector.trace_with("POST /messages", "process message", "tools/call get_current_bill")
    by_name: dict[str, list[CollectedSpan]] = {}
    for span in spans:
        by_name.setdefault(span.name, []).append(span)
    return by_name


def test_the_tree_is_complete(setting: Setting, trace: Mapping[str, list[CollectedSpan]]) -> None:
    chat = f"chat {setting.model}"
    assert {name: len(spans) for name, spans in trace.items()} == {
        "POST /messages": 1,
        "process message": 1,
        "invoke_agent Planner": 1,
        "invoke_agent Billing": 1,
        chat: 3,
        "execute_tool get_current_bill": 1,
        "tools/call get_current_bill": 1,
    }
    work, planner, billing = (
        one(trace, name) for name in ("process message", "invoke_agent Planner", "invoke_agent Billing")
    )
    assert (planner.parent_id, billing.parent_id) == (work.span_id, work.span_id)
    assert sorted(span.parent_id for span in trace[chat]) == sorted([planner.span_id, billing.span_id, billing.span_id])
    tool, served = one(trace, "execute_tool get_current_bill"), one(trace, "tools/call get_current_bill")
    assert tool.parent_id == billing.span_id
    assert served.parent_id == tool.span_id


def test_the_work_is_a_root_that_links_to_the_request(trace: Mapping[str, list[CollectedSpan]]) -> None:
    request, work = one(trace, "POST /messages"), one(trace, "process message")
    assert (request.parent_id, work.parent_id) == ("", "")
    assert work.links == ((request.trace_id, request.span_id),)
    assert (request.kind, work.kind) == (SERVER, CONSUMER)


def test_spans_say_what_the_conventions_want(setting: Setting, trace: Mapping[str, list[CollectedSpan]]) -> None:
    agent = one(trace, "invoke_agent Billing").attributes
    assert (agent["gen_ai.operation.name"], agent["gen_ai.agent.name"]) == ("invoke_agent", "Billing")
    for chat in trace[f"chat {setting.model}"]:
        facts = chat.attributes
        assert (facts["gen_ai.operation.name"], facts["gen_ai.provider.name"]) == ("chat", setting.provider)
        assert facts["gen_ai.request.model"] == setting.model
        assert facts["gen_ai.usage.input_tokens"] > 0
        assert facts["gen_ai.usage.output_tokens"] >= 0
        assert facts["gen_ai.response.finish_reasons"][0] in {"stop", "tool_calls"}
        assert chat.kind == CLIENT
    tool = one(trace, "execute_tool get_current_bill").attributes
    assert (tool["gen_ai.operation.name"], tool["gen_ai.tool.name"]) == ("execute_tool", "get_current_bill")
    served = one(trace, "tools/call get_current_bill")
    assert (served.kind, served.attributes["mcp.method.name"]) == (SERVER, "tools/call")
    request = one(trace, "POST /messages").attributes
    assert (request["http.request.method"], request["http.route"]) == ("POST", "/messages")
    assert request["http.response.status_code"] == 201


def test_spans_are_marked_with_the_message_and_the_hash_of_its_conversation(
    setting: Setting, trace: Mapping[str, list[CollectedSpan]]
) -> None:
    ours = [span for spans in trace.values() for span in spans if not span.name.startswith("tools/call")]
    assert len({span.attributes["semker.message_id"] for span in ours}) == 1
    assert len({span.attributes["semker.conversation"] for span in ours}) == 1
    assert one(trace, "process message").attributes["semker.status"] == "completed"
    assert CONVERSATION not in "".join(setting.collector.raw)


def test_the_tool_server_says_which_service_it_is(setting: Setting, trace: Mapping[str, list[CollectedSpan]]) -> None:
    served, work = one(trace, "tools/call get_current_bill"), one(trace, "process message")
    assert work.service == "semker"
    assert served.service in {"semker", "semker-mcp"}


def test_logs_arrive_with_their_trace(setting: Setting, trace: Mapping[str, list[CollectedSpan]]) -> None:
    wanted = one(trace, "process message").trace_id

    def found() -> bool:
        return any(log.trace_id == wanted and "completed" in log.body for log in list(setting.collector.logs))

    eventually(found, "the log line of the end", within=ANSWER_SECONDS)


def test_metrics_arrive(setting: Setting, trace: Mapping[str, list[CollectedSpan]]) -> None:
    wanted = {
        "semker.messages",
        "semker.message.duration",
        "semker.message.first_update",
        "semker.messages.waiting",
        "semker.messages.at_work",
        "semker.messages.oldest_waiting",
        "semker.streams",
        "semker.tool.duration",
        "semker.upstream.left_alone",
        "gen_ai.client.operation.duration",
        "gen_ai.client.token.usage",
        "http.server.request.duration",
    }
    eventually(lambda: wanted <= setting.collector.metrics.keys(), f"all of {wanted}", within=ANSWER_SECONDS)
    assert one(trace, "POST /messages").trace_id not in str(setting.collector.metrics)


def test_a_clients_own_trace_goes_on(setting: Setting, trace: Mapping[str, list[CollectedSpan]]) -> None:
    trace_id, span_id = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
    headers = {HEADER: "traced", "traceparent": f"00-{trace_id}-{span_id}-01"}
    sent = setting.api.request("POST", "/messages", json={"message": QUESTION}, headers=headers)
    assert sent.status_code == httpx.codes.CREATED

    def found() -> list[CollectedSpan]:
        return [span for span in list(setting.collector.spans) if span.trace_id == trace_id]

    eventually(lambda: any(span.name == "process message" for span in found()), "the work", within=ANSWER_SECONDS)
    assert next(span for span in found() if span.name == "POST /messages").parent_id == span_id


def one(trace: Mapping[str, list[CollectedSpan]], name: str) -> CollectedSpan:
    (span,) = trace[name]
    return span
