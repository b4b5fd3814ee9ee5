"""The plan pass: which agents answer a message, and with which request."""

from collections.abc import Sequence
from datetime import date
from functools import lru_cache

from agents.offline.planning import wording
from agents.offline.planning.deciding import Decider, Decision, Part
from agents.offline.planning.following import Follower, Resolved
from agents.offline.planning.judging import Judge
from agents.offline.planning.values import AgentCard
from models.conversation import Turn
from models.plan import Plan, Route

_REMEMBERED = 2_048
_LONGEST = 4_000


class PlanningModel:
    """Built once per catalogue of agents; deterministic, and without any state but a cache of decisions."""

    def __init__(self, agents: Sequence[AgentCard]) -> None:
        self._agents = {card.name: card for card in agents}
        judge = Judge(tuple(agents))
        self._decide = lru_cache(maxsize=_REMEMBERED)(Decider(judge).decide)
        self._follower = Follower(judge, self._decide)

    def plan(self, message: str, *, history: Sequence[Turn], today: date, unable: frozenset[str] = frozenset()) -> Plan:
        resolved = self._follower.resolve(message[:_LONGEST], history)
        decision = resolved.decision
        parts = [part for part in decision.parts if part.agent not in unable]
        if not parts:
            return self._without_route(decision, unable)
        whole = len(decision.parts) == 1
        return Plan(
            steps=[wording.step(self._agents[part.agent], follows=resolved.follows) for part in parts],
            routes=[Route(agent=part.agent, request=message if whole else _request(decision, part)) for part in parts],
            reply=None,
            input_required=False,
            confidence=round(min(part.score for part in parts), 3),
            reasons=_reasons(resolved),
        )

    def _without_route(self, decision: Decision, unable: frozenset[str]) -> Plan:
        agents = tuple(self._agents.values())
        failed = [self._agents[part.agent] for part in decision.parts if part.agent in self._agents]
        if decision.guard:
            reply, reason = wording.refused(decision.guard, agents), decision.guard.value
        elif decision.manner:
            reply, reason = wording.manners(decision.manner, agents), decision.manner.value
        elif failed:
            reply, reason = wording.not_served(agents, failed), "unable"
        else:
            reply, reason = wording.outside(agents), "agent_missing" if decision.missing else "no_domain"
        return Plan(
            steps=["This is something that I answer myself."],
            routes=[],
            reply=reply,
            input_required=False,
            confidence=round(1 - decision.inside, 3),
            reasons=[reason],
        )


def _request(decision: Decision, part: Part) -> str:
    return " ".join(decision.text[start:end].strip(" ,;") for start, end in part.spans) or decision.text


def _reasons(resolved: Resolved) -> list[str]:
    found = ["follow_up"] if resolved.follows else ["head"]
    return [*found, "clause_split"] if len(resolved.decision.parts) > 1 else found
