from typing import Any

import pytest
from mcp.types import CallToolResult, TextContent

from agents.mcp_errors import ToolFailed
from agents.mcp_results import result_text


def result(*texts: str, structured: dict[str, Any] | None = None, failed: bool = False) -> CallToolResult:
    content = [TextContent(type="text", text=text) for text in texts]
    return CallToolResult(content=[*content], structuredContent=structured, isError=failed)


@pytest.mark.parametrize(
    ("given", "text"),
    [
        (result("ignored", structured={"a": "£1", "b": [1, 2]}), '{"a":"£1","b":[1,2]}'),
        (result(structured={"result": [1, {"x": None}]}), '[1,{"x":null}]'),
        (result(structured={"result": "plain"}), '"plain"'),
        (result(structured={"result": 1, "more": 2}), '{"result":1,"more":2}'),
        (result(structured={"rate": float("nan")}), '{"rate":null}'),
        (result(structured={}), "{}"),
        (result("one", "two"), "one\ntwo"),
        (result(), ""),
    ],
)
def test_what_a_model_reads(given: CallToolResult, text: str) -> None:
    assert result_text(given, 100) == text


@pytest.mark.parametrize("given", [result("é" * 60), result(structured={"result": "é" * 60})])
def test_the_cap_counts_bytes(given: CallToolResult) -> None:
    with pytest.raises(ToolFailed, match="too large"):
        result_text(given, 100)


@pytest.mark.parametrize(
    ("words", "safe"),
    [
        ("No bill for May.", "No bill for May."),
        ("two\n  lines\x00\x1b", "two lines"),
        ("x" * 5000, "x" * 300),
        ("", "The tool could not answer."),
        ('Traceback (most recent call last):\n  File "/srv/x.py"', "The tool could not answer."),
    ],
)
def test_what_a_model_reads_of_a_failure(words: str, safe: str) -> None:
    with pytest.raises(ToolFailed) as failure:
        result_text(result(words, failed=True), 100)
    assert str(failure.value) == safe
