"""The plan pass: which agents answer a message, and with which request."""

import math
from collections.abc import Sequence
from datetime import date

from agents.offline.planning.features import features
from agents.offline.planning.learned import learn
from agents.offline.planning.values import AgentCard
from agents.offline.text import fold, tokens
from models.conversation import Role, Turn
from models.plan import Plan, Route


class PlanningModel:
    """Built once per catalogue of agents; `plan` keeps no state."""

    def __init__(self, agents: Sequence[AgentCard]) -> None:
        self._agents = tuple(agents)
        self._weights = learn(self._agents)

    def plan(self, message: str, *, history: Sequence[Turn], today: date, unable: frozenset[str] = frozenset()) -> Plan:
        earlier = [turn.text for turn in history if turn.role is Role.USER][-8:]
        scores = self._scores(message)
        if max(scores.values(), default=0.0) < 0.5 and len(tokens(fold(message))) <= 6 and earlier:
            scores = self._scores(earlier[-1])
        chosen = [name for name, score in scores.items() if score >= 0.5 and name not in unable]
        chosen = sorted(chosen, key=lambda name: -scores[name])[:1]
        return Plan(
            steps=[f"Your question sounds like one for the {name} agent, so I am asking it." for name in chosen],
            routes=[Route(agent=name, request=message) for name in chosen],
            reply=None if chosen else self._decline(),
            input_required=False,
            confidence=max(scores.values(), default=0.0),
            reasons=["example_match"] if chosen else ["no_domain"],
        )

    def _scores(self, text: str) -> dict[str, float]:
        found = features(tokens(fold(text)))
        raw = self._weights[-1] + sum(self._weights[index] * value for index, value in found.items())
        return {card.name: 1 / (1 + math.exp(-float(value))) for card, value in zip(self._agents, raw, strict=True)}

    def _decline(self) -> str:
        return "I can't help with that, but I can help with " + ", ".join(card.name for card in self._agents) + "."
