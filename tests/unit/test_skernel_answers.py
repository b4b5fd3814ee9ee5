"""The service's own planner, agents and bundled tool servers answer the same questions on a remote model."""

from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from datetime import UTC, datetime

import pytest

from agents.engine import open_planner
from agents.planner import Planner
from config.settings import MCPSettings, ProcessingSettings, Settings
from models.conversation import Role, Turn
from models.message import Message, MessageStatus, Progress
from models.principal import Principal
from tests.doubles import fake_openai_faults as faults
from tests.doubles.fake_openai import FakeOpenAI
from tests.doubles.fake_openai_settings import Remote, model_settings
from tests.doubles.mcp_clients import until
from tests.doubles.mcp_faults import FaultyServer, hang

CLOCK = datetime(2026, 11, 23, 12, tzinfo=UTC)


@asynccontextmanager
async def service(provider: Remote = "openai") -> AsyncIterator[tuple[Planner, FakeOpenAI]]:
    with FakeOpenAI() as model:
        settings = Settings(model=model_settings(model, provider), processing=ProcessingSettings(clock=CLOCK))
        async with open_planner(settings) as planner:
            yield planner, model


async def answer(planner: Planner, text: str, *history: Turn) -> list[Progress]:
    message = Message(
        id="m-1",
        conversation_id="c-1",
        owner=Principal(tenant="demo", customer_id="C-1001"),
        text=text,
        status=MessageStatus.RECEIVED,
        received_at=CLOCK,
    )
    async with aclosing(planner.answer(message, history)) as told:
        return [said async for said in told if isinstance(said, Progress)]


@pytest.mark.parametrize("provider", ["openai", "azure"])
async def test_bill_roaming_tariff_help_and_small_talk(provider: Remote) -> None:
    async with service(provider) as (planner, model):
        bill = await answer(planner, "What is my current bill?")
        assert [progress.status.value for progress in bill] == ["inprogress", "inprogress", "completed"]
        assert "£45.50" in bill[-1].result
        assert bill[-1].agent_name == "BillingAgent"
        assert "France" in (await answer(planner, "How much does it cost to use my phone in France?"))[-1].result
        assert (await answer(planner, "Which plan am I on?"))[-1].agent_name == "TariffAgent"
        assert (await answer(planner, "How do I set up voicemail?"))[-1].agent_name == "FAQAgent"
        joke = await answer(planner, "Tell me a joke about penguins")
        assert (joke[-1].status, joke[-1].agent_name) == (MessageStatus.COMPLETED, "PlannerAgent")
        assert model.connections == 1
        assert len(model.requests) == 4 * 3 + 1


async def test_two_domains_are_answered_together_and_one_failure_spares_the_other() -> None:
    question = "What is my current bill, and how do I set up voicemail?"
    async with service() as (planner, model):
        both = (await answer(planner, question))[-1].result
        assert "£45.50" in both
        assert "oicemail" in both
        model.script(faults.answer, faults.status(400))
        assert len((await answer(planner, question))[-1].result.split("###")) == 3


async def test_earlier_turns_reach_the_model() -> None:
    async with service() as (planner, model):
        earlier = Turn(Role.USER, "My name is Ann"), Turn(Role.ASSISTANT, "Hello Ann")
        await answer(planner, "What is my current bill?", *earlier)
        for request in model.requests:
            assert [message["role"] for message in request.messages][:4] == ["system", "user", "assistant", "user"]


async def test_a_tool_server_that_hangs_at_the_start_holds_up_only_its_own_agent() -> None:
    with FakeOpenAI() as model:
        async with FaultyServer(behaviours={"initialize": hang}) as silent:
            settings = Settings(
                model=model_settings(model, request_timeout=4),
                mcp=MCPSettings(billing_mcp_server_url=silent.url),
            )
            async with open_planner(settings) as planner:
                assert (await answer(planner, "How do I set up voicemail?"))[-1].agent_name == "FAQAgent"
                assert planner.degraded == (), "somebody waited until the silent server was given up"
                await until(lambda: planner.degraded == ("billing",))
