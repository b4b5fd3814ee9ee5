"""Every error leaves as RFC 9457 problem+json, rendered here and nowhere else; nothing of the request is repeated."""

import logging
import re
from collections.abc import Mapping
from http import HTTPStatus
from uuid import uuid4

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.routing import Match, Route
from starlette.types import Scope

from config.constants import PROBLEM_JSON
from models.errors import ConversationBusy, SemkerError
from models.schemas import FieldError, Problem
from telemetry.meters import rejected
from telemetry.requests import TRACE_ID

MOST_FIELD_ERRORS = 20  # an answer is no larger than what was sent

logger = logging.getLogger(__name__)


def install(app: FastAPI) -> None:
    app.add_exception_handler(SemkerError, _semker_error)
    app.add_exception_handler(HTTPException, _http_exception)
    app.add_exception_handler(RequestValidationError, _validation_error)
    app.add_exception_handler(Exception, _unexpected)


def problem(
    status: int,
    detail: str,
    *,
    headers: Mapping[str, str] | None = None,
    errors: list[FieldError] | None = None,
    trace_id: str | None = None,
    reason: str | None = None,
    message_id: str | None = None,
) -> Response:
    """`reason` is for metrics, as fine as there are reasons; the status when there is none."""
    rejected(reason or HTTPStatus(status).name.lower())
    body = Problem(
        title=HTTPStatus(status).phrase,
        status=status,
        detail=detail,
        errors=errors,
        trace_id=trace_id,
        message_id=message_id,
    )
    return Response(body.model_dump_json(exclude_none=True), status, headers, media_type=PROBLEM_JSON)


def _semker_error(_: Request, error: Exception) -> Response:
    assert isinstance(error, SemkerError)
    headers = {"Retry-After": str(error.retry_after)} if error.retry_after is not None else None
    busy = error.message_id if isinstance(error, ConversationBusy) else None
    return problem(error.status, error.detail, headers=headers, reason=_snake(type(error).__name__), message_id=busy)


def _http_exception(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        allowed = ", ".join(sorted(_methods(request.scope)))
        headers = {"Allow": allowed} if allowed else error.headers
        return problem(error.status_code, "This method is not allowed here", headers=headers)
    if error.status_code == HTTPStatus.NOT_FOUND and (address := _without_slash(request.scope)):
        return Response(None, HTTPStatus.TEMPORARY_REDIRECT, {"Location": address})
    detail = "There is nothing at this address" if error.status_code == HTTPStatus.NOT_FOUND else str(error.detail)
    return problem(error.status_code, detail, headers=error.headers)


def _methods(scope: Scope) -> set[str]:
    """What the address allows; the exception itself knows only its first route."""
    routes = [route for route in scope["app"].routes if isinstance(route, Route)]
    return {method for route in routes if route.matches(scope)[0] is not Match.NONE for method in route.methods or ()}


def _without_slash(scope: Scope) -> str | None:
    """The address that was meant; without a host, because a client behind a proxy may know us by another name."""
    path: str = scope["path"]
    if not scope["raw_path"].endswith(b"/") or not _methods({**scope, "path": path.rstrip("/")}):
        return None
    query = scope["query_string"]
    return str(b"?".join([scope["raw_path"].rstrip(b"/"), *([query] if query else [])]), "ascii")


def _validation_error(_: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    errors = [
        FieldError(location=_location(item["loc"], item["type"]), message=_message(item))
        for item in error.errors()[:MOST_FIELD_ERRORS]
    ]
    detail = "; ".join(dict.fromkeys(f"{item.location}: {item.message}" for item in errors))
    return problem(HTTPStatus.UNPROCESSABLE_ENTITY, detail, errors=errors)


def _unexpected(request: Request, error: Exception) -> Response:
    trace_id = request.scope.get(TRACE_ID) or uuid4().hex
    logger.error("%s failed, trace %s", request.method, trace_id, exc_info=error)
    return problem(
        HTTPStatus.INTERNAL_SERVER_ERROR, f"Something went wrong on our side; trace {trace_id}", trace_id=trace_id
    )


def _snake(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def _location(parts: tuple[object, ...], kind: str) -> str:
    if kind == "extra_forbidden":  # the last part is a name that the client made up
        parts = parts[:-1]
    return ".".join(str(part) for part in parts)


def _message(item: Mapping[str, object]) -> str:
    if item["type"] == "extra_forbidden":
        return "Unknown fields are not allowed"
    if item["type"] == "model_type":
        return "Input should be an object"
    return str(item["msg"]).removeprefix("Value error, ")
