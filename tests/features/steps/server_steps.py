"""Tool servers and model servers beside the application."""

import signal
from collections.abc import Mapping

from tests.config import COMMAND_LINE, SETTINGS, START_SECONDS
from tests.doubles.fake_openai import API_KEY, MODEL, FakeOpenAI
from tests.doubles.fake_openai_faults import Fault, answer, bad_json, content_filter, hang, reset, status
from tests.features.world import World
from tests.gherkin import Context, given, when
from tests.live_server import Process, free_port, process, wait_until_answered

NAMES = ("billing", "roaming", "tariff", "faq")
FAILURES: Mapping[str, Fault] = {
    "refuses every key": status(401),
    "is overloaded": status(429),
    "is broken": status(500),
    "answers nonsense": bad_json,
    "filters the content": content_filter,
    "breaks the connection": reset,
    "never answers": hang,
}


@given("the bundled MCP servers run as processes of their own")
def mcp_servers_run(context: Context) -> None:
    world = context.world
    for name in NAMES:
        mcp_server(world, name)
    for name in NAMES:
        wait_until_answered(f"{mcp_url(world, name)}/health", mcp_server(world, name))


@given("the API uses these MCP servers")
def api_uses_mcp_servers(context: Context) -> None:
    world = context.world
    world.use(world.feature.server({f"{name.upper()}_MCP_SERVER_URL": f"{mcp_url(world, name)}/mcp" for name in NAMES}))


@when('the "{name}" MCP server is killed')
def kill_mcp_server(context: Context, name: str) -> None:
    server = mcp_server(context.world, name)
    server.send(signal.SIGKILL)
    server.wait(START_SECONDS)


@when('the "{name}" MCP server is started again')
def restart_mcp_server(context: Context, name: str) -> None:
    server = context.world.feature.enter(process(mcp_command(context.world, name), SETTINGS))
    wait_until_answered(f"{mcp_url(context.world, name)}/health", server)


@given("a model server that speaks OpenAI's protocol")
def model_server_runs(context: Context) -> None:
    model_server(context.world)


@given('the API uses it as "{provider}" and nothing else')
def api_uses_model_alone(context: Context, provider: str) -> None:
    use_model(context.world, provider, {"MODEL_FALLBACK": "fail"})


@given('the API uses it as "{provider}"')
def api_uses_model(context: Context, provider: str) -> None:
    use_model(context.world, provider, {"MODEL_FALLBACK": "offline"})


def use_model(world: World, provider: str, extra: Mapping[str, str]) -> None:
    """Never left alone after failures, so that every failure can be seen."""
    model = model_server(world)
    addresses = {
        "openai": {"OPENAI_BASE_URL": model.base_url, "OPENAI_API_KEY": API_KEY, "OPENAI_MODEL": MODEL},
        "azure": {
            "AZURE_OPENAI_ENDPOINT": model.azure_endpoint,
            "AZURE_OPENAI_API_KEY": API_KEY,
            "AZURE_OPENAI_DEPLOYMENT_NAME": MODEL,
        },
    }
    settings = {
        "MODEL_PROVIDER": "auto",
        "REQUEST_TIMEOUT": "2",
        "MESSAGE_TIMEOUT": "15",
        "UPSTREAM_FAILURES": "1000",
    }
    world.use(world.feature.server({**settings, **addresses[provider], **extra}))


@given("the model server {failure}")
def model_server_fails(context: Context, failure: str) -> None:
    model_server(context.world).always(FAILURES[failure])


def model_server(world: World) -> FakeOpenAI:
    """Shared by the feature; at a scenario's start it answers normally."""
    model = world.feature.keep("model server", lambda: world.feature.enter(FakeOpenAI()))
    model.always(answer)
    return model


def mcp_server(world: World, name: str) -> Process:
    return world.feature.keep(
        ("MCP server", name), lambda: world.feature.enter(process(mcp_command(world, name), SETTINGS))
    )


def mcp_ports(world: World) -> Mapping[str, int]:
    return world.feature.keep("MCP ports", lambda: {name: free_port() for name in NAMES})


def mcp_command(world: World, name: str) -> list[str]:
    return [*COMMAND_LINE, "mcp", name, "--port", str(mcp_ports(world)[name])]


def mcp_url(world: World, name: str) -> str:
    return f"http://127.0.0.1:{mcp_ports(world)[name]}"
