"""What the real API refuses with 400, so that a request which passes here passes there."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from jsonschema import Draft202012Validator, SchemaError
from pydantic import JsonValue

_NAME = re.compile(r"[a-zA-Z0-9_-]{1,64}\Z")
_AUTHOR = re.compile(r"[^\s<|\\/>]{1,64}\Z")
_ROLES = frozenset({"system", "developer", "user", "assistant", "tool"})
_ARGUMENTS = frozenset(
    re.findall(
        r"\S+",
        "messages model stream stream_options tools tool_choice parallel_tool_calls response_format temperature top_p "
        "n max_tokens max_completion_tokens stop presence_penalty frequency_penalty logit_bias user seed store "
        "metadata logprobs top_logprobs reasoning_effort verbosity service_tier prompt_cache_key safety_identifier",
    )
)
_STRICT = frozenset(
    re.findall(
        r"\S+",
        "type properties required additionalProperties description title enum const anyOf items $defs $ref pattern "
        "format multipleOf maximum minimum exclusiveMaximum exclusiveMinimum minItems maxItems",
    )
)


class InvalidRequest(Exception):
    def __init__(self, message: str, param: str, code: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.param = param
        self.code = code


def check(body: Mapping[str, JsonValue]) -> None:
    """Raises `InvalidRequest` as the real API would."""
    for name in body:
        if name not in _ARGUMENTS:
            raise InvalidRequest(f"Unrecognized request argument supplied: {name}", name, "unknown_parameter")
    messages = body.get("messages")
    if not isinstance(messages, list) or not messages:
        raise InvalidRequest("Invalid 'messages': empty array.", "messages", "empty_array")
    for index, message in enumerate(messages):
        _check_message(index, message)
    _check_tool_answers(messages)
    _check_tools(body)
    _check_numbers(body)
    if isinstance(response_format := body.get("response_format"), dict):
        _check_response_format(response_format)


def _check_message(index: int, message: JsonValue) -> None:
    param = f"messages[{index}]"
    if not isinstance(message, dict) or message.get("role") not in _ROLES:
        raise InvalidRequest(f"Invalid value: '{param}.role'.", f"{param}.role", "invalid_value")
    content = message.get("content")
    if content is None and not message.get("tool_calls"):
        raise InvalidRequest(f"Invalid value for '{param}.content': expected a string, got null.", param)
    if content is not None and not isinstance(content, str | list):
        raise InvalidRequest(f"Invalid type for '{param}.content'.", f"{param}.content", "invalid_type")
    if "name" in message and not _AUTHOR.match(str(message["name"])):
        raise InvalidRequest(f"Invalid '{param}.name': string does not match pattern.", f"{param}.name")
    for call in _list(message.get("tool_calls")):
        function = call.get("function")
        if not isinstance(function, dict) or not _NAME.match(str(function.get("name"))) or not call.get("id"):
            raise InvalidRequest(f"Invalid '{param}.tool_calls'.", f"{param}.tool_calls")
        if not isinstance(function.get("arguments"), str):
            raise InvalidRequest(f"Invalid type for '{param}.tool_calls[0].function.arguments'.", param)


def _check_tool_answers(messages: Sequence[JsonValue]) -> None:
    waiting: set[str] = set()
    for message in messages:
        assert isinstance(message, dict)
        if message["role"] == "tool":
            if message.get("tool_call_id") not in waiting:
                text = "messages with role 'tool' must be a response to a preceeding message with 'tool_calls'."
                raise InvalidRequest(f"Invalid parameter: {text}", "messages")
            waiting.discard(str(message["tool_call_id"]))
            continue
        _refuse_unanswered(waiting)
        waiting = {str(call["id"]) for call in _list(message.get("tool_calls"))}
    _refuse_unanswered(waiting)


def _refuse_unanswered(waiting: set[str]) -> None:
    if waiting:
        text = "An assistant message with 'tool_calls' must be followed by tool messages responding to each"
        ids = ", ".join(sorted(waiting))
        raise InvalidRequest(f"{text} 'tool_call_id'. These did not have response messages: {ids}", "messages")


def _check_tools(body: Mapping[str, JsonValue]) -> None:
    tools = body.get("tools")
    if tools is None:
        for name in ("tool_choice", "parallel_tool_calls"):
            if name in body:
                raise InvalidRequest(f"'{name}' is only allowed when 'tools' are specified.", name)
        return
    if not isinstance(tools, list) or not 1 <= len(tools) <= 128:
        raise InvalidRequest("Invalid 'tools': expected an array of 1 to 128 tools.", "tools")
    for index, tool in enumerate(tools):
        function = tool.get("function") if isinstance(tool, dict) and tool.get("type") == "function" else None
        if not isinstance(function, dict):
            raise InvalidRequest(f"Missing required parameter: 'tools[{index}].function'.", f"tools[{index}]")
        _check_function(f"tools[{index}].function", function)


def _check_function(param: str, function: Mapping[str, JsonValue]) -> None:
    name = function.get("name")
    if not isinstance(name, str) or not _NAME.match(name):
        text = "string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'."
        raise InvalidRequest(f"Invalid '{param}.name': {text}", f"{param}.name", "invalid_value")
    if len(str(function.get("description") or "")) > 1024:
        raise InvalidRequest(f"Invalid '{param}.description': string too long.", param, "string_above_max_length")
    schema = function.get("parameters")
    if not isinstance(schema, dict) or schema.get("type") != "object":
        raise InvalidRequest(f"Invalid schema for function '{name}': schema must have 'type: \"object\"'.", param)
    if not isinstance(schema.get("properties"), dict):
        raise InvalidRequest(f"Invalid schema for function '{name}': object schema missing properties.", param)
    if problem := _schema_problem(json.dumps(schema)):
        raise InvalidRequest(f"Invalid schema for function '{name}': {problem}", param, "invalid_function_parameters")


def _check_numbers(body: Mapping[str, JsonValue]) -> None:
    temperature = body.get("temperature")
    if temperature is not None and not (isinstance(temperature, int | float) and 0 <= temperature <= 2):
        raise InvalidRequest("Invalid 'temperature': expected a number between 0 and 2.", "temperature")
    if "stream_options" in body and not body.get("stream"):
        raise InvalidRequest(
            "The 'stream_options' parameter is only allowed when 'stream' is enabled.", "stream_options"
        )


def _check_response_format(response_format: Mapping[str, JsonValue]) -> None:
    if response_format.get("type") != "json_schema":
        return
    outer = response_format.get("json_schema")
    if not isinstance(outer, dict) or not isinstance(schema := outer.get("schema"), dict):
        raise InvalidRequest("Missing required parameter: 'response_format.json_schema.schema'.", "response_format")
    name = outer.get("name")
    if not isinstance(name, str) or not _NAME.match(name):
        raise InvalidRequest("Invalid 'response_format.json_schema.name'.", "response_format.json_schema.name")
    if outer.get("strict") is not True:
        raise InvalidRequest("This server wants strict schemas only.", "response_format.json_schema.strict")
    problem = _schema_problem(json.dumps(schema)) or next(_strict_problems(schema, ()), None)
    if problem:
        text = f"Invalid schema for response_format '{name}': {problem}"
        raise InvalidRequest(text, "response_format", "invalid_json_schema")


def _strict_problems(schema: JsonValue, context: tuple[str, ...]) -> Iterator[str]:
    where = f"In context={context}, "
    if not isinstance(schema, dict):
        yield f"{where}schema must be an object."
        return
    if "$ref" in schema and len(schema) > 1:
        yield f"{where}$ref cannot have keywords {sorted(schema.keys() - {'$ref'})}."
    for keyword in schema.keys() - _STRICT:
        yield f"{where}'{keyword}' is not permitted."
    if not context and schema.get("type") != "object":
        yield f"{where}schema must be an object."
    if schema.get("type") == "array" and "items" not in schema:
        yield f"{where}array schema missing items."
    if schema.get("type") == "object":
        yield from _object_problems(schema, where)
    for path, inner in _inner_schemas(schema):
        yield from _strict_problems(inner, (*context, *path))


def _object_problems(schema: Mapping[str, JsonValue], where: str) -> Iterator[str]:
    if schema.get("additionalProperties") is not False:
        yield f"{where}'additionalProperties' is required to be supplied and to be false."
    properties = schema.get("properties")
    required = schema.get("required")
    names = set(properties) if isinstance(properties, dict) else set()
    if not isinstance(required, list) or {str(name) for name in required} != names:
        yield f"{where}'required' is required to be supplied and to be an array including every key in properties."


def _inner_schemas(schema: Mapping[str, JsonValue]) -> Iterator[tuple[tuple[str, ...], JsonValue]]:
    for keyword in ("properties", "$defs"):
        if isinstance(inner := schema.get(keyword), dict):
            yield from (((keyword, name), value) for name, value in inner.items())
    if "items" in schema:
        yield ("items",), schema["items"]
    if isinstance(branches := schema.get("anyOf"), list):
        yield from (((f"anyOf[{index}]",), branch) for index, branch in enumerate(branches))


def _list(value: JsonValue) -> list[dict[str, JsonValue]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


@lru_cache(maxsize=256)
def _schema_problem(text: str) -> str | None:
    """Checking a schema is slow and the same ones come again and again."""
    try:
        Draft202012Validator.check_schema(json.loads(text))
    except SchemaError as error:
        return error.message
    return None
