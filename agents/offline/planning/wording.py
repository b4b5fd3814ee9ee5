"""What the planner says itself, in the words of the agents' own descriptions."""

import re
from collections.abc import Sequence

from agents.offline.declining import DECLINED
from agents.offline.planning.guards import Guard
from agents.offline.planning.smalltalk import Manner
from agents.offline.planning.values import AgentCard

_LONGEST = 110


def abilities(agents: Sequence[AgentCard]) -> str:
    """`your own bills and payments, using the phone abroad, and plans`."""
    subjects = [subject(card) for card in agents]
    if len(subjects) < 2:
        return "".join(subjects) or "nothing at the moment"
    return "; ".join(subjects[:-1]) + "; and " + subjects[-1]


def subject(card: AgentCard) -> str:
    """The head of a description, said to the customer: "The customer's own bills: ..." is "your own bills"."""
    head = re.split(r"[:.;]", card.description, maxsplit=1)[0].strip() or card.name
    head = re.sub(r"\b(?:[Tt]he |[Aa] )?customer's\b", "your", head)
    head = re.sub(r"\b(?:[Tt]he |[Aa] )?customer\b", "you", head)
    if len(head) > _LONGEST:
        head = head[:_LONGEST].rsplit(" ", 1)[0]
    return head if head[1:2].isupper() else head[:1].lower() + head[1:]


def greeting(agents: Sequence[AgentCard]) -> str:
    return f"Hello! I can help you with {abilities(agents)}. What would you like to know?"


def closing() -> str:
    return "You're welcome. Just write again whenever you need something."


def identity(agents: Sequence[AgentCard]) -> str:
    return f"I'm an automated assistant. I can help you with {abilities(agents)}."


def manners(kind: Manner, agents: Sequence[AgentCard]) -> str:
    if kind is Manner.CLOSING:
        return closing()
    return greeting(agents) if kind is Manner.GREETING else identity(agents)


def refused(guard: Guard, agents: Sequence[AgentCard]) -> str:
    if guard is Guard.OTHER_PERSON:
        return (
            f"I can only help with your own account, not with anybody else's. I can help you with {abilities(agents)}."
        )
    if guard is Guard.INJECTION:
        return f"I can't do that. I only work with your own account, and can help you with {abilities(agents)}."
    return f"{DECLINED}. I can help you with {abilities(agents)}."


def outside(agents: Sequence[AgentCard]) -> str:
    return f"{DECLINED}, but I can help with {abilities(agents)}."


def not_served(agents: Sequence[AgentCard], unable: Sequence[AgentCard]) -> str:
    """After the agents that fit had to pass."""
    others = [card for card in agents if card not in unable]
    rest = f" I can still help with {abilities(others)}." if others else ""
    return f"I'm sorry, I could not find an answer to that in what I have about {abilities(unable)}.{rest}"


def choice(first: AgentCard, second: AgentCard) -> str:
    return f"Just to be sure: is this about {subject(first)}, or about {subject(second)}?"


def step(card: AgentCard, *, follows: bool) -> str:
    if follows:
        return f"This continues your earlier question, so I am asking the {card.name} agent."
    return f"Your question is about {subject(card)}, so I am asking the {card.name} agent."


def second_step(card: AgentCard) -> str:
    return f"The first choice had no answer to this, so I am trying the {card.name} agent."


def own_step(guard: Guard | None, manner: Manner | None) -> str:
    if guard:
        return "This is not something I may do, so I am asking nobody."
    if manner:
        return "There is no question in this message, so I am answering it myself."
    return "This is not about anything that I can look up, so I am asking nobody."
