"""What one message has cost and done without so far, and what its model calls have to know of it."""

import asyncio
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, field

from pydantic import JsonValue
from semantic_kernel.contents import ChatMessageContent

from models.work import current_work

MODEL = "model"
_RESERVE_SECONDS = 0.5

type Feed = Callable[[str], None]


@dataclass(slots=True)
class Run:
    """All passes of the planner and the agents over one message; `missing` names the upstreams that were down."""

    model: str | None = None
    model_calls: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    missing: set[str] = field(default_factory=set)

    def count(self, answer: ChatMessageContent) -> None:
        usage = answer.metadata.get("usage")
        self.model = answer.ai_model_id or self.model
        self.model_calls += 1
        self.prompt_tokens += getattr(usage, "prompt_tokens", None) or 0
        self.completion_tokens += getattr(usage, "completion_tokens", None) or 0

    @property
    def degraded(self) -> list[JsonValue]:
        return [*sorted(self.missing)]

    def usage(self) -> dict[str, JsonValue]:
        return {
            "prompt_tokens": self.prompt_tokens,
            "completion_tokens": self.completion_tokens,
            "model_calls": self.model_calls,
        }


@dataclass(frozen=True, slots=True)
class Pass:
    """One answer asked of the model; `hear` gives what its pieces are fed to while somebody reads along, else None."""

    run: Run
    hear: Callable[[], Feed | None] = lambda: None


# Models are called deep inside the kernel, for many messages at once.
current_pass: ContextVar[Pass | None] = ContextVar("current_pass", default=None)


def seconds_allowed(longest: float) -> float:
    """How long one call may take so that its failure can still be told, or made good, before the message's deadline."""
    deadline = current_work.get().deadline
    if deadline is None:
        return longest
    left = max(0.0, deadline - asyncio.get_running_loop().time())
    return min(longest, max(left - _RESERVE_SECONDS, left / 2))
