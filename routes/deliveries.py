"""What became of a message's callback."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request

from models.schemas import DeliveriesResponse
from process.callbacks import Callbacks
from routes.dependencies import Owner
from routes.messages import MessageId
from routes.openapi import problems

router = APIRouter(tags=["callbacks"])


async def _callbacks(request: Request) -> Callbacks:
    callbacks: Callbacks = request.state.callbacks
    return callbacks


CallbackService = Annotated[Callbacks, Depends(_callbacks)]


@router.get(
    "/messages/{message_id}/deliveries",
    operation_id="listDeliveries",
    summary="How often the callback was tried, and with which result",
    responses=problems(404, 422),
)
async def list_deliveries(message_id: MessageId, owner: Owner, callbacks: CallbackService) -> DeliveriesResponse:
    return DeliveriesResponse.of(await callbacks.deliveries(message_id, owner))


@router.post(
    "/messages/{message_id}/deliveries",
    status_code=202,
    operation_id="redeliver",
    summary="Try the callback of a final message again now",
    responses=problems(404, 409, 422, 503),
)
async def redeliver(message_id: MessageId, owner: Owner, callbacks: CallbackService) -> DeliveriesResponse:
    return DeliveriesResponse.of(await callbacks.redeliver(message_id, owner))
