"""Every variable works under its name, and a wrong one is told in one line that never repeats the value."""

import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr, ValidationError

from config.environment import SettingsGroup
from config.settings import ModelSettings, ProcessingSettings, Settings
from tests.config import ROOT

SPECIFIED = [
    "API_TITLE",
    "API_VERSION",
    "API_DESCRIPTION",
    "DEBUG",
    "CONTACT_NAME",
    "CONTACT_EMAIL",
    "CONTACT_URL",
    "LICENSE_NAME",
    "LICENSE_URL",
    "SERVER_HOST",
    "SERVER_PORT",
    "SERVER_URL",
    "SERVER_DESCRIPTION",
    "MESSAGE_PROCESSING_DELAY",
    "MAX_MESSAGE_LENGTH",
    "REQUEST_TIMEOUT",
    "MAX_CONNECTIONS",
    "CORS_ORIGINS",
    "CORS_ALLOW_CREDENTIALS",
    "CORS_ALLOW_METHODS",
    "CORS_ALLOW_HEADERS",
    "SEMKER_LOGGING_TYPE",
    "TELEMETRY_ENABLED",
    "TELEMETRY_CONSOLE",
    "OTLP_ENDPOINT",
    "LOG_LEVEL",
    "LOG_FOLDER",
    "MAX_LOG_SIZE_MB",
    "LOG_BACKUP_COUNT",
    "BILLING_MCP_SERVER_URL",
    "ROAMING_MCP_SERVER_URL",
    "TARIFF_MCP_SERVER_URL",
    "FAQ_MCP_SERVER_URL",
    "AZURE_OPENAI_ENDPOINT",
    "AZURE_OPENAI_API_KEY",
    "AZURE_OPENAI_DEPLOYMENT_NAME",
    "APPLICATIONINSIGHTS_CONNECTION_STRING",
    "PORT",
    "ENV",
]
SHOW = "from config.settings import Settings\nprint(Settings.load().model_dump_json())"


def load(variables: Mapping[str, str], directory: Path = Path("/")) -> "subprocess.CompletedProcess[str]":
    """In a process of its own, because that is where an environment belongs."""
    return subprocess.run(
        [sys.executable, "-c", SHOW],
        cwd=directory,
        env={"PYTHONPATH": str(ROOT), **variables},
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )


def refused(variables: Mapping[str, str]) -> str:
    """The line that says so."""
    result = load(variables)
    assert result.returncode != 0, result.stdout
    line = result.stderr.strip().splitlines()[-1]
    assert "InvalidSettings: Invalid settings: " in line
    return line


def all_variables() -> set[str]:
    groups = [field.annotation for field in Settings.model_fields.values()]
    return {
        name
        for group in groups
        if isinstance(group, type) and issubclass(group, SettingsGroup)
        for names in group.variables().values()
        for name in names
    }


@pytest.mark.parametrize("name", SPECIFIED)
def test_specified_variable_is_a_setting(name: str) -> None:
    assert name in all_variables()


def test_defaults_need_no_environment() -> None:
    result = load({})
    assert result.returncode == 0, result.stderr


def test_values_come_from_the_environment() -> None:
    result = load(
        {
            "API_TITLE": "Ask Anna",
            "SERVER_PORT": "8123",
            "CORS_ORIGINS": "https://a.example, https://b.example,",
            "CORS_ALLOW_CREDENTIALS": "false",
            "MESSAGE_TIMEOUT": "2.5",
            "BILLING_MCP_SERVER_URL": "http://localhost:3001",
            "LOG_LEVEL": "warning",
        }
    )
    settings = Settings.model_validate_json(result.stdout)
    assert settings.api.title == "Ask Anna"
    assert settings.server.port == 8123
    assert settings.cors.origins == ("https://a.example", "https://b.example")
    assert settings.cors.allow_credentials is False
    assert settings.processing.message_timeout == 2.5
    assert settings.mcp.url("billing") == "http://localhost:3001"
    assert settings.telemetry.log_level == "WARNING"


def test_port_of_the_platform_wins() -> None:
    assert '"port":8200' in load({"PORT": "8200", "SERVER_PORT": "8100"}).stdout


def test_space_around_a_value_is_none_of_it() -> None:
    assert ModelSettings(openai_api_key="sk-file\n").openai_api_key == SecretStr("sk-file")
    assert '"host":"127.0.0.1"' in load({"SERVER_HOST": " 127.0.0.1 "}).stdout


