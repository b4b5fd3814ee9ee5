"""The plan pass of the embedded model."""

from agents.offline.planning.model import PlanningModel
from agents.offline.planning.values import AgentCard

__all__ = ["AgentCard", "PlanningModel"]
