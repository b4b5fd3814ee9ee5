"""What a log line may hold: nothing secret, nothing personal, and never a second line."""

import asyncio
import io
import json
import logging

import pytest

from config.telemetry import TelemetrySettings
from telemetry.logs import ExportTrouble, TerminalHandler, Told
from telemetry.marks import conversation_hash
from telemetry.redaction import one_line, redact


@pytest.mark.parametrize(
    "secret",
    [
        "Bearer eyJhbGciOiJIUzI1NiJ9.e30.abc",
        "bearer abcdef123456",
        "Authorization: Basic dXNlcjpwYXNzd29yZA==",
        "api-key: 5up3rs3cr3t",
        "x-api-key=5up3rs3cr3t",
        '{"api_key": "5up3rs3cr3t"}',
        "password=hunter2hunter2",
        "InstrumentationKey=00000000-0000-0000-0000-0000feedbeef;x",
        "sk-proj-abcdefgh12345678",
        "anna.smith+bills@mail.example.co.uk",
        "+44 7700 900123",
        "+447700900123",
        "0044 20 7946 0018",
        "07700 900123",
        "(020) 7946 0018",
        "4929 1234 5678 9012",
        "4929123456789012",
        "GB29 NWBK 6016 1331 9268 19",
        "DE89370400440532013000",
    ],
)
def test_secrets_and_people_are_taken_out(secret: str) -> None:
    told = redact(f"before {secret} after")
    assert "[redacted]" in told
    assert told.startswith("before ")
    assert told.endswith(" after") or "InstrumentationKey" in secret
    digits = [
        part for part in secret.replace("(", " ").replace(")", " ").split() if len(part) > 4 and part[-1].isdigit()
    ]
    assert not any(part in told for part in digits)


@pytest.mark.parametrize(
    "harmless",
    [
        "message 1ac66e60-0a34-4b5e-9d0c-7a3a3b9d2f10 completed after 0.052 s by BillingAgent",
        "trace 0af7651916cd43dd8448eb211c80319c",
        "2026-11-23T04:46:38.416421+00:00",
        "POST 127.0.0.1:3001/mcp -> 200 in 12.3 ms, sent 1024 bytes, received 20480 bytes",
        "Uvicorn running on http://127.0.0.1:18123 (Press CTRL+C to quit)",
        "semantic-kernel 1.45.0, mcp 1.30.0",
    ],
)
def test_what_operators_need_stays(harmless: str) -> None:
    assert redact(harmless) == harmless


@pytest.mark.parametrize(
    "break_", ["\n", "\r\n", "\r", "\u2028", "\u2029", "\x85", "\x0b", "\x0c", "\x1b[2K", "\u202e"]
)
def test_no_text_begins_a_line_or_moves_the_cursor(break_: str) -> None:
    told = one_line(f"customer said{break_}2026-11-23 ERROR forged")
    assert told.splitlines() == [told]
    assert told.isprintable()


def test_letters_of_all_languages_stay() -> None:
    assert one_line("Zażółć gęślą jaźń 請求書 £45.50 😀") == "Zażółć gęślą jaźń 請求書 £45.50 😀"


@pytest.fixture
def said() -> tuple[logging.Logger, io.StringIO]:
    handler = TerminalHandler(TelemetrySettings(log_folder="/nowhere"))
    stream = io.StringIO()
    handler.setStream(stream)
    logger = logging.Logger("agents.test")
    logger.addHandler(handler)
    return logger, stream


def crash(text: str) -> None:
    try:
        raise ValueError(text)
    except ValueError as error:
        raise RuntimeError(f"while answering {text}") from error


def test_an_exception_is_told_without_its_text(said: tuple[logging.Logger, io.StringIO]) -> None:
    logger, stream = said
    try:
        crash("canary customer text")
    except RuntimeError:
        logger.exception("message failed")
    told = stream.getvalue()
    assert "canary" not in told
    assert "builtins.RuntimeError" in told
    assert "builtins.ValueError" in told
    assert f"{__file__}:" in told
    assert "Traceback" not in told


def test_its_text_is_told_to_who_debugs_redacted() -> None:
    told = Told(TelemetrySettings(log_level="DEBUG"))
    try:
        crash("what anna@mail.example wrote")
    except RuntimeError as error:
        record = logging.LogRecord("x", logging.ERROR, "", 0, "", (), (type(error), error, error.__traceback__))
    assert "what [redacted] wrote" in (told.exception(record) or "")


def test_what_the_event_loop_says_of_a_lost_task_has_no_text_of_its_exception(
    said: tuple[logging.Logger, io.StringIO],
) -> None:
    _, stream = said
    logger = logging.Logger("asyncio")
    logger.handlers = said[0].handlers

    async def lose_a_task() -> None:
        async def fail() -> None:
            raise ValueError("canary customer text")

        asyncio.get_running_loop().set_exception_handler(
            lambda loop, context: logger.error("%s\nfuture: %r", context["message"], context.get("future"))
        )
        task = asyncio.create_task(fail())
        await asyncio.wait([task])
        del task

    asyncio.run(lose_a_task())
    logger.error("Task exception was never retrieved\nfuture: <Task exception=ValueError('canary')>")
    assert "Task exception was never retrieved" in stream.getvalue()
    assert "canary" not in stream.getvalue()


def test_a_stack_that_is_logged_as_text_loses_its_words(said: tuple[logging.Logger, io.StringIO]) -> None:
    logger, stream = said
    logger.error('it broke\nTraceback (most recent call last):\n  File "a.py", line 1\nValueError: canary text')
    assert "it broke ValueError" in stream.getvalue()
    assert "canary" not in stream.getvalue()
    assert len(stream.getvalue().splitlines()) == 1


def test_arguments_that_do_not_fit_are_not_printed(
    said: tuple[logging.Logger, io.StringIO], capsys: pytest.CaptureFixture[str]
) -> None:
    logger, stream = said
    logger.error("%d messages of %s", *["canary"])
    assert "%d messages of %s" in stream.getvalue()
    assert "canary" not in stream.getvalue() + capsys.readouterr().err


def test_trouble_with_a_collector_is_told_once_without_a_stack() -> None:
    trouble = ExportTrouble()
    record = logging.LogRecord("opentelemetry.exporter", logging.ERROR, "e.py", 7, "away", (), (None, None, None))
    assert trouble.filter(record)
    assert record.exc_info is None
    assert not trouble.filter(record)
    assert trouble.filter(logging.LogRecord("process.worker", logging.ERROR, "e.py", 7, "away", (), None))


def test_a_conversation_is_hashed_the_same_everywhere_and_differently_with_a_key() -> None:
    plain, again = (conversation_hash(TelemetrySettings()) for _ in range(2))
    keyed = conversation_hash(TelemetrySettings(telemetry_hash_key="secret"))
    assert plain("07700900123") == again("07700900123") != plain("07700900124")
    assert keyed("07700900123") not in {plain("07700900123"), "07700900123"}
    assert json.dumps(keyed("x")).isascii()
