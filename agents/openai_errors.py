"""What a failed call to a model server means to us; imported only with the OpenAI connector."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx2
from openai import APIConnectionError, APIStatusError, APITimeoutError
from semantic_kernel.exceptions.service_exceptions import ServiceContentFilterException

from agents.skernel import causes
from models.errors import AnswerFailed
from models.message import ErrorCode

_FIRST_BACKOFF = 0.25
_LONGEST_BACKOFF = 4.0
_BY_STATUS = {
    400: ErrorCode.MODEL_REJECTED,
    408: ErrorCode.MODEL_TIMEOUT,
    413: ErrorCode.MODEL_REJECTED,
    422: ErrorCode.MODEL_REJECTED,
    429: ErrorCode.MODEL_RATE_LIMITED,
    504: ErrorCode.MODEL_TIMEOUT,
}


def model_error_code(error: BaseException) -> ErrorCode:
    """`BAD_MODEL_OUTPUT` unless the error says better: what is neither refused nor lost came back as nonsense."""
    for cause in causes(error):
        match cause:
            case AnswerFailed():
                return cause.code
            case ServiceContentFilterException():
                return ErrorCode.MODEL_REJECTED
            case APIStatusError():
                return _BY_STATUS.get(cause.status_code, ErrorCode.MODEL_UNAVAILABLE)
            case TimeoutError() | httpx2.ReadTimeout() | httpx2.WriteTimeout() | httpx2.PoolTimeout():
                return ErrorCode.MODEL_TIMEOUT
            case httpx2.TransportError():
                return ErrorCode.MODEL_UNAVAILABLE
    return ErrorCode.BAD_MODEL_OUTPUT


def is_transient(error: BaseException) -> bool:
    """Worth the same request again: the server was busy or was not reached; never after it kept silent."""
    for cause in causes(error):
        match cause:
            case AnswerFailed():
                return False
            case APIStatusError():
                return _is_transient_status(cause)
            case APITimeoutError():
                return isinstance(cause.__cause__, httpx2.ConnectTimeout)
            case APIConnectionError():
                return not any(isinstance(inner, AnswerFailed) for inner in causes(cause))
    return False


def seconds_to_wait(error: BaseException, attempt: int) -> float:
    """Full jitter over a doubling window, on top of what the server asked for."""
    window = min(_LONGEST_BACKOFF, _FIRST_BACKOFF * 2**attempt)
    asked = next(_retry_after(error), 0.0)
    return asked + random.uniform(0, window)  # noqa: S311 - not a secret


def description(error: BaseException) -> str:
    """For a log line: kinds and numbers only."""
    chain = list(causes(error))
    statuses = [cause for cause in chain if isinstance(cause, APIStatusError)]
    if statuses:
        return f"status {statuses[0].status_code}, request {statuses[0].request_id}"
    return " < ".join(type(cause).__name__ for cause in chain)


def _is_transient_status(error: APIStatusError) -> bool:
    if error.code == "insufficient_quota":
        return False
    return error.status_code in {408, 409, 429} or error.status_code >= 500


def _retry_after(error: BaseException) -> Iterator[float]:
    for cause in causes(error):
        if isinstance(cause, APIStatusError) and (value := cause.response.headers.get("retry-after")):
            yield max(0.0, _seconds(value))


def _seconds(value: str) -> float:
    """The header is a number of seconds or a date."""
    try:
        return float(value)
    except ValueError:
        pass
    try:
        return (parsedate_to_datetime(value) - datetime.now(UTC)).total_seconds()
    except (ValueError, TypeError):
        return 0.0
