"""The two structured outputs that every model, offline or remote, answers with.

Both are strict JSON schemas (every property required, none besides), as OpenAI's structured outputs ask.
"""

from pydantic import BaseModel, ConfigDict, Field


class _Output(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Route(_Output):
    agent: str = Field(description="Name of the agent, exactly as listed.")
    request: str = Field(description="What this agent has to answer, as a request that stands on its own.")


class Plan(_Output):
    """How one message is answered; without routes, `reply` is the answer."""

    steps: list[str] = Field(description="What will be done and why, in plain words for the customer, a sentence each.")
    routes: list[Route] = Field(description="The agents to ask, each once; empty when none of them can help.")
    reply: str | None = Field(description="The planner's own answer when there is no route, else null.")
    input_required: bool = Field(description="True when `reply` is a question that the customer has to answer first.")
    confidence: float | None = Field(description="0 to 1, how sure the choice of routes is, or null.")
    reasons: list[str] = Field(description="Short reason codes for the choice, e.g. example_match, follow_up.")


class AgentReply(_Output):
    """What an agent answers; the flags come first so that streamed text is known to be an answer."""

    able_to_serve: bool = Field(description="False when the request is not within reach of this agent's tools.")
    human_input_required: bool = Field(description="True when `text` asks the customer for something missing.")
    text: str = Field(description="The answer for the customer, in Markdown.")
