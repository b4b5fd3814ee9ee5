"""What an agent is: a value that names its domain, its instructions and the MCP server that holds its facts."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentSpec:
    """`name` is letters, digits and `_`; `server` names the MCP server, whose address is `<SERVER>_MCP_SERVER_URL`."""

    name: str
    description: str
    instructions: str
    server: str
    examples: tuple[str, ...]
