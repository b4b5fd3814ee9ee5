"""What can go wrong with a tool call, as the caller has to tell it apart."""


class ToolUnavailable(Exception):
    """The server could not be reached or gave no usable answer; the text is for logs, not for customers or models."""


class ToolFailed(Exception):
    """The tool refused or failed; the text is short and made for a model to read."""


class UnknownTool(ToolFailed):
    """The server offers no tool of this name (any more)."""


class BadArguments(ToolFailed):
    """An argument that the tool does not declare, or one that would choose whose data is read."""
