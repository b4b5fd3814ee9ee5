"""Everything that the environment decides, with types and limits; what it names is read nowhere else.

A setting's variable is its group's prefix plus its name in capitals: `ServerSettings.port` is `SERVER_PORT`.
"""

from datetime import UTC, date, datetime
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Literal, Self

from pydantic import AliasChoices, Field, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from config.addresses import ApiAddress, ApiKey, Host, Hosts, HttpAddressOrPath, ServerAddress
from config.cors import CORSSettings
from config.description import APISettings, ContactSettings, LicenseSettings
from config.environment import SettingsGroup
from config.store import StoreSettings
from config.telemetry import TelemetrySettings
from config.webhooks import WebhookSettings

Seconds = Annotated[float, Field(gt=0, le=3600)]
_HUNDRED_YEARS = 100 * 365 * 86_400
_MOST_BODY_BYTES = 16 * 1024 * 1024
_BYTES_OF_CHARACTER = 12  # one beyond U+FFFF in JSON escapes, \ud83d\ude00
_BYTES_BESIDES = 16 * 1024  # names, spaces, and a callback_url of 2,048 characters in escapes
_FEWEST_BYTES_BESIDES = 64
_OPENAI_MODEL = "gpt-4o-mini"
_MOST_CALLS = 100
_MOST_MCP_CALLS = 32


class Environment(StrEnum):
    DEVELOPMENT = "development"
    TEST = "test"
    PRODUCTION = "production"


class ServerSettings(SettingsGroup):
    model_config = SettingsConfigDict(env_prefix="SERVER_")

    host: Host = "localhost"
    port: int = Field(default=8000, ge=1, le=65535, validation_alias=AliasChoices("PORT", "SERVER_PORT"))
    url: HttpAddressOrPath = Field(default_factory=lambda data: f"http://localhost:{data.get('port')}")
    description: str = "Development server"
    environment: Environment = Field(default=Environment.DEVELOPMENT, validation_alias="ENV")
    shutdown_grace: float = Field(default=25, ge=0, le=3600, validation_alias="SHUTDOWN_GRACE")


class ProcessingSettings(SettingsGroup):
    message_processing_delay: float = Field(default=0, ge=0, le=600)
    max_message_length: int = Field(default=10_000, ge=1, le=1_000_000)
    max_body_bytes: int = Field(
        default_factory=lambda data: _BYTES_OF_CHARACTER * data.get("max_message_length", 0) + _BYTES_BESIDES,
        ge=1024,
        le=_MOST_BODY_BYTES,
    )
    message_timeout: Seconds = 120
    max_concurrent_messages: int = Field(default=64, ge=1, le=10_000)
    max_queued_messages: int = Field(default=1_000, ge=1, le=1_000_000)
    max_stored_messages: int = Field(default=10_000, ge=1, le=10_000_000)
    message_ttl: float = Field(default=86_400, ge=1, le=_HUNDRED_YEARS)
    idempotency_ttl: float = Field(default=86_400, ge=1, le=_HUNDRED_YEARS)
    merge_window_ms: int = Field(default=0, ge=0, le=600_000)
    demo_customer_id: str = Field(default="C-1001", min_length=1, max_length=64)
    clock: datetime | None = None

    def today(self) -> date:
        """The customers' today, in UTC, unless CLOCK fixes it."""
        return (self.clock or datetime.now(UTC)).date()

    @model_validator(mode="after")
    def _holds_the_longest_message(self) -> Self:
        least = _BYTES_OF_CHARACTER * self.max_message_length + _FEWEST_BYTES_BESIDES
        if self.max_body_bytes < least:
            raise ValueError(
                f"MAX_BODY_BYTES must be at least {least}: a message of MAX_MESSAGE_LENGTH characters can take so many"
            )
        return self


