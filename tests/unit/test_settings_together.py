"""Settings that need, limit or contradict one another."""

from pathlib import Path

import pytest

from config.settings import ModelSettings, ProcessingSettings, ServerSettings, Settings
from tests.unit.test_settings import load, refused

AZURE = {
    "AZURE_OPENAI_ENDPOINT": "https://a.example",
    "AZURE_OPENAI_API_KEY": "key",
    "AZURE_OPENAI_DEPLOYMENT_NAME": "gpt-4",
}


@pytest.mark.parametrize("missing", AZURE)
@pytest.mark.parametrize("more", [{}, {"OPENAI_API_KEY": "key"}])
def test_half_of_azure_is_not_left_out_without_a_word(missing: str, more: dict[str, str]) -> None:
    half = {name: value for name, value in AZURE.items() if name != missing}
    line = refused({**half, **more})
    assert missing in line
    assert load({**half, **more, "MODEL_PROVIDER": "offline"}).returncode == 0


@pytest.mark.parametrize(
    ("variables", "named"),
    [
        ({"OPENAI_MODEL": "qwen3:8b"}, "OPENAI_MODEL"),
        ({"MAX_BODY_BYTES": "65536"}, "MAX_BODY_BYTES"),
        ({"MAX_BODY_BYTES": "200000", "MAX_MESSAGE_LENGTH": "20000"}, "MAX_BODY_BYTES"),
        ({"MODEL_MAX_CALLS": "20", "MAX_CONNECTIONS": "10"}, "MODEL_MAX_CALLS"),
        ({"MCP_MAX_CALLS": "64"}, "MCP_MAX_CALLS"),
        ({"MCP_MAX_CALLS": "20", "MAX_CONNECTIONS": "20"}, "MCP_MAX_CALLS"),
        ({"WORKERS_IN_API": "false"}, "WORKERS_IN_API"),
        ({"WORKERS_IN_API": "false", "DATABASE_URL": "sqlite:///semker.db"}, "WORKERS_IN_API"),
    ],
)
def test_settings_that_contradict_each_other_stop_the_start(variables: dict[str, str], named: str) -> None:
    assert named in refused(variables)


@pytest.mark.parametrize(
    "variables",
    [
        {"MAX_MESSAGE_LENGTH": "1000000"},
        {"MAX_CONNECTIONS": "1"},
        {"MAX_CONCURRENT_MESSAGES": "1"},
        {"MAX_CONCURRENT_MESSAGES": "1", "MCP_MAX_CALLS": "1"},
        {"OPENAI_MODEL": "qwen3:8b", "MODEL_PROVIDER": "offline"},
        {"SERVER_URL": "/customer-care"},
        {"BILLING_MCP_SERVER_URL": "stdio:python 'a server.py'"},
        {"SERVER_HOST": "::1"},
    ],
)
def test_a_change_of_one_setting_asks_for_no_other(variables: dict[str, str]) -> None:
    result = load(variables)
    assert result.returncode == 0, result.stderr


def test_limits_that_are_not_set_follow_those_that_are() -> None:
    settings = Settings(
        processing=ProcessingSettings(max_message_length=100, max_concurrent_messages=8),
        model=ModelSettings(max_connections=50),
    )
    assert settings.processing.max_body_bytes == 12 * 100 + 16 * 1024
    assert settings.mcp_max_calls == 4
    assert settings.model.max_calls == 50
    assert ServerSettings(port=8123).url == "http://localhost:8123"
    assert (Settings().mcp_max_calls, Settings().model.max_calls) == (32, 100)


def test_origins_are_compared_as_browsers_send_them() -> None:
    shown = load(
        {"CORS_ORIGINS": "https://Semker.Example:443, http://a.example:8080,capacitor://localhost,null"}
    ).stdout
    assert '"origins":["https://semker.example","http://a.example:8080","capacitor://localhost","null"]' in shown


@pytest.mark.parametrize("name", ["LICENSE", "MODEL", "SERVER", "API", "STORE"])
def test_variable_that_is_named_like_a_group_is_not_ours(name: str) -> None:
    assert load({name: "anything"}).stdout == load({}).stdout


def test_file_that_is_no_text_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes("API_TITLE=Sémker".encode("latin-1"))
    result = load({}, directory=tmp_path)
    assert result.stderr.strip().splitlines()[-1].endswith("Invalid settings: .env cannot be read as UTF-8 text")


@pytest.mark.parametrize(
    ("variables", "named"),
    [
        ({"CORS_ORIGINS": "*"}, "CORS_ORIGINS"),
        ({"DEBUG": "true"}, "DEBUG"),
        ({"CLOCK": "2026-11-23T10:00:00Z"}, "CLOCK"),
        ({"TELEMETRY_CONTENT": "true"}, "TELEMETRY_CONTENT"),
        ({"MESSAGE_PROCESSING_DELAY": "130"}, "MESSAGE_PROCESSING_DELAY"),
    ],
)
def test_production_refuses_what_is_unsafe(variables: dict[str, str], named: str) -> None:
    assert load(variables).returncode == 0
    result = load({"ENV": "production", **variables})
    assert result.returncode != 0
    assert named in result.stderr.strip().splitlines()[-1]
