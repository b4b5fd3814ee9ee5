"""Agents, model calls and tool calls, after OpenTelemetry's conventions for generative AI: a span and metrics each."""

import json
import time
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Self

from opentelemetry.trace import SpanKind

from telemetry.marks import current_facts
from telemetry.meters import MODEL_SECONDS, TOKENS, TOOL_SECONDS
from telemetry.redaction import redact
from telemetry.tracing import Entered, captures_content, error_type, failed, span, tracer

_MOST_CONTENT = 16_000

type Content = Sequence[Mapping[str, str]]


def invoke_agent(name: str) -> Entered:
    return span(f"invoke_agent {name}", {"gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": name})


class ToolCall:
    __slots__ = ("_begun", "_entered", "_error", "_names")

    def __init__(self, agent: str, tool: str) -> None:
        self._names = {"gen_ai.agent.name": agent, "gen_ai.tool.name": tool}
        self._begun = time.perf_counter()
        self._error: str | None = None
        self._entered = span(f"execute_tool {tool}", {"gen_ai.operation.name": "execute_tool", **self._names})

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, stack: TracebackType | None
    ) -> None:
        reason = error_type(error) if error is not None else self._error
        outcome = {**self._names, "error.type": reason} if reason else self._names
        TOOL_SECONDS.record(time.perf_counter() - self._begun, outcome)
        self._entered.__exit__(kind, error, stack)

    def fail(self, reason: str) -> None:
        """For a failure that is told as a result."""
        self._error = reason
        failed(self._entered.span, reason)

    def record_content(self, arguments: Mapping[str, object], result: str) -> None:
        if captures_content():
            self._entered.span.set_attribute("gen_ai.tool.call.arguments", _content(arguments))
            self._entered.span.set_attribute("gen_ai.tool.call.result", redact(result)[:_MOST_CONTENT])


def execute_tool(agent: str, tool: str) -> ToolCall:
    """For a `with`."""
    return ToolCall(agent, tool)


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
