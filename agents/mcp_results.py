"""From an MCP result to the text that a model reads."""

import re

from mcp.types import CallToolResult, EmbeddedResource, TextContent, TextResourceContents
from pydantic_core import to_json

from agents.mcp_errors import ToolFailed

_LONGEST_ERROR = 300
WITHOUT_WORDS = "The tool could not answer."


def result_text(result: CallToolResult, max_bytes: int) -> str:
    """Compact JSON of the structured content (a lone `result` unwrapped), else the joined text."""
    if result.isError:
        raise ToolFailed(safe_error(_joined_text(result)))
    if result.structuredContent is None:
        text = _joined_text(result)
    else:
        content = result.structuredContent
        value = content["result"] if content.keys() == {"result"} else content
        text = to_json(value, inf_nan_mode="null").decode()
    if len(text) > max_bytes or len(text.encode()) > max_bytes:
        raise ToolFailed("The answer of the tool is too large. Ask for less.")
    return text


def safe_error(text: str) -> str:
    """One short line; a stack trace is withheld because a model may repeat what it reads to the customer."""
    if "Traceback (most recent call last)" in text:
        return WITHOUT_WORDS
    return re.sub(r"[\s\x00-\x1f\x7f]+", " ", text[: 4 * _LONGEST_ERROR]).strip()[:_LONGEST_ERROR] or WITHOUT_WORDS


def _joined_text(result: CallToolResult) -> str:
    texts = []
    for item in result.content:
        if isinstance(item, TextContent):
            texts.append(item.text)
        elif isinstance(item, EmbeddedResource) and isinstance(item.resource, TextResourceContents):
            texts.append(item.resource.text)
    return "\n".join(texts)
