"""The strict JSON schema of a structured output, built once per class."""

from collections.abc import Mapping
from functools import cache

from pydantic import BaseModel, JsonValue

_NAMED = ("properties", "$defs")
_NOISE = ("title", "default")


@cache
def response_format(model: type[BaseModel]) -> dict[str, JsonValue]:
    """OpenAI's `response_format`; the dict is shared, so nobody may change it."""
    return {
        "type": "json_schema",
        "json_schema": {"name": model.__name__, "strict": True, "schema": _strict(model.model_json_schema())},
    }


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
