"""Signals, exits and refused starts."""

import signal

from tests.config import SETTINGS, STOP_SECONDS
from tests.features.steps.start_steps import command_line
from tests.features.world import World
from tests.gherkin import Context, then, when
from tests.live_server import Process, free_port, process
from tests.waiting import eventually


@when("the process receives {name}")
def receive(context: Context, name: str) -> None:
    context.world.server.send(signal.Signals[name])


@when('I run "{command}" with {variable} set to the port of the API')
def run_on_taken_port(context: Context, command: str, variable: str) -> None:
    run(context.world, command, {variable: str(context.world.server.port)})


@when('I run "{command}" with {variable} set to "{value}"')
def run_with(context: Context, command: str, variable: str, value: str) -> None:
    run(context.world, command, {variable: value})


@when('I run "{command}"')
def run_alone(context: Context, command: str) -> None:
    run(context.world, command, {})


@then('it should report "{status}" as not ready')
def reports(context: Context, status: str) -> None:
    api = context.world.api

    def look() -> bool:
        response = api.get("/health/ready")
        return (response.status_code, response.json()["status"]) == (503, status)

    eventually(look, f"the process to report {status}", within=STOP_SECONDS)
    assert api.health()["status"] == status
    assert api.get("/health/live").is_success


@then("the process should end with exit code {code:d} within {seconds:d} seconds")
def ends_with(context: Context, code: int, seconds: int) -> None:
    server = context.world.server
    found = server.wait(seconds)
    assert found == code, f"exit code {found}: {server.output}"


@then("it should have said nothing of an error")
def said_no_error(context: Context) -> None:
    output = context.world.server.output
    assert not [word for word in ("ERROR", "Traceback", "Exception") if word in output], output


@then("it should end with an exit code other than 0 within {seconds:d} seconds")
def ends_refused(context: Context, seconds: int) -> None:
    assert command(context).wait(seconds) != 0, command(context).output


@then("it should end within {seconds:d} seconds")
def ends(context: Context, seconds: int) -> None:
    command(context).wait(seconds)


@then('it should have said "{text}" in one line and nothing else')
def said_only(context: Context, text: str) -> None:
    lines = command(context).output.strip().splitlines()
    assert len(lines) == 1, command(context).output
    assert text in lines[0]


@then('it should have said "{text}" in one line')
def said(context: Context, text: str) -> None:
    lines = command(context).output.splitlines()
    assert len([line for line in lines if text in line]) == 1, command(context).output


@then('it should not have repeated "{text}"')
def not_repeated(context: Context, text: str) -> None:
    assert text not in command(context).output


@then("it should not have shown a traceback")
def no_traceback(context: Context) -> None:
    assert "Traceback" not in command(context).output, command(context).output


def run(world: World, typed: str, settings: dict[str, str]) -> None:
    port = str(free_port())
    parts = command_line(typed.format(port=port))
    world.command = world.scenario.enter(process(parts, {**SETTINGS, "SERVER_PORT": port, **settings}))


def command(context: Context) -> Process:
    assert context.world.command is not None, "no step ran a command"
    return context.world.command
