"""Agents, model calls and tool calls, after OpenTelemetry's conventions for generative AI: a span and metrics each."""

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from opentelemetry.trace import Span, SpanKind

from telemetry.marks import current_facts
from telemetry.meters import MODEL_SECONDS, TOKENS, TOOL_SECONDS
from telemetry.redaction import redact
from telemetry.tracing import captures_content, error_type, failed, span, tracer

_MOST_CONTENT = 16_000

type Content = Sequence[Mapping[str, str]]


@contextmanager
def invoke_agent(name: str) -> Iterator[None]:
    attributes = {"gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": name}
    with span(f"invoke_agent {name}", attributes):
        yield


@dataclass(slots=True)
class ToolCall:
    span: Span
    error: str | None = None

    def fail(self, reason: str) -> None:
        """For a failure that is told as a result."""
        self.error = reason
        failed(self.span, reason)

    def record_content(self, arguments: Mapping[str, object], result: str) -> None:
        if captures_content():
            self.span.set_attribute("gen_ai.tool.call.arguments", _content(arguments))
            self.span.set_attribute("gen_ai.tool.call.result", redact(result)[:_MOST_CONTENT])


@contextmanager
def execute_tool(agent: str, tool: str) -> Iterator[ToolCall]:
    names = {"gen_ai.agent.name": agent, "gen_ai.tool.name": tool}
    begun = time.perf_counter()
    with span(f"execute_tool {tool}", {"gen_ai.operation.name": "execute_tool", **names}) as current:
        call = ToolCall(current)
        try:
            yield call
        except BaseException as error:
            call.error = error_type(error)
            raise
        finally:
            outcome = {**names, "error.type": call.error} if call.error else names
            TOOL_SECONDS.record(time.perf_counter() - begun, outcome)


class ModelCall:
    """One request to a model; its span ends with `end`, and is never current, since nothing is traced below it."""

    def __init__(self, provider: str, model: str) -> None:
        self._names = {
            "gen_ai.operation.name": "chat",
            "gen_ai.provider.name": provider,
            "gen_ai.request.model": model,
        }
        self._facts: dict[str, str | int | list[str]] = {}
        self._begun = time.perf_counter()
        attributes = {**self._names, **current_facts()}
        self._span = tracer.start_span(f"chat {model}", kind=SpanKind.CLIENT, attributes=attributes)

    def answered(self, *, model: str | None, response_id: str | None, finish_reason: str | None) -> None:
        facts = {"gen_ai.response.model": model, "gen_ai.response.id": response_id}
        self._facts |= {name: value for name, value in facts.items() if value}
        if finish_reason:
            self._facts["gen_ai.response.finish_reasons"] = [finish_reason]

    def used(self, *, input_tokens: int, output_tokens: int) -> None:
        for kind, tokens in (("input", input_tokens), ("output", output_tokens)):
            self._facts[f"gen_ai.usage.{kind}_tokens"] = tokens
            TOKENS.record(tokens, {**self._names, "gen_ai.token.type": kind})

    def record_content(self, asked: Content, answered: Content) -> None:
        self._facts["gen_ai.input.messages"] = _content(asked)
        self._facts["gen_ai.output.messages"] = _content(answered)

    def end(self, error: BaseException | None = None) -> None:
        outcome = self._names
        if error is not None:
            outcome = {**outcome, "error.type": error_type(error)}
            failed(self._span, error_type(error))
        self._span.set_attributes(self._facts)
        MODEL_SECONDS.record(time.perf_counter() - self._begun, outcome)
        self._span.end()


def _content(value: object) -> str:
    return redact(json.dumps(value, ensure_ascii=False, default=str))[:_MOST_CONTENT]
