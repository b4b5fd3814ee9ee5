"""What a failed call to a model server means to us; imported only with the OpenAI connector."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx2
from azure.core.exceptions import AzureError
from openai import APIConnectionError, APIError, APIStatusError, APITimeoutError

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


def causes(error: BaseException) -> Iterator[BaseException]:
    """The error itself first, what it came of after it."""
    cause: BaseException | None = error
    while cause is not None:
        yield cause
        cause = cause.__cause__ or cause.__context__


def model_error_code(error: BaseException) -> ErrorCode:
    """`BAD_MODEL_OUTPUT` unless the error says better: what is neither refused nor lost came back as nonsense."""
    for cause in causes(error):
        match cause:
            case AnswerFailed():
                return cause.code
            case APIStatusError():
                return _BY_STATUS.get(cause.status_code, ErrorCode.MODEL_UNAVAILABLE)
            case TimeoutError() | httpx2.ReadTimeout() | httpx2.WriteTimeout() | httpx2.PoolTimeout():
                return ErrorCode.MODEL_TIMEOUT
            case httpx2.TransportError() | AzureError():
                return ErrorCode.MODEL_UNAVAILABLE
            case APIError() if type(cause) is APIError:  # told in the middle of a stream
                return ErrorCode.MODEL_UNAVAILABLE
    return ErrorCode.BAD_MODEL_OUTPUT


def is_transient(error: BaseException) -> bool:
    """Worth the same request again: the server was busy or was not reached; never after it kept silent."""
    match error:
        case APIStatusError():
            busy = error.status_code in {408, 409, 429} or error.status_code >= 500
            return busy and error.code != "insufficient_quota"
        case APITimeoutError():
            return isinstance(error.__cause__, httpx2.ConnectTimeout)
        case APIConnectionError():
            return not isinstance(error.__cause__, AnswerFailed)
    return False


def seconds_to_wait(error: BaseException, attempt: int) -> float:
    """Full jitter over a doubling window, on top of what the server asked for."""
    window = min(_LONGEST_BACKOFF, _FIRST_BACKOFF * 2**attempt)
    asked = error.response.headers.get("retry-after", "0") if isinstance(error, APIStatusError) else "0"
    return max(0.0, _seconds(asked)) + random.uniform(0, window)  # noqa: S311 - not a secret


def description(error: BaseException) -> str:
    """For a log line: kinds and numbers only."""
    chain = list(causes(error))
    statuses = [cause for cause in chain if isinstance(cause, APIStatusError)]
    if statuses:
        return f"status {statuses[0].status_code}, request {statuses[0].request_id}"
    return " < ".join(type(cause).__name__ for cause in chain)


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
