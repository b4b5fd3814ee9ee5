"""The ceiling: a FastAPI application that takes the same message and gives the same answer, and does nothing else."""

from datetime import UTC, datetime
from uuid import uuid4

from fastapi import FastAPI
from pydantic import BaseModel

app = FastAPI()


class Message(BaseModel):
    message: str


class MessageResponse(BaseModel):
    message_id: str
    status: str
    received_at: datetime


@app.post("/messages", status_code=201)
async def send_message(_: Message) -> MessageResponse:
    return MessageResponse(message_id=str(uuid4()), status="received", received_at=datetime.now(UTC))


@app.get("/health/ready")
async def ready() -> None:
    return None
