"""The text inside a half-written reply: all of it, nothing else, however it is cut into pieces."""

import json
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.guard import Facts
from agents.reply_stream import CheckedText, ReplyText

texts = st.text(st.characters(exclude_categories=["Cs"]))
widths = st.lists(st.integers(1, 9), min_size=1)


def cut(text: str, widths: Sequence[int]) -> list[str]:
    pieces: list[str] = []
    start = 0
    while start < len(text):
        end = start + widths[len(pieces) % len(widths)]
        pieces.append(text[start:end])
        start = end
    return pieces


def reply(text: str, *, able: bool = True, ascii_only: bool = False) -> str:
    content = {"able_to_serve": able, "human_input_required": False, "text": text}
    return json.dumps(content, ensure_ascii=ascii_only)


def heard(written: str, widths: Sequence[int] = (1,)) -> str:
    text = ReplyText()
    return "".join(text.feed(piece) for piece in cut(written, widths))


def checked(written: str, *facts: str) -> list[str]:
    said: list[str] = []
    text = CheckedText(Facts(*facts), said.append)
    for piece in cut(written, (5,)):
        text.feed(piece)
    return said


@given(texts, widths, st.booleans())
def test_all_of_the_text_is_heard(text: str, widths: list[int], ascii_only: bool) -> None:
    assert heard(reply(text, ascii_only=ascii_only), widths) == text


@given(texts, widths, st.booleans(), st.data())
def test_what_is_heard_is_never_more_than_was_written(
    text: str, widths: list[int], ascii_only: bool, data: st.DataObject
) -> None:
    written = reply(text, ascii_only=ascii_only)
    assert text.startswith(heard(written[: data.draw(st.integers(0, len(written)))], widths))


@given(texts, widths)
def test_nothing_is_heard_of_a_reply_that_cannot_serve(text: str, widths: list[int]) -> None:
    assert heard(reply(text, able=False), widths) == ""


@given(st.text(), widths)
def test_anything_can_be_fed(written: str, widths: list[int]) -> None:
    heard(written, widths)
    heard(reply("x")[:-2] + written, widths)


@pytest.mark.parametrize(
    "written",
    [
        '{"text": "Hi.", "able_to_serve": true, "human_input_required": false}',
        '{"able_to_serve": true, "text": "Hi."}',
        '{"steps": [], "routes": [], "reply": "Hi.", "input_required": false, "confidence": null, "reasons": []}',
        "I cannot do that.",
        "[]",
    ],
)
def test_without_the_flags_first_nothing_is_heard(written: str) -> None:
    assert heard(written) == ""


@pytest.mark.parametrize("pattern", ["```json\n%s\n```", " \n %s"])
def test_a_code_fence_is_passed_over(pattern: str) -> None:
    spaced = '{ "human_input_required" : true , "able_to_serve" : true,\n"text" : "Which month?" }'
    assert heard(pattern % spaced) == "Which month?"


@given(texts, widths)
def test_text_without_amounts_is_passed_on_whole(text: str, widths: list[int]) -> None:
    said: list[str] = []
    checked_text = CheckedText(Facts(text), said.append)
    for piece in cut(reply(text), widths):
        checked_text.feed(piece)
    assert "".join(said) == text


def test_sentences_come_one_by_one_and_stop_before_an_invented_amount() -> None:
    text = "Your bill is £45.50. It is due on 5 December.\nNext month it is £12. Do you agree?"
    said = checked(reply(text), "£45.50")
    assert "".join(said) == "Your bill is £45.50. It is due on 5 December.\n"
    assert len(said) > 1


def test_an_amount_cut_in_two_is_not_checked_before_it_is_whole() -> None:
    assert checked(reply("You owe £45.50"), "45") == []
    assert checked(reply("You owe £45.50"), "45.50") == ["You owe £45.50"]


def test_a_reply_without_an_end_is_not_listened_to_for_ever() -> None:
    for endless in ("x" * 10_000, "\\x" + "y" * 10_000):
        text = CheckedText(Facts(), lambda said: None)
        for piece in cut(reply("")[:-2] + endless + "." * 4_000_000, (4096,)):
            text.feed(piece)
