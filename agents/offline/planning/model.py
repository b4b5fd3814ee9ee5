"""The plan pass: which agents answer a message, and with which request."""

from collections.abc import Sequence
from datetime import date
from functools import lru_cache

from agents.offline.planning import wording
from agents.offline.planning.deciding import Decider
from agents.offline.planning.decision import Decision
from agents.offline.planning.following import Follower, Resolved
from agents.offline.planning.judging import Judge
from agents.offline.planning.sharing import has_time, shared_time
from agents.offline.planning.values import AgentCard
from models.conversation import Turn
from models.plan import Plan, Route

_REMEMBERED = 2_048
_LONGEST = 3_000
_PLAUSIBLE = 0.12


class PlanningModel:
    """Built once per catalogue of agents; deterministic, and without any state but a cache of decisions."""

    def __init__(self, agents: Sequence[AgentCard]) -> None:
        self._agents = {card.name: card for card in agents}
        judge = Judge(tuple(self._agents.values()))
        decide = lru_cache(maxsize=_REMEMBERED)(Decider(judge).decide)
        subjects = {card.name: wording.subject(card) for card in agents}
        self._follower = Follower(judge, decide, subjects)

    def plan(self, message: str, *, history: Sequence[Turn], today: date, unable: frozenset[str] = frozenset()) -> Plan:
        """`today` is part of what any planner is told; months are left to the agents, so it changes nothing here."""
        resolved = self._follower.resolve(_bounded(message), history)
        decision = resolved.decision
        if unable:
            return self._second_try(decision, message, unable)
        if decision.choice:
            return self._asking(decision)
        return self._routed(resolved, message) if decision.parts else self._own_reply(decision)

    def _routed(self, resolved: Resolved, message: str) -> Plan:
        decision = resolved.decision
        single = resolved.request or message
        requests = _requests(decision) if any(part.spans for part in decision.parts) else [single] * len(decision.parts)
        return Plan(
            steps=[wording.step(self._agents[part.agent], follows=resolved.follows) for part in decision.parts],
            routes=[Route(agent=part.agent, request=text) for part, text in zip(decision.parts, requests, strict=True)],
            reply=None,
            input_required=False,
            confidence=round(decision.score, 3),
            reasons=_reasons(resolved),
        )

    def _asking(self, decision: Decision) -> Plan:
        first, second = (self._agents[name] for name in decision.choice)
        return _reply(wording.choice(first, second), "Your message could mean two things, so I am asking which.",
                      reasons=["low_margin"], confidence=0.5, asks=True)  # fmt: skip

    def _own_reply(self, decision: Decision) -> Plan:
        agents = tuple(self._agents.values())
        if decision.guard:
            reply, reason = wording.refused(decision.guard, agents), decision.guard.value
        elif decision.manner:
            reply, reason = wording.manners(decision.manner, agents), decision.manner.value
        else:
            reply, reason = wording.outside(agents), _why_outside(decision)
        step = wording.own_step(decision.guard, decision.manner)
        return _reply(reply, step, reasons=[reason], confidence=_sureness(decision))

    def _second_try(self, decision: Decision, message: str, unable: frozenset[str]) -> Plan:
        """The agents that fitted best had to pass: another one only when it is plausible, else an honest answer."""
        asked = [name for name in (*decision.agents, *unable) if name in self._agents]
        other = next((name for name, score in decision.scores if name not in asked and score >= _PLAUSIBLE), None)
        if other is not None:
            card = self._agents[other]
            return Plan(
                steps=[wording.second_step(card)],
                routes=[Route(agent=other, request=message)],
                reply=None,
                input_required=False,
                confidence=round(dict(decision.scores)[other], 3),
                reasons=["second_choice"],
            )
        failed = [self._agents[name] for name in dict.fromkeys(asked) if name in unable]
        reply = wording.not_served(tuple(self._agents.values()), failed)
        return _reply(reply, "No other part of the service can answer this.", reasons=["unable"], confidence=0.5)


def _requests(decision: Decision) -> list[str]:
    """The words of each part, with the time that the message says once for all of them."""
    said = ["; ".join(decision.text[start:end].strip(" ,;") for start, end in part.spans) for part in decision.parts]
    time = shared_time(decision.text, decision.words, said[-1])
    return [
        f"{words} ({time})" if time and not has_time(decision.text, decision.words, part.spans) else words
        for part, words in zip(decision.parts, said, strict=True)
    ]


def _bounded(message: str) -> str:
    """Of an endless story the beginning and the end, where people say what they want."""
    return message if len(message) <= _LONGEST else f"{message[: _LONGEST // 2]}\n{message[-_LONGEST // 2 :]}"


def _reply(text: str, step: str, *, reasons: list[str], confidence: float, asks: bool = False) -> Plan:
    return Plan(steps=[step], routes=[], reply=text, input_required=asks, confidence=confidence, reasons=reasons)


def _why_outside(decision: Decision) -> str:
    if decision.elsewhere:
        return "other_company"
    return "agent_missing" if decision.missing else "no_domain"


def _sureness(decision: Decision) -> float:
    return 0.95 if decision.guard or decision.manner or decision.elsewhere else round(1 - decision.inside, 3)


def _reasons(resolved: Resolved) -> list[str]:
    if resolved.request:
        return ["answered_choice"]
    if resolved.follows:
        return ["follow_up"]
    if resolved.decision.is_example:
        return ["example_match"]
    found = [f"lexicon:{word}" for word in resolved.decision.known]
    return [*found, "head", *(["clause_split"] if len(resolved.decision.parts) > 1 else [])]
