"""What the plan pass reads and decides."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AgentCard:
    """What a planner knows about an agent."""

    name: str
    description: str
    examples: tuple[str, ...]
