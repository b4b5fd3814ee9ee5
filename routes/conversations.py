"""What was said in a conversation, and how to have it forgotten."""

from typing import Annotated

from fastapi import APIRouter, Path, Response

from config.constants import MAX_PAGE_SIZE
from models.schemas import ConversationResponse, MessageSummary, TurnResponse
from routes.dependencies import Owner, Processor
from routes.openapi import problems

router = APIRouter(tags=["conversations"])

ConversationPath = Annotated[str, Path(max_length=128, description="The x-ms-conversation-id of its messages")]


@router.get(
    "/conversations/{conversation_id}",
    operation_id="getConversation",
    summary="Turns and messages of a conversation",
    responses=problems(404, 422),
)
async def get_conversation(
    conversation_id: ConversationPath, owner: Owner, processor: Processor
) -> ConversationResponse:
    conversation = await processor.conversation(owner, conversation_id, limit=MAX_PAGE_SIZE)
    return ConversationResponse(
        conversation_id=conversation_id,
        turns=[TurnResponse.of(turn) for turn in conversation.turns],
        messages=[MessageSummary.of(message) for message in conversation.messages],
        position=conversation.position,
    )


@router.delete(
    "/conversations/{conversation_id}",
    status_code=204,
    response_class=Response,
    operation_id="eraseConversation",
    summary="Cancel what is open and forget everything of a conversation",
    responses=problems(404, 422),
)
async def erase_conversation(conversation_id: ConversationPath, owner: Owner, processor: Processor) -> None:
    await processor.erase(owner, conversation_id)
