"""How the planner declines, which the agents know again: what was declined is nothing that they were asked."""

DECLINED = "I can't help with that"


def is_declined(answer: str) -> bool:
    return answer.startswith(DECLINED)
