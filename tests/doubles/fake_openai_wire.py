"""How OpenAI's chat completions look on the wire: one JSON object, or a stream of chunks."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from secrets import token_hex
from time import time

from pydantic import JsonValue

PIECE = 24
_SAFE: JsonValue = {
    name: {"filtered": False, "severity": "safe"} for name in ("hate", "self_harm", "sexual", "violence")
}


@dataclass(frozen=True, slots=True)
class ToolCall:
    name: str
    arguments: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the model says: text, tool calls or a refusal."""

    text: str | None = None
    calls: tuple[ToolCall, ...] = ()
    refusal: str | None = None
    finish: str | None = None

    @property
    def finish_reason(self) -> str:
        return self.finish or ("tool_calls" if self.calls else "stop")

    @property
    def size(self) -> int:
        return len(self.text or "") + sum(len(call.name) + len(call.arguments) for call in self.calls)


def usage(body: Mapping[str, JsonValue], answer: Answer) -> dict[str, JsonValue]:
    """Four characters make a token."""
    prompt = len(json.dumps(body.get("messages"))) // 4
    completion = max(1, answer.size // 4)
    return {
        "prompt_tokens": prompt,
        "completion_tokens": completion,
        "total_tokens": prompt + completion,
        "prompt_tokens_details": {"cached_tokens": 0, "audio_tokens": 0},
        "completion_tokens_details": {"reasoning_tokens": 0, "audio_tokens": 0},
    }


def completion(body: Mapping[str, JsonValue], answer: Answer, *, azure: bool) -> dict[str, JsonValue]:
    message: dict[str, JsonValue] = {"role": "assistant", "content": answer.text, "refusal": answer.refusal}
    if answer.calls:
        message["tool_calls"] = [_call(call) for call in answer.calls]
    choice: dict[str, JsonValue] = {
        "index": 0,
        "message": message,
        "logprobs": None,
        "finish_reason": answer.finish_reason,
    }
    content = _envelope(body, "chat.completion") | {"choices": [choice], "usage": usage(body, answer)}
    if azure:
        choice["content_filter_results"] = _SAFE
        content["prompt_filter_results"] = [{"prompt_index": 0, "content_filter_results": _SAFE}]
    return content


def chunks(body: Mapping[str, JsonValue], answer: Answer, *, azure: bool) -> Iterator[dict[str, JsonValue]]:
    """The same answer as a stream sends it; the last with a choice carries the finish reason."""
    envelope = _envelope(body, "chat.completion.chunk")
    if azure:
        filtered: JsonValue = [{"prompt_index": 0, "content_filter_results": _SAFE}]
        yield envelope | {"choices": [], "prompt_filter_results": filtered}
    for delta in _deltas(answer):
        yield envelope | {"choices": [{"index": 0, "delta": delta, "logprobs": None, "finish_reason": None}]}
    last: JsonValue = {"index": 0, "delta": {}, "logprobs": None, "finish_reason": answer.finish_reason}
    yield envelope | {"choices": [last]}
    options = body.get("stream_options")
    if isinstance(options, dict) and options.get("include_usage"):
        yield envelope | {"choices": [], "usage": usage(body, answer)}


def error(message: str, *, kind: str, code: str | None = None, param: str | None = None) -> dict[str, JsonValue]:
    return {"error": {"message": message, "type": kind, "param": param, "code": code}}


def _envelope(body: Mapping[str, JsonValue], kind: str) -> dict[str, JsonValue]:
    return {
        "id": f"chatcmpl-{token_hex(12)}",
        "object": kind,
        "created": int(time()),
        "model": body.get("model"),
        "system_fingerprint": "fp_fake",
        "service_tier": "default",
    }


def _call(call: ToolCall) -> dict[str, JsonValue]:
    return {
        "id": f"call_{token_hex(12)}",
        "type": "function",
        "function": {"name": call.name, "arguments": call.arguments},
    }


def _deltas(answer: Answer) -> Iterator[dict[str, JsonValue]]:
    yield {"role": "assistant", "content": None if answer.calls else "", "refusal": None}
    for piece in _pieces(answer.refusal or ""):
        yield {"refusal": piece}
    for piece in _pieces(answer.text or ""):
        yield {"content": piece}
    for index, call in enumerate(answer.calls):
        first = _call(ToolCall(call.name, ""))
        yield {"tool_calls": [{"index": index, **first}]}
        for piece in _pieces(call.arguments):
            yield {"tool_calls": [{"index": index, "function": {"arguments": piece}}]}


def _pieces(text: str) -> Iterator[str]:
    for start in range(0, len(text), PIECE):
        yield text[start : start + PIECE]
