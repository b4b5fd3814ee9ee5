"""The plan pass with other agents than the shipped ones."""

from datetime import date

import pytest

from agents.config import AGENTS
from agents.offline.planning import AgentCard, PlanningModel

TODAY = date(2026, 11, 23)
SHIPPED = {agent.name: AgentCard(agent.name, agent.description, agent.examples) for agent in AGENTS}
BROADBAND = AgentCard(
    "Broadband",
    "Home broadband troubleshooting: router, wifi at home, fibre line, slow or dropped connection at home.",
    (
        "My broadband is slow",
        "The router light is red",
        "No internet at home since this morning",
        "How do I restart my router?",
        "Wifi does not reach the bedroom",
        "When is the engineer coming for my fibre?",
        "Run a line test",
        "What speed should my fibre have?",
        "My hub keeps rebooting",
        "Change the wifi password on my router",
        "Broadband keeps dropping out",
        "Is there a broadband fault in my area?",
        "The ethernet port on the hub is dead",
        "Upload speed is terrible at home",
        "My landline has no dial tone",
    ),
)
PARKING = AgentCard(
    "Billing",
    "Parking tickets of the city: fines, permits, appeals.",
    (
        "I got a parking ticket",
        "How do I appeal a fine?",
        "Where can I get a resident permit?",
        "My car was towed",
        "How much is the fine for double parking?",
        "Pay a parking fine",
    ),
)


def chosen(model: PlanningModel, text: str, *, unable: frozenset[str] = frozenset()) -> list[str]:
    return [route.agent for route in model.plan(text, history=[], today=TODAY, unable=unable).routes]


@pytest.fixture(scope="module")
def five() -> PlanningModel:
    return PlanningModel([*SHIPPED.values(), BROADBAND])


@pytest.mark.parametrize(
    "text",
    [
        "my router has a red light",
        "the broadband is so slow today",
        "how can I reset the router",
        "broadbnd keeps droping",
        "slow wifi in the bedroom",
        "the engineer for my fibre never came",
    ],
)
def test_an_added_agent_is_routed_from_its_examples(five: PlanningModel, text: str) -> None:
    assert chosen(five, text) == ["Broadband"]


@pytest.mark.parametrize(
    ("text", "agent"),
    [
        ("What is my current bill?", "Billing"),
        ("How much is data in Spain?", "Roaming"),
        ("Which plan am I on?", "Tariff"),
        ("How do I get a PAC code?", "FAQ"),
    ],
)
def test_the_shipped_agents_keep_their_questions(five: PlanningModel, text: str, agent: str) -> None:
    assert chosen(five, text) == [agent]


def test_an_added_agent_does_not_open_the_door_to_other_subjects(five: PlanningModel) -> None:
    for text in ("what's the weather", "tell me a joke", "book a flight to Rome", "my bank card was declined"):
        assert chosen(five, text) == [], text


def test_without_the_added_agent_its_questions_are_declined() -> None:
    assert chosen(PlanningModel(list(SHIPPED.values())), "my router has a red light") == []


def test_a_missing_agent_leaves_its_questions_without_a_route() -> None:
    model = PlanningModel([SHIPPED["Billing"], SHIPPED["FAQ"]])
    assert chosen(model, "How much is data in Spain?") == []
    assert chosen(model, "What is my current bill?") == ["Billing"]


def test_the_name_alone_does_not_make_an_agent_the_shipped_one() -> None:
    model = PlanningModel([PARKING])
    assert chosen(model, "how can I appeal my parking fine") == ["Billing"]
    assert chosen(model, "is my roaming usage on the invoice") == []


def test_replies_name_what_this_catalogue_can_do() -> None:
    reply = PlanningModel([PARKING]).plan("hello", history=[], today=TODAY).reply
    assert reply is not None
    assert "parking tickets" in reply
    assert "roaming" not in reply.lower()


def test_an_agent_that_had_to_pass_is_not_asked_again() -> None:
    model = PlanningModel(list(SHIPPED.values()))
    made = model.plan("What is my current bill?", history=[], today=TODAY, unable=frozenset({"Billing"}))
    assert "Billing" not in [route.agent for route in made.routes]
    assert made.routes or made.reply


def test_an_empty_catalogue_declines() -> None:
    made = PlanningModel([]).plan("What is my bill?", history=[], today=TODAY)
    assert made.routes == []
    assert made.reply
