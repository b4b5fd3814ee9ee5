"""What is counted and measured. No label has as many values as there are messages, customers or conversations."""

from collections.abc import Callable, Iterable, Mapping

from opentelemetry import metrics
from opentelemetry.metrics import CallbackOptions, Observation

_FAST = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
_SLOW = (0.05, 0.1, 0.25, 0.5, 1, 2, 4, 8, 15, 30, 60, 120)
_TOKEN_STEPS = (1, 16, 64, 256, 1024, 4096, 16384, 65536)

_meter = metrics.get_meter("semker")

MESSAGES = _meter.create_counter("semker.messages", "{message}", "Messages by final status and agent")
MESSAGE_SECONDS = _meter.create_histogram(
    "semker.message.duration",
    "s",
    "From accepting a message to its final update",
    explicit_bucket_boundaries_advisory=_SLOW,
)
FIRST_UPDATE_SECONDS = _meter.create_histogram(
    "semker.message.first_update",
    "s",
    "From accepting a message to the first news of its answer",
    explicit_bucket_boundaries_advisory=_SLOW,
)
MODEL_SECONDS = _meter.create_histogram(
    "gen_ai.client.operation.duration", "s", "Calls of models", explicit_bucket_boundaries_advisory=_SLOW
)
TOKENS = _meter.create_histogram(
    "gen_ai.client.token.usage", "{token}", "Tokens of model calls", explicit_bucket_boundaries_advisory=_TOKEN_STEPS
)
TOOL_SECONDS = _meter.create_histogram(
    "semker.tool.duration", "s", "Calls of tools", explicit_bucket_boundaries_advisory=_FAST
)
REQUEST_SECONDS = _meter.create_histogram(
    "http.server.request.duration", "s", "Requests but for event streams", explicit_bucket_boundaries_advisory=_FAST
)
_rejected = _meter.create_counter("semker.requests.rejected", "{request}", "Requests refused, by reason")


def rejected(reason: str) -> None:
    _rejected.add(1, {"reason": reason})


def observe(name: str, unit: str, description: str, read: Callable[[], float]) -> None:
    """A gauge that is read when metrics are collected, in another thread."""

    def observations(_: CallbackOptions) -> Iterable[Observation]:
        return (Observation(read()),)

    _meter.create_observable_gauge(name, [observations], unit, description)


def observe_each(name: str, label: str, read: Callable[[], Mapping[str, float]]) -> None:
    """The same for several, each with its name as the label."""

    def observations(_: CallbackOptions) -> Iterable[Observation]:
        return [Observation(value, {label: which}) for which, value in read().items()]

    _meter.create_observable_gauge(name, [observations])