class StreamSettings(SettingsGroup):
    """A client is a principal at an address; behind a proxy, without authentication, everybody is the same one."""

    max_streams: int = Field(default=2_000, ge=1, le=100_000)
    max_streams_per_client: int = Field(default=1_000, ge=1, le=100_000)
    stream_max_seconds: Seconds = 900
    slow_reader_seconds: Seconds = 20


class MCPSettings(SettingsGroup):
    """Addresses of the MCP servers; one that is not set means the bundled server, in process."""

    billing_mcp_server_url: ServerAddress | None = None
    roaming_mcp_server_url: ServerAddress | None = None
    tariff_mcp_server_url: ServerAddress | None = None
    faq_mcp_server_url: ServerAddress | None = None
    mcp_allowed_hosts: Hosts = ()
    mcp_max_calls: int | None = Field(default=None, ge=1, le=10_000)

    def url(self, server: str) -> str | None:
        value: str | None = getattr(self, f"{server}_mcp_server_url")
        return value


class UpstreamSettings(SettingsGroup):
    """When the model service or an MCP server that keeps failing is left alone, and for how many seconds."""

    model_config = SettingsConfigDict(env_prefix="UPSTREAM_")

    failures: int = Field(default=5, ge=1, le=1_000)
    pause: Seconds = 15


Provider = Literal["offline", "azure", "openai"]
StructuredOutput = Literal["json_schema", "json_schema_without_tools", "json_object", "prompt"]


class ModelSettings(SettingsGroup):
    provider: Literal["auto"] | Provider = Field(default="auto", validation_alias="MODEL_PROVIDER")
    azure_openai_endpoint: ApiAddress | None = None
    azure_openai_api_key: ApiKey | None = None
    azure_openai_deployment_name: str | None = None
    azure_openai_api_version: str = Field(default="2024-10-21", pattern=r"^\d{4}-\d{2}-\d{2}(-preview)?$")
    openai_api_key: ApiKey | None = None
    openai_base_url: ApiAddress | None = None
    openai_model: str = _OPENAI_MODEL
    temperature: float | None = Field(default=None, ge=0, le=2, validation_alias="MODEL_TEMPERATURE")
    reasoning_effort: Literal["minimal", "low", "medium", "high"] | None = Field(
        default=None, validation_alias="MODEL_REASONING_EFFORT"
    )
    structured_output: StructuredOutput = Field(default="json_schema", validation_alias="MODEL_STRUCTURED_OUTPUT")
    fallback: Literal["offline", "fail"] = Field(default="offline", validation_alias="MODEL_FALLBACK")
    request_timeout: Seconds = 30
    max_connections: int = Field(default=100, ge=1, le=10_000)
    max_calls: int = Field(
        default_factory=lambda data: min(_MOST_CALLS, data.get("max_connections", 1)),
        ge=1,
        le=10_000,
        validation_alias="MODEL_MAX_CALLS",
    )

    @cached_property
    def resolved_provider(self) -> Provider:
        if self.provider != "auto":
            return self.provider
        if self.azure_openai_endpoint and self.azure_openai_api_key and self.azure_openai_deployment_name:
            return "azure"
        return "openai" if self.openai_api_key or self.openai_base_url else "offline"

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.provider == "azure" and not (self.azure_openai_endpoint and self.azure_openai_deployment_name):
            raise ValueError("MODEL_PROVIDER=azure needs AZURE_OPENAI_ENDPOINT and AZURE_OPENAI_DEPLOYMENT_NAME")
        if self.provider == "openai" and not (self.openai_api_key or self.openai_base_url):
            raise ValueError("MODEL_PROVIDER=openai needs OPENAI_API_KEY or OPENAI_BASE_URL")
        if self.provider == "auto":
            self._refuse_halves()
        if self.max_calls > self.max_connections:
            raise ValueError("MODEL_MAX_CALLS must not be above MAX_CONNECTIONS: each call takes a connection")
        return self

    def _refuse_halves(self) -> None:
        """What was begun would be left out without a word, and the embedded model would answer."""
        azure = {
            "AZURE_OPENAI_ENDPOINT": self.azure_openai_endpoint,
            "AZURE_OPENAI_API_KEY": self.azure_openai_api_key,
            "AZURE_OPENAI_DEPLOYMENT_NAME": self.azure_openai_deployment_name,
        }
        missing = [name for name, value in azure.items() if not value]
        if missing == ["AZURE_OPENAI_API_KEY"]:
            raise ValueError("AZURE_OPENAI_API_KEY is not set; MODEL_PROVIDER=azure signs in without a key")
        if 0 < len(missing) < len(azure):
            there = " and ".join(name for name in azure if name not in missing)
            raise ValueError(
                f"{there} needs {' and '.join(missing)} too; MODEL_PROVIDER=offline or openai does without Azure"
            )
        if self.openai_model != _OPENAI_MODEL and self.resolved_provider == "offline":
            raise ValueError("OPENAI_MODEL needs OPENAI_API_KEY or OPENAI_BASE_URL, or MODEL_PROVIDER=offline")


