"""JSON of the events of a stream, besides its updates."""

from pydantic import BaseModel, Field

from models.message import Delta, MessageStatus


class DeltaEvent(BaseModel):
    message_id: str
    text: str = Field(description="What was written since the last one.")
    agent_name: str | None

    @classmethod
    def of(cls, message_id: str, delta: Delta) -> "DeltaEvent":
        return cls(message_id=message_id, text=delta.text, agent_name=delta.agent_name)


class DoneEvent(BaseModel):
    message_id: str
    status: MessageStatus


class ByeEvent(BaseModel):
    reason: str = Field(description="time, slow, erased or shutdown")
