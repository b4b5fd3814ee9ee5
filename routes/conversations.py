"""What was said in a conversation."""

from typing import Annotated

from fastapi import APIRouter, Path

from config.constants import MAX_PAGE_SIZE
from models.schemas import ConversationResponse, MessageSummary, TurnResponse
from routes.dependencies import Owner, Processor
from routes.messages import problems

router = APIRouter(tags=["conversations"])


@router.get(
    "/conversations/{conversation_id}",
    operation_id="getConversation",
    summary="Turns and messages of a conversation",
    responses=problems(404),
)
async def get_conversation(
    conversation_id: Annotated[str, Path(max_length=128)], owner: Owner, processor: Processor
) -> ConversationResponse:
    page, turns = await processor.conversation(owner, conversation_id, limit=MAX_PAGE_SIZE)
    return ConversationResponse(
        conversation_id=conversation_id,
        turns=[TurnResponse.of(turn) for turn in turns],
        messages=[MessageSummary.of(message) for message in page.messages],
    )
