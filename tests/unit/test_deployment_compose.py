"""The compose file: valid, in step with settings and commands, and as careful with the containers as a cluster."""

import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from config.environment import SettingsGroup
from config.settings import ServerSettings
from main import app
from tests.config import ROOT

FILE = ROOT / "docker-compose.yml"
COMPOSE: Mapping[str, Any] = yaml.safe_load(FILE.read_text())
SERVICES: Mapping[str, Mapping[str, Any]] = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if "semker-api" in service["image"]}
OF_COMPOSE = {"COMPOSE_PROFILES", "POSTGRES_PASSWORD", "API_PORTS"}
OF_UVICORN = {"FORWARDED_ALLOW_IPS"}


def assignments(path: Path) -> dict[str, str]:
    lines = [line for line in path.read_text().splitlines() if line and not line.startswith("#")]
    return {name: value for name, _, value in (line.partition("=") for line in lines)}


def known_settings() -> set[str]:
    return {name for group in SettingsGroup.__subclasses__() for names in group.variables().values() for name in names}


def profiles(name: str) -> Iterator[str]:
    yield from SERVICES[name].get("profiles", [])


def test_compose_understands_it() -> None:
    checker = Path(sys.executable).with_name("check-jsonschema")
    command = [str(checker), "--builtin-schema", "vendor.compose-spec", str(FILE)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_the_api_alone_needs_no_profile() -> None:
    assert [name for name, service in SERVICES.items() if "profiles" not in service] == ["api"]
    assert {profile for name in SERVICES for profile in profiles(name)} == {"postgres", "mcp", "production", "aspire"}


@pytest.mark.parametrize("name", OURS)
def test_a_service_runs_a_command_that_there_is_with_settings_that_there_are(name: str) -> None:
    commands = {command.callback.__name__ for command in app.registered_commands if command.callback}
    assert OURS[name]["command"][0] in commands
    assert OURS[name].get("environment", {}).keys() <= known_settings() | OF_UVICORN


@pytest.mark.parametrize("name", OURS)
def test_a_container_may_do_nothing_and_is_given_time_to_end(name: str) -> None:
    service = OURS[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    grace = ServerSettings.model_fields["shutdown_grace"].default
    assert int(service["stop_grace_period"].removesuffix("s")) > grace + 10


@pytest.mark.parametrize("name", SERVICES)
def test_what_a_service_waits_for_is_started_with_it(name: str) -> None:
    for other, condition in SERVICES[name].get("depends_on", {}).items():
        always = "profiles" not in SERVICES[other] or set(profiles(name)) & set(profiles(other))
        assert always or condition.get("required") is False, f"{name} waits for {other}"


def test_distributed_uses_every_profile_but_the_dashboard() -> None:
    settings = assignments(ROOT / "deploy" / "compose" / "distributed.env")
    assert set(settings["COMPOSE_PROFILES"].split(",")) == {"postgres", "mcp", "production"}
    asked_for = set(re.findall(r"\$\{([A-Z_]+)", FILE.read_text()))
    assert settings.keys() <= asked_for | OF_COMPOSE
    assert settings.keys() <= known_settings() | OF_COMPOSE | OF_UVICORN
    for name in ("billing", "roaming", "tariff", "faq"):
        server = f"{name}-mcp"
        assert settings[f"{name.upper()}_MCP_SERVER_URL"] == f"http://{server}:{SERVICES[server]['command'][-1]}"
        assert SERVICES[server]["environment"]["MCP_ALLOWED_HOSTS"] == server
        assert SERVICES[server]["command"][1] == name
    assert f":{settings['POSTGRES_PASSWORD']}@postgres:5432/" in settings["DATABASE_URL"]


def test_nothing_but_nginx_is_reached_from_other_machines() -> None:
    published = {name: port for name, service in SERVICES.items() for port in service.get("ports", [])}
    assert {name for name, port in published.items() if not port.startswith("127.0.0.1:")} == {"nginx"}
