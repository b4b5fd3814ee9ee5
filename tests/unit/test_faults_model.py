"""Whatever a model server does to one message: it ends as designed and in time, and nobody else notices.

Each row is one fault, in the real application with MODEL_FALLBACK=fail.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
import pytest_asyncio

from models.message import ErrorCode
from tests.doubles import fake_openai_faults as faults
from tests.doubles.fake_openai_faults import Fault, answer, says, status
from tests.doubles.fake_openai_wire import Answer, ToolCall
from tests.doubles.fault_world import SUMMARY, Together, World, leaving_nothing_behind, world

REQUEST_TIMEOUT = 5.0
SHORT = 1.0
MESSAGE_TIMEOUT = 8.0
GRACE = 1.0
NEXT_YEAR = "Fri, 31 Dec 2027 23:59:59 GMT"

RATE_LIMITED = ErrorCode.MODEL_RATE_LIMITED
REJECTED = ErrorCode.MODEL_REJECTED
TIMEOUT = ErrorCode.MODEL_TIMEOUT
UNAVAILABLE = ErrorCode.MODEL_UNAVAILABLE
NONSENSE = ErrorCode.BAD_MODEL_OUTPUT

pytestmark = pytest.mark.asyncio(loop_scope="module")


@dataclass(frozen=True, slots=True)
class Row:
    """`code` None means that the message is answered; `requests` and `calls` are those of the one message."""

    script: tuple[Fault, ...]
    code: ErrorCode | None
    requests: int
    calls: int = 0
    says: str = SUMMARY


def calling(name: str, arguments: str) -> Fault:
    return says(Answer(calls=(ToolCall(name, arguments),)))


def planning(agent: str) -> Fault:
    plan = '{"steps": [], "routes": [{"agent": "%s", "request": "pay"}], "reply": null, "input_required": false,'
    return says(Answer(text=plan % agent + '"confidence": null, "reasons": []}'))


TOOL = "Billing-get_current_bill"
choosing = calling(TOOL, "{}")

WHILE_PLANNING = {
    "400": Row((status(400),), REJECTED, 1),
    "401": Row((status(401),), UNAVAILABLE, 1),
    "403": Row((status(403),), UNAVAILABLE, 1),
    "404": Row((status(404),), UNAVAILABLE, 1),
    "408": Row((status(408),), TIMEOUT, 3),
    "429": Row((status(429),), RATE_LIMITED, 3),
    "429, try again soon": Row((status(429, retry_after="0.05"),), RATE_LIMITED, 3),
    "429, try again in two minutes": Row((status(429, retry_after="120"),), RATE_LIMITED, 1),
    "429, nothing left to spend": Row((status(429, error_code="insufficient_quota"),), RATE_LIMITED, 1),
    "429, once": Row((status(429, retry_after="0.05"), answer), None, 4, calls=1),
    "500": Row((status(500),), UNAVAILABLE, 3),
    "500, once": Row((status(500), answer), None, 4, calls=1),
    "503": Row((status(503),), UNAVAILABLE, 3),
    "503, try again next year": Row((status(503, retry_after=NEXT_YEAR),), UNAVAILABLE, 1),
    "reset": Row((faults.reset,), UNAVAILABLE, 3),
    "half close": Row((faults.half_reply,), UNAVAILABLE, 3),
    "HTML": Row((faults.html,), NONSENSE, 1),
    "JSON that does not end": Row((faults.bad_json,), NONSENSE, 1),
    "empty choices": Row((faults.empty_choices,), NONSENSE, 1),
    "content filter": Row((faults.content_filter,), REJECTED, 1),
    "filtered answer": Row((says(Answer(text="", finish="content_filter")),), REJECTED, 1),
    "refusal": Row((says(Answer(refusal="I cannot help with that.")),), REJECTED, 1),
    "plan that is none": Row((faults.wrong_schema,), NONSENSE, 2),
    "plan that is none, once": Row((faults.wrong_schema, answer), None, 4, calls=1),
    "plan for an agent that is not there": Row((planning("Payments"),), NONSENSE, 2),
    "plan cut short": Row((faults.truncated,), NONSENSE, 1),
    "20 MB": Row((faults.huge(),), NONSENSE, 1),
    "gzip bomb": Row((faults.gzip_bomb,), NONSENSE, 1),
}

WHILE_CHOOSING_A_TOOL = {
    "500": Row((answer, status(500)), UNAVAILABLE, 4),
    "429": Row((answer, status(429, retry_after="0.05")), RATE_LIMITED, 4),
    "unknown tool": Row((answer, calling("Billing-pay_bill", "{}"), choosing, answer), None, 4, calls=1),
    "tool of no agent": Row((answer, calling("Payments-pay", "{}"), choosing, answer), None, 4, calls=1),
    "arguments not JSON": Row((answer, calling(TOOL, '{"month": '), choosing, answer), None, 4, calls=1),
    "arguments that are a list": Row((answer, calling(TOOL, "[1]"), choosing, answer), None, 4, calls=1),
    "endless tool loop": Row((answer, faults.endless_tools), None, 7, calls=5, says="I give up."),
    "content filter": Row((answer, faults.content_filter), REJECTED, 2),
    "tool call cut short": Row((answer, says(Answer(calls=(ToolCall(TOOL, "{"),), finish="length"))), NONSENSE, 2),
}  # fmt: skip

WHILE_ANSWERING = {
    "503": Row((answer, answer, status(503)), UNAVAILABLE, 5, calls=1),
    "401": Row((answer, answer, status(401)), UNAVAILABLE, 3, calls=1),
    "reset, once": Row((answer, answer, faults.reset, answer), None, 4, calls=1),
    "answer that is none": Row((answer, answer, faults.wrong_schema), NONSENSE, 4, calls=1),
    "answer that is none, once": Row((answer, answer, faults.wrong_schema, answer), None, 5, calls=2),
    "answer cut short": Row((answer, answer, faults.truncated), NONSENSE, 3, calls=1),
    "20 MB": Row((answer, answer, faults.huge()), NONSENSE, 3, calls=1),
}


TOO_SLOW = {
    "hang": Row((faults.hang,), TIMEOUT, 1),
    "drip": Row((faults.drip(),), TIMEOUT, 1),
    "429, try again in a minute": Row((status(429, retry_after="60"),), RATE_LIMITED, 1),
    "hang while choosing a tool": Row((answer, faults.hang), TIMEOUT, 2),
    "drip while choosing a tool": Row((answer, faults.drip()), TIMEOUT, 2),
    "hang while answering": Row((answer, answer, faults.hang), TIMEOUT, 3, calls=1),
}


slowly = faults.delay(0.3)  # until the reader is there: the plan is made whole, the agent's answers are streamed
WHILE_SOMEBODY_READS_ALONG = {
    "answer cut off": Row((slowly, answer, faults.cut_stream(), answer), None, 4, calls=1),
    "answer broken off": Row((slowly, answer, faults.broken_stream(), answer), None, 4, calls=1),
    "answer given up": Row((slowly, answer, faults.failing_stream, answer), None, 4, calls=1),
    "answer that stalls": Row((slowly, answer, faults.stalled_stream), TIMEOUT, 3, calls=1),
    "answer that drips": Row((slowly, answer, faults.dripping_stream()), TIMEOUT, 3, calls=1),
    "tool call cut off": Row((slowly, faults.cut_stream(), answer), None, 4, calls=1),
    "cut off again and again": Row((slowly, faults.cut_stream()), NONSENSE, 3),
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def here() -> AsyncIterator[World]:
    async with world(request_timeout=REQUEST_TIMEOUT, message_timeout=MESSAGE_TIMEOUT) as opened:
        yield opened


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def impatient() -> AsyncIterator[World]:
    async with world(request_timeout=SHORT, message_timeout=MESSAGE_TIMEOUT) as opened:
        yield opened


@pytest.mark.parametrize("name", WHILE_PLANNING)
async def test_while_planning(name: str, here: World) -> None:
    await one_message_is_harmed(here, WHILE_PLANNING[name])


@pytest.mark.parametrize("name", WHILE_CHOOSING_A_TOOL)
async def test_while_choosing_a_tool(name: str, here: World) -> None:
    await one_message_is_harmed(here, WHILE_CHOOSING_A_TOOL[name])


@pytest.mark.parametrize("name", WHILE_ANSWERING)
async def test_while_answering(name: str, here: World) -> None:
    await one_message_is_harmed(here, WHILE_ANSWERING[name])


@pytest.mark.parametrize("name", TOO_SLOW)
async def test_too_slow(name: str, impatient: World) -> None:
    endings = await one_message_is_harmed(impatient, TOO_SLOW[name])
    assert endings.victim.seconds < SHORT + GRACE


@pytest.mark.parametrize("name", WHILE_SOMEBODY_READS_ALONG)
async def test_while_somebody_reads_along(name: str, impatient: World) -> None:
    await one_message_is_harmed(impatient, WHILE_SOMEBODY_READS_ALONG[name], is_followed=True)


async def test_calls_that_are_slow_together() -> None:
    """None is too slow alone; what is left for the last one ends just before the message's own deadline."""
    async with world(request_timeout=REQUEST_TIMEOUT, message_timeout=2) as slow:
        slow.harm_model(faults.delay(0.6))
        victim = (await slow.ask()).victim
        assert (victim.status, victim.error_code) == ("failed", TIMEOUT)
        assert victim.seconds < 2 + GRACE
        assert (slow.model_requests(), slow.tool_calls()) == (3, 1)


