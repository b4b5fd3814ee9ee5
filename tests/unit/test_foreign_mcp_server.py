"""An agent of one's own over an MCP server that others wrote: a value, a setting, and no other line."""

import json
import re
import sys
from functools import partial

from pydantic import JsonValue

from agents.base import AgentSpec
from agents.config import AGENTS
from agents.engine import open_planner
from config.settings import MCPSettings, Settings
from config.telemetry import TelemetrySettings
from tests.doubles.fake_openai import FakeOpenAI
from tests.doubles.fake_openai_brain import RULES, Rule, keyword_brain, tool_names
from tests.doubles.fake_openai_settings import model_settings
from tests.doubles.live_app import live_app

TIME = AgentSpec(
    name="Time",
    description="The time of day in other places of the world.",
    instructions="You tell what time it is elsewhere.",
    server="time",
    examples=("What time is it in Asia/Tokyo?", "Is it night in America/New_York already?"),
)


class MCPSettingsWithTime(MCPSettings):
    time_mcp_server_url: str | None = None


def timezone(request: str) -> dict[str, JsonValue] | None:
    found = re.search(r"[A-Z]\w+/[A-Z]\w+", request)
    return {"timezone": found[0]} if found else None


async def test_a_fifth_agent_answers_from_a_server_that_others_wrote() -> None:
    with FakeOpenAI(keyword_brain((Rule("get_current_time", "", timezone), *RULES))) as model:
        settings = Settings(
            model=model_settings(model),
            mcp=MCPSettingsWithTime(time_mcp_server_url=f"stdio:{sys.executable} -m mcp_server_time"),
            telemetry=TelemetrySettings(telemetry_enabled=False),
        )
        async with live_app(settings, partial(open_planner, specs=(*AGENTS, TIME))) as app:
            time = await app.ask("What time is it in Asia/Tokyo?", "travels")
            assert (time.status, time.details["agents"]) == ("completed", ["Time"])
            assert json.loads(time.result)["datetime"].endswith("+09:00")
            wrong = await app.ask("What time is it in Atlantis/Capital?", "travels")
            assert (wrong.status, wrong.details["agents"]) == ("completed", ["Time"])
            assert "Atlantis" in wrong.result
            bill = await app.ask("What is my current bill?", "bills")
            assert bill.details["agents"] == ["Billing"]
        offered = {name for request in model.requests for name in tool_names(request.body)}
        assert {"Time-get_current_time", "Time-convert_time"} <= offered
