"""What a model gives a tool, checked against the tool's own schema and mended where its meaning is plain."""

import re
from collections.abc import Mapping

from jsonschema import Draft202012Validator, SchemaError, ValidationError
from jsonschema.validators import validator_for
from pydantic import JsonValue
from referencing import Registry
from referencing.exceptions import Unresolvable
from referencing.jsonschema import DRAFT202012

from agents.mcp_errors import BadArguments

_PARAMETER = re.compile(r"[0-9A-Za-z_-]+\Z")
# Semantic Kernel takes these as Python arguments of its own.
_UNSPEAKABLE = frozenset({"settings", "self"})
_MOST_PROBLEMS = 3
_LONGEST_PROBLEM = 200


class UnusableSchema(Exception):
    pass


class ToolArguments:
    """A tool's input schema, compiled once; a remote `$ref` in it is never fetched."""

    def __init__(self, input_schema: Mapping[str, JsonValue]) -> None:
        self.schema = {"type": "object", "properties": {}, **input_schema}
        self.properties = _properties(self.schema)
        required = self.schema.get("required")
        self.required = frozenset(str(name) for name in required) if isinstance(required, list) else frozenset[str]()
        validator = validator_for(self.schema, default=Draft202012Validator)
        try:
            validator.check_schema(self.schema)
            _resolve_references(self.schema)
        except (SchemaError, Unresolvable) as error:
            raise UnusableSchema("its input schema is not a complete JSON schema") from error
        self._validator = validator(self.schema, registry=Registry())

    def read(self, given: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
        """Raises `BadArguments`, whose text tells the model what to mend."""
        arguments = {name: _mended(given[name], schema) for name, schema in self.properties.items() if name in given}
        for name in self._nulls(arguments):
            del arguments[name]
        problems = [_problem(error) for error in self._validator.iter_errors(arguments)]
        if problems:
            raise BadArguments("; ".join(problems[:_MOST_PROBLEMS]))
        return arguments

    def _nulls(self, arguments: Mapping[str, JsonValue]) -> list[str]:
        """Optional arguments that models send as null although the schema wants them left out."""
        return [
            name
            for name, value in arguments.items()
            if value is None and name not in self.required and "null" not in _types(self.properties[name])
        ]


def _properties(schema: Mapping[str, JsonValue]) -> dict[str, dict[str, JsonValue]]:
    properties = schema["properties"]
    if schema["type"] != "object" or not isinstance(properties, dict):
        raise UnusableSchema("its input is no object")
    for name in properties:
        if not _PARAMETER.match(name) or name in _UNSPEAKABLE:
            raise UnusableSchema(f"its parameter {name} cannot be passed on")
    return {name: value if isinstance(value, dict) else {} for name, value in properties.items()}


def _resolve_references(schema: Mapping[str, JsonValue]) -> None:
    resolver = Registry().with_resource("", DRAFT202012.create_resource(schema)).resolver()
    pending: list[JsonValue] = [dict(schema)]
    while pending:
        part = pending.pop()
        if isinstance(part, dict) and isinstance(reference := part.get("$ref"), str):
            resolver.lookup(reference)
        if isinstance(part, dict | list):
            pending.extend(part.values() if isinstance(part, dict) else part)


def _mended(value: JsonValue, schema: Mapping[str, JsonValue]) -> JsonValue:
    """ "2026" for a number, 3 for a text: models mean well."""
    types = _types(schema)
    if isinstance(value, str) and "string" not in types:
        return _unquoted(value.strip(), types)
    if isinstance(value, int | float) and not isinstance(value, bool) and types == {"string"}:
        return str(value)
    if isinstance(value, float) and value.is_integer() and "integer" in types:
        return int(value)
    return value


def _unquoted(text: str, types: set[str]) -> JsonValue:
    if "boolean" in types and text.lower() in ("true", "false"):
        return text.lower() == "true"
    if "integer" in types and re.fullmatch(r"[+-]?\d{1,18}", text):
        return int(text)
    if "number" in types and re.fullmatch(r"[+-]?\d{1,18}(\.\d{1,18})?", text):
        return float(text)
    if "null" in types and text.lower() in ("", "null", "none"):
        return None
    return text


def _types(schema: Mapping[str, JsonValue]) -> set[str]:
    """Of the schema and of its alternatives, since an optional value is often `anyOf` a type and null."""
    kind = schema.get("type")
    types = {name for name in (kind if isinstance(kind, list) else [kind]) if isinstance(name, str)}
    alternatives = schema.get("anyOf")
    for alternative in alternatives if isinstance(alternatives, list) else ():
        types |= _types(alternative) if isinstance(alternative, dict) else set()
    return types


def _problem(error: ValidationError) -> str:
    where = ".".join(str(step) for step in error.absolute_path)
    return f"{where}: {error.message}"[:_LONGEST_PROBLEM] if where else error.message[:_LONGEST_PROBLEM]
