"""The values that a tool is called with."""