def test_empty_variable_is_none_at_all() -> None:
    assert '"port":8000' in load({"SERVER_PORT": "", "OPENAI_API_KEY": ""}).stdout


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SERVER_PORT", "70000"),
        ("SERVER_PORT", "eight"),
        ("MAX_MESSAGE_LENGTH", "0"),
        ("MAX_CONCURRENT_MESSAGES", "0"),
        ("MAX_QUEUED_MESSAGES", "none"),
        ("MESSAGE_TIMEOUT", "-3"),
        ("MESSAGE_TIMEOUT", "nan"),
        ("MESSAGE_PROCESSING_DELAY", "-0.1"),
        ("REQUEST_TIMEOUT", "-0.5"),
        ("MAX_BODY_BYTES", "12"),
        ("ENV", "staging7"),
        ("DEBUG", "perhaps"),
        ("CLOCK", "yesterday"),
        ("MODEL_PROVIDER", "crystal"),
        ("MODEL_TEMPERATURE", "9.9"),
        ("LOG_LEVEL", "LOUD"),
        ("SEMKER_LOGGING_TYPE", "paper"),
        ("LOG_BACKUP_COUNT", "-4"),
        ("AZURE_OPENAI_API_VERSION", "latest"),
        ("AZURE_OPENAI_ENDPOINT", "name.openai.azure.com"),
        ("OPENAI_BASE_URL", "localhost:11434/v1"),
        ("BILLING_MCP_SERVER_URL", "localhost:3001"),
        ("BILLING_MCP_SERVER_URL", "http://billing-mcp:99999"),
        ("FAQ_MCP_SERVER_URL", "stdio:"),
        ("FAQ_MCP_SERVER_URL", "stdio:'python"),
        ("OTLP_ENDPOINT", "http://[::1"),
        ("OPENAI_BASE_URL", "http:///v1"),
        ("OPENAI_BASE_URL", "https://gateway.example/v1/chat/completions"),
        ("OPENAI_API_KEY", "sk-ä"),
        ("OPENAI_API_KEY", "sk-a\nb"),
        ("AZURE_OPENAI_ENDPOINT", "https://a.openai.azure.com/openai/deployments/gpt-4/chat/completions?api-version=1"),
        ("MCP_ALLOWED_HOSTS", "http://billing-mcp"),
        ("CONTACT_URL", "support-page"),
        ("CONTACT_EMAIL", "nobody.example"),
        ("LICENSE_URL", "MIT-0"),
        ("SERVER_URL", "ftp://files.example"),
        ("SERVER_HOST", "http://localhost"),
        ("CORS_ORIGINS", "https://semker.example/"),
        ("CORS_ORIGINS", "semker.example"),
        ("CORS_ALLOW_METHODS", "get"),
        ("CORS_ALLOW_HEADERS", "x:y"),
    ],
)
def test_wrong_value_is_told_in_one_line_without_the_value(name: str, value: str) -> None:
    result = load({name: value})
    assert result.returncode != 0
    line = result.stderr.strip().splitlines()[-1]
    assert "InvalidSettings" in line
    assert name in line
    assert value not in line.replace(name, "").split(), line


def test_several_wrong_values_are_told_together() -> None:
    line = load({"SERVER_PORT": "0", "SERVER_HOST": "", "ENV": "x"}).stderr.strip().splitlines()[-1]
    assert "SERVER_PORT" in line
    assert "ENV" in line


@pytest.mark.parametrize(
    ("variables", "provider"),
    [
        ({}, "offline"),
        ({"OPENAI_API_KEY": "key"}, "openai"),
        ({"OPENAI_BASE_URL": "http://localhost:11434/v1"}, "openai"),
        (
            {
                "AZURE_OPENAI_ENDPOINT": "https://a.example",
                "AZURE_OPENAI_API_KEY": "key",
                "AZURE_OPENAI_DEPLOYMENT_NAME": "gpt-4",
                "OPENAI_API_KEY": "key",
            },
            "azure",
        ),
        ({"MODEL_PROVIDER": "offline", "OPENAI_API_KEY": "key"}, "offline"),
    ],
)
def test_provider_follows_from_what_is_configured(variables: dict[str, Any], provider: str) -> None:
    group = {name.lower(): value for name, value in variables.items() if name != "MODEL_PROVIDER"}
    settings = ModelSettings(provider=variables.get("MODEL_PROVIDER", "auto"), **group)
    assert settings.resolved_provider == provider


@pytest.mark.parametrize("provider", ["azure", "openai"])
def test_chosen_provider_needs_its_settings(provider: str) -> None:
    result = load({"MODEL_PROVIDER": provider})
    assert result.returncode != 0
    assert f"MODEL_PROVIDER={provider} needs" in result.stderr.strip().splitlines()[-1]


def test_every_setting_stands_in_the_example_with_its_default(tmp_path: Path) -> None:
    lines = (ROOT / ".env.example").read_text().splitlines()
    named = {line.removeprefix("# ").partition("=")[0] for line in lines if re.match(r"(# )?[A-Z][A-Z0-9_]+=", line)}
    assert named == all_variables()
    (tmp_path / ".env").write_text("\n".join(lines))
    assert load({}, directory=tmp_path).stdout == load({}).stdout


def test_secrets_are_not_shown() -> None:
    settings = ModelSettings(openai_api_key="sk-secret")
    assert "sk-secret" not in repr(settings)
    assert "sk-secret" not in settings.model_dump_json()


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(ValidationError):
        Settings().server.port = 1  # type: ignore[misc]


def test_clock_fixes_the_day() -> None:
    assert ProcessingSettings(clock="2026-02-28T23:59:00Z").today().isoformat() == "2026-02-28"