class Settings(SettingsGroup):
    """All groups. `Settings.load()` reads the environment; constructor arguments replace a group, for tests."""

    api: APISettings = Field(default_factory=APISettings)
    contact: ContactSettings = Field(default_factory=ContactSettings)
    license: LicenseSettings = Field(default_factory=LicenseSettings)
    server: ServerSettings = Field(default_factory=ServerSettings)
    processing: ProcessingSettings = Field(default_factory=ProcessingSettings)
    store: StoreSettings = Field(default_factory=StoreSettings)
    streams: StreamSettings = Field(default_factory=StreamSettings)
    webhooks: WebhookSettings = Field(default_factory=WebhookSettings)
    cors: CORSSettings = Field(default_factory=CORSSettings)
    mcp: MCPSettings = Field(default_factory=MCPSettings)
    upstream: UpstreamSettings = Field(default_factory=UpstreamSettings)
    model: ModelSettings = Field(default_factory=ModelSettings)
    telemetry: TelemetrySettings = Field(default_factory=TelemetrySettings)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """No variables of its own: LICENSE or MODEL of somebody's shell is no group."""
        return (init_settings,)

    @cached_property
    def mcp_max_calls(self) -> int:
        """Of each server: what is not set is half of what is at work, so that a server that hangs leaves room."""
        most = min(_MOST_MCP_CALLS, self.processing.max_concurrent_messages // 2, self.model.max_connections // 2)
        return self.mcp.mcp_max_calls or max(1, most)

    @model_validator(mode="after")
    def _mcp_leaves_room(self) -> Self:
        calls, messages = self.mcp.mcp_max_calls, self.processing.max_concurrent_messages
        if calls and calls >= messages > 1:
            raise ValueError("MCP_MAX_CALLS must be below MAX_CONCURRENT_MESSAGES: a hanging server would hold up all")
        if calls and calls >= self.model.max_connections > 1:
            raise ValueError("MCP_MAX_CALLS must be below MAX_CONNECTIONS: a hanging server would hold up all")
        return self

    @model_validator(mode="after")
    def _safe_in_production(self) -> Self:
        if self.server.environment is not Environment.PRODUCTION:
            return self
        if self.processing.clock:
            raise ValueError("CLOCK is for tests and demonstrations and must not be set when ENV=production")
        if self.cors.allow_credentials and "*" in self.cors.origins:
            raise ValueError("CORS_ORIGINS=* with CORS_ALLOW_CREDENTIALS=true is unsafe when ENV=production")
        if self.api.debug:
            raise ValueError("DEBUG must be false when ENV=production")
        if self.telemetry.telemetry_content:
            raise ValueError("TELEMETRY_CONTENT must be false when ENV=production: it writes down what customers say")
        if self.processing.message_processing_delay >= self.processing.message_timeout:
            raise ValueError("MESSAGE_PROCESSING_DELAY must be below MESSAGE_TIMEOUT when ENV=production")
        return self
