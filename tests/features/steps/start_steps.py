"""Which process of the application a scenario talks to."""

import shlex
import sys
from collections.abc import Mapping

from tests.config import ROOT
from tests.gherkin import Context, given
from tests.live_server import live_server


@given("the API is running")
def api_is_running(context: Context) -> None:
    context.world.use(context.world.run.server({}))


@given("the API is running with")
def api_is_running_with(context: Context) -> None:
    context.world.use(context.world.feature.server(settings_of(context)))


@given("a process of the API of its own with")
def process_of_its_own(context: Context) -> None:
    world = context.world
    world.use(world.scenario.start(live_server(settings_of(context))))


@given("the API has just been started")
def api_just_started(context: Context) -> None:
    world = context.world
    world.use(world.scenario.start(live_server(until="/health/live")))


@given('the API is started by "{command}"')
def api_started_by(context: Context, command: str) -> None:
    world = context.world
    world.use(world.scenario.start(live_server(command=command_line(command))))


@given("I have submitted a message")
def have_submitted(context: Context) -> None:
    api_is_running(context)
    context.world.send("What is my current bill?")


def settings_of(context: Context) -> Mapping[str, str]:
    return {row["setting"]: row["value"] for row in context.table}


def command_line(command: str) -> list[str]:
    """As typed in the project's folder, but to be run from any other."""
    parts = shlex.split(command)
    if parts[:2] == ["-m", "uvicorn"]:
        return [sys.executable, *parts, "--app-dir", str(ROOT)]
    return [sys.executable, str(ROOT / parts[0]), *parts[1:]]
