"""Application Insights gets spans, logs and metrics in its own format; nobody else is called."""

import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from tests.api_client import ApiClient
from tests.config import ANSWER_SECONDS, ROOT, START_SERVER
from tests.doubles.ingestion import KEY, IngestionEndpoint
from tests.live_server import live_server, process
from tests.waiting import eventually

SOON = {"OTEL_BSP_SCHEDULE_DELAY": "50", "OTEL_BLRP_SCHEDULE_DELAY": "50", "OTEL_METRIC_EXPORT_INTERVAL": "300"}


@pytest.fixture(scope="module")
def ingestion() -> Iterator[IngestionEndpoint]:
    with IngestionEndpoint() as endpoint:
        connection = {"APPLICATIONINSIGHTS_CONNECTION_STRING": endpoint.connection_string}
        with live_server({"SEMKER_LOGGING_TYPE": "appinsights", **connection, **SOON}) as server:
            api = ApiClient(server.url)
            assert "£45.50" in api.ask("What is my current bill?", "insights-4711")["result"]
            api.close()
            wanted = ("process message", "POST /messages", "semker.messages")
            eventually(
                lambda: (
                    all(word in str(list(endpoint.envelopes)) for word in wanted)
                    and any("completed" in said(item) for item in endpoint.of("MessageData"))
                ),
                "spans, logs and metrics",
                within=ANSWER_SECONDS,
            )
            yield endpoint


def said(item: dict[str, Any]) -> str:
    return str(item["data"]["baseData"]["message"])


def test_requests_and_dependencies_are_one_operation(ingestion: IngestionEndpoint) -> None:
    requests = {item["data"]["baseData"]["name"]: item for item in ingestion.of("RequestData")}
    posted, work = requests["POST /messages"], requests["process message"]
    operation = posted["tags"]["ai.operation.id"]
    assert work["tags"]["ai.operation.id"] == operation
    assert posted["data"]["baseData"]["id"] in work["data"]["baseData"]["properties"]["_MS.links"]
    names = {
        item["data"]["baseData"]["name"]
        for item in ingestion.of("RemoteDependencyData")
        if item["tags"]["ai.operation.id"] == operation
    }
    assert {"invoke_agent Planner", "invoke_agent Billing", "execute_tool get_current_bill"} <= names
    assert any(name.startswith("chat ") for name in names)


def test_logs_belong_to_the_operation(ingestion: IngestionEndpoint) -> None:
    requests = {item["data"]["baseData"]["name"]: item for item in ingestion.of("RequestData")}
    operation = requests["POST /messages"]["tags"]["ai.operation.id"]
    messages = [item for item in ingestion.of("MessageData") if item["tags"].get("ai.operation.id") == operation]
    assert any("completed" in said(item) for item in messages)


def test_metrics_have_names_and_no_ids(ingestion: IngestionEndpoint) -> None:
    eventually(
        lambda: any("semker.messages" in str(item) for item in ingestion.of("MetricData")),
        "a metric of ours",
        within=ANSWER_SECONDS,
    )
    assert "insights-4711" not in str(ingestion.envelopes)


def test_everything_carries_our_key_and_goes_to_the_endpoint(ingestion: IngestionEndpoint) -> None:
    assert {item["iKey"] for item in ingestion.envelopes} == {KEY}
    assert {path.rpartition("/")[2] for path in ingestion.paths} == {"track"}


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"SEMKER_LOGGING_TYPE": "appinsights"}, "APPLICATIONINSIGHTS_CONNECTION_STRING"),
        ({"SEMKER_LOGGING_TYPE": "file,appinsights"}, "APPLICATIONINSIGHTS_CONNECTION_STRING"),
        ({"SEMKER_LOGGING_TYPE": "appinsights", "APPLICATIONINSIGHTS_CONNECTION_STRING": "abc"}, "InstrumentationKey"),
        ({"METRICS_ENABLED": "true", "TELEMETRY_ENABLED": "false"}, "METRICS_ENABLED"),
        ({"METRICS_PORT": "9464", "TELEMETRY_ENABLED": "false"}, "METRICS_PORT"),
        ({"METRICS_PORT": "9464"}, "METRICS_PORT"),
    ],
)
def test_what_is_missing_stops_the_start_with_one_line(settings: dict[str, str], named: str) -> None:
    with process(START_SERVER, settings) as server:
        assert server.wait(30) != 0
        assert len(server.output.strip().splitlines()) == 1
        assert named in server.output


def test_azures_package_is_imported_only_when_chosen() -> None:
    """A module that cannot be found would stop the start of the backend that needs it, and of no other."""
    program = (
        "import sys; from config.telemetry import TelemetrySettings; from telemetry import aspire, filelog; "
        "settings = TelemetrySettings(log_folder='/nowhere'); aspire.exporters(settings); filelog.exporters(settings); "
        "print([name for name in sys.modules if name.startswith('azure')])"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
