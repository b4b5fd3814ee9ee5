"""The tools of a server as a model may see them: valid names, and nothing that chooses whose data is read."""

import logging
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import cast

from mcp import types
from pydantic import JsonValue
from pydantic_core import to_json

from agents.mcp_errors import BadArguments

logger = logging.getLogger(__name__)

_NAME = re.compile(r"[A-Za-z0-9_-]+")
_LONGEST_OFFERED_NAME = 64
_LONGEST_DESCRIPTION = 1024
_MOST_TOOLS = 128
_IDENTITY_NAME = re.compile(r"(customer|account|subscriber|tenant|user|principal)(id|no|number|ref|name)?|sub|msisdn")


@dataclass(frozen=True, slots=True)
class Tool:
    name: str
    title: str | None
    description: str
    input_schema: Mapping[str, JsonValue]


def is_identity_name(name: str) -> bool:
    """Whether an argument of this name, in any spelling (`customerId`, `CUSTOMER-ID`), could name a customer."""
    return _IDENTITY_NAME.fullmatch(re.sub(r"[^a-z0-9]", "", name.lower())) is not None


def offered_tools(server: str, listed: Iterable[types.Tool]) -> tuple[Tool, ...]:
    """The tools that models can be given as `<server>-<tool>`; the others are dropped with a warning."""
    tools: dict[str, Tool] = {}
    for tool in listed:
        if not _fits_a_model(server, tool):
            logger.warning("%s: dropped a tool whose name or schema no model accepts: %.80r", server, tool.name)
        elif tool.name in tools or len(tools) == _MOST_TOOLS:
            logger.warning("%s: dropped a tool that is one too many: %.80r", server, tool.name)
        else:
            tools[tool.name] = _offered(tool)
    return tuple(tools.values())


def check_arguments(tool: Tool, arguments: Mapping[str, JsonValue]) -> None:
    """Raise `BadArguments` for names that the offered schema does not have, or identity at any depth."""
    declared = tool.input_schema.get("properties")
    known = declared.keys() if isinstance(declared, dict) else frozenset[str]()
    unknown = sorted(arguments.keys() - known)
    if unknown:
        expected = ", ".join(known) or "none"
        raise BadArguments(f"Unknown arguments: {', '.join(unknown)[:100]}. This tool takes: {expected[:300]}.")
    if any(is_identity_name(name) for value in arguments.values() for name in _names(value)):
        raise BadArguments("The arguments must not say whose data is read.")
    try:
        to_json(arguments)
    except ValueError as error:
        raise BadArguments("The arguments are not valid text.") from error


def _fits_a_model(server: str, tool: types.Tool) -> bool:
    properties = tool.inputSchema.get("properties", {})
    return (
        len(f"{server}-{tool.name}") <= _LONGEST_OFFERED_NAME
        and tool.inputSchema.get("type") == "object"
        and isinstance(properties, dict)
        and all(_NAME.fullmatch(name) for name in (tool.name, *properties))
    )


def _offered(tool: types.Tool) -> Tool:
    schema = cast("dict[str, JsonValue]", without_identity(tool.inputSchema))
    return Tool(tool.name, tool.title, (tool.description or "")[:_LONGEST_DESCRIPTION], schema)


def without_identity(schema: JsonValue) -> JsonValue:
    """The JSON schema without properties that name a customer, at every depth."""
    if isinstance(schema, list):
        return [without_identity(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    cleaned = {key: without_identity(value) for key, value in schema.items()}
    properties, required = cleaned.get("properties"), cleaned.get("required")
    if isinstance(properties, dict):
        cleaned["properties"] = {name: value for name, value in properties.items() if not is_identity_name(name)}
    if isinstance(required, list):
        cleaned["required"] = [name for name in required if not (isinstance(name, str) and is_identity_name(name))]
    return cleaned


def _names(value: JsonValue) -> Iterable[str]:
    if isinstance(value, dict):
        yield from value
        for item in value.values():
            yield from _names(item)
    elif isinstance(value, list):
        for item in value:
            yield from _names(item)
