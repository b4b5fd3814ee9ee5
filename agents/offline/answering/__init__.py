"""The agent pass of the embedded model."""

from agents.offline.answering.model import AnsweringModel
from agents.offline.answering.values import Tool, ToolCall, ToolResult

__all__ = ["AnsweringModel", "Tool", "ToolCall", "ToolResult"]
