"""The strict JSON schema of a structured output, built once per class."""

from collections.abc import Mapping
from functools import cache
from typing import Self

from pydantic import BaseModel, JsonValue

_NAMED = ("properties", "$defs")
_NOISE = ("title", "default")


class ResponseFormat(dict[str, JsonValue]):
    """OpenAI's `response_format`, shared by all calls, so nobody may change it."""

    def __deepcopy__(self, memo: object) -> Self:
        """Semantic Kernel copies its settings at every call, which would cost more than sending the schema."""
        return self


@cache
def response_format(model: type[BaseModel]) -> ResponseFormat:
    schema = _strict(model.model_json_schema())
    return ResponseFormat(type="json_schema", json_schema={"name": model.__name__, "strict": True, "schema": schema})


def _strict(schema: JsonValue) -> JsonValue:
    """Every property required, none besides, and no keyword that strict mode refuses."""
    if isinstance(schema, list):
        return [_strict(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    strict = {name: _named(value) if name in _NAMED else _strict(value) for name, value in schema.items()}
    for keyword in _NOISE:
        strict.pop(keyword, None)
    if "$ref" in strict:
        return {"$ref": strict["$ref"]}
    if isinstance(properties := strict.get("properties"), dict):
        strict |= {"required": list(properties), "additionalProperties": False}
    return strict


def _named(schemas: JsonValue) -> JsonValue:
    """A mapping of names to schemas; a property may well be called "title"."""
    return {name: _strict(schema) for name, schema in schemas.items()} if isinstance(schemas, Mapping) else schemas