async def one_message_is_harmed(here: World, row: Row, *, is_followed: bool = False) -> Together:
    await here.warm_up()
    async with leaving_nothing_behind():
        here.harm_model(*row.script)
        endings = await here.ask(is_followed=is_followed)

    ends_as_designed(endings, row)
    assert (here.model_requests(), here.tool_calls()) == (row.requests, row.calls)
    others_are_untouched(here, endings)
    here.harm_model(answer)
    assert (await here.ask()).victim.status == "completed"
    return endings


def ends_as_designed(endings: Together, row: Row) -> None:
    victim = endings.victim
    expected = ("completed", None) if row.code is None else ("failed", row.code)
    assert (victim.status, victim.error_code) == expected, victim
    assert victim.result == (row.says if row.code is None else row.code.sentence)
    assert victim.seconds < MESSAGE_TIMEOUT + GRACE
    assert victim.sequences == tuple(range(1, len(victim.sequences) + 1))
    assert victim.finals == 1


def others_are_untouched(here: World, endings: Together) -> None:
    assert (endings.bill.status, endings.bill.result) == ("completed", SUMMARY)
    assert (endings.plan.status, endings.plan.error_code) == ("completed", None)
    assert "Phone Plan 25GB" in endings.plan.result
    assert (here.model_requests(of_victim=False), here.tool_calls(of_victim=False)) == (6, 1)
