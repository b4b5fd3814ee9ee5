"""The pieces of the plan pass, and its cost."""

import time
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.config import AGENTS
from agents.offline.planning import AgentCard, PlanningModel
from agents.offline.planning.judging import Judge
from agents.offline.planning.sharing import shared_time
from agents.offline.planning.smalltalk import Manner, manner
from agents.offline.planning.storage import load
from agents.offline.text import clean, fold, is_typo_of, nearest, tokens
from models.conversation import Role, Turn

TODAY = date(2026, 11, 23)
ROUTER = Path("agents/offline/planning/router.bin")
CARDS = [AgentCard(agent.name, agent.description, agent.examples) for agent in AGENTS]
JUDGE = Judge(CARDS)
MODEL = PlanningModel(CARDS)


def words(text: str) -> list[str]:
    return [word.text for word in JUDGE.language.words(clean(text))]


def test_folding_keeps_places() -> None:
    text = clean("Ça coûte “combien” à İzmir?")
    assert len(fold(text)) == len(text)
    assert fold(text) == 'ca coute "combien" a izmir?'


def test_tokens_keep_amounts_units_and_contractions_whole() -> None:
    assert tokens("i'm at £4.20, 5gb on o2 since 12/03/2026") == [
        "i'm", "at", "£4.20", "5gb", "on", "o2", "since", "12/03/2026",
    ]  # fmt: skip


def test_one_slip_is_a_typo_and_short_words_are_never_guessed() -> None:
    assert is_typo_of("contrct", "contract")
    assert not is_typo_of("bull", "bill")
    assert nearest("roming", {"r": ("roaming",)}) == "roaming"
    assert nearest("romania", {"r": ("roaming",)}) is None


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("wots my bil", ["what", "is", "my", "bill"]),
        ("data in New York", ["data", "in", "<country>"]),
        ("May bill", ["<month>", "bill"]),
        ("may i have my bill", ["may", "i", "have", "my", "bill"]),
        ("october's invoice", ["<month>", "invoice"]),
        ("£12.50 in 2025", ["<money>", "in", "<year>"]),
        ("20gb 5g", ["<number>", "gb", "5g"]),
        ("my wi-fi", ["my", "wifi"]),
        ("5g at ls1 4dy or EC2A3AR", ["5g", "at", "<postcode>", "or", "<postcode>"]),
        ("o2 4gb", ["<company>", "<number>", "gb"]),
        ("the status", ["the", "status"]),
        ("open on new year's day", ["open", "on", "<holiday>"]),
    ],
)
def test_words_are_what_is_meant(text: str, meant: list[str]) -> None:
    assert words(text) == meant


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("hiya", Manner.GREETING),
        ("thanks so much, bye", Manner.CLOSING),
        ("are you a robot", Manner.IDENTITY),
        ("thanks, what is my bill", None),
    ],
)
def test_manners_are_told_from_questions(text: str, kind: Manner | None) -> None:
    assert manner(words(text)) is kind


def test_a_time_inside_one_question_is_not_shared() -> None:
    text = "what did I pay in June and what is my plan"
    assert shared_time(text, JUDGE.language.words(text), "what is my plan") == ""


def test_the_file_is_small_and_loads_fast() -> None:
    assert ROUTER.stat().st_size <= 2**20
    started = time.process_time()
    load(ROUTER)
    assert time.process_time() - started < 0.1


def test_a_plan_costs_little() -> None:
    texts = [f"how much did I pay in June {number} and what is roaming in Spain" for number in range(100)]
    started = time.process_time()
    for text in texts:
        MODEL.plan(text, history=[], today=TODAY)
    assert (time.process_time() - started) / len(texts) < 0.005


def test_a_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "router.bin"
    path.write_bytes(b"something else")
    with pytest.raises(ValueError, match=r"router\.bin"):
        load(path)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=200), st.lists(st.text(max_size=40), max_size=4))
def test_any_text_gives_a_plan(text: str, earlier: list[str]) -> None:
    history = [Turn(Role.USER if number % 2 == 0 else Role.ASSISTANT, said) for number, said in enumerate(earlier)]
    made = MODEL.plan(text, history=history, today=TODAY)
    assert made.routes or made.reply
    assert len({route.agent for route in made.routes}) == len(made.routes)
