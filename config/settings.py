"""Everything that the environment decides, with types and limits; the only reader of it besides config/telemetry.py.

A setting's variable is its group's prefix plus its name in capitals: `ServerSettings.port` is `SERVER_PORT`.
"""

from datetime import UTC, date, datetime
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Literal, Self

from pydantic import AliasChoices, Field, SecretStr, model_validator
from pydantic_settings import SettingsConfigDict

from config.environment import CommaList, SettingsGroup
from config.telemetry import TelemetrySettings
from config.webhooks import WebhookSettings

Seconds = Annotated[float, Field(gt=0, le=3600)]
HttpAddress = Annotated[str, Field(pattern=r"^https?://[^/\s]+")]
ServerAddress = Annotated[str, Field(pattern=r"^(https?://[^/\s]+|stdio:\s*\S)")]


class APISettings(SettingsGroup):
    model_config = SettingsConfigDict(env_prefix="API_")

    title: str = "Semker Async Message Processing API"
    version: str = "1.0.0"
    description: str = "AI-powered asynchronous message processing service"
    debug: bool = Field(default=False, validation_alias="DEBUG")


class ContactSettings(SettingsGroup):
    model_config = SettingsConfigDict(env_prefix="CONTACT_")

    name: str = "Semker API Support"
    email: str = "support@semker.dev"
    url: str = "https://semker.dev/support"


class LicenseSettings(SettingsGroup):
    model_config = SettingsConfigDict(env_prefix="LICENSE_")

    name: str = "MIT License"
    url: str = "https://opensource.org/licenses/MIT"


class Environment(StrEnum):
    DEVELOPMENT = "development"
    TEST = "test"
    PRODUCTION = "production"


class ServerSettings(SettingsGroup):
    model_config = SettingsConfigDict(env_prefix="SERVER_")

    host: str = "localhost"
    port: int = Field(default=8000, ge=1, le=65535, validation_alias=AliasChoices("PORT", "SERVER_PORT"))
    url: str = "http://localhost:8000"
    description: str = "Development server"
    environment: Environment = Field(default=Environment.DEVELOPMENT, validation_alias="ENV")
    shutdown_grace: float = Field(default=25, ge=0, le=3600, validation_alias="SHUTDOWN_GRACE")
    max_body_bytes: int = Field(default=64 * 1024, ge=1024, le=16 * 1024 * 1024, validation_alias="MAX_BODY_BYTES")


class ProcessingSettings(SettingsGroup):
    message_processing_delay: float = Field(default=0, ge=0, le=600)
    max_message_length: int = Field(default=10_000, ge=1, le=1_000_000)
    message_timeout: Seconds = 120
    max_concurrent_messages: int = Field(default=64, ge=1, le=10_000)
    max_queued_messages: int = Field(default=1_000, ge=1, le=1_000_000)
    max_stored_messages: int = Field(default=10_000, ge=1, le=10_000_000)
    message_ttl: float = Field(default=86_400, ge=1)
    idempotency_ttl: float = Field(default=86_400, ge=1)
    merge_window_ms: int = Field(default=0, ge=0, le=600_000)
    demo_customer_id: str = Field(default="C-1001", min_length=1, max_length=64)
    clock: datetime | None = None

    def today(self) -> date:
        """The customers' today, in UTC, unless CLOCK fixes it."""
        return (self.clock or datetime.now(UTC)).date()


class StoreSettings(SettingsGroup):
    """Where messages live: in this process's memory unless there is a DATABASE_URL."""

    database_url: SecretStr | None = None
    database_pool_size: int = Field(default=8, ge=1, le=1_000)
    database_statement_timeout: Seconds = 5
    lease_seconds: float = Field(default=15, ge=1, le=3600)
    max_attempts: int = Field(default=2, ge=1, le=10)
    workers_in_api: bool = True

    @cached_property
    def url(self) -> str:
        return self.database_url.get_secret_value() if self.database_url else ""

    @cached_property
    def kind(self) -> Literal["memory", "sqlite", "postgresql"]:
        if self.url.startswith("sqlite:///"):
            return "sqlite"
        return "postgresql" if self.url else "memory"

    @model_validator(mode="after")
    def _known(self) -> Self:
        if self.url and not self.url.startswith(("sqlite:///", "postgresql://")):
            raise ValueError("DATABASE_URL should be sqlite:///path or postgresql://...")
        if self.url == "sqlite:///" or ":memory:" in self.url:
            raise ValueError("DATABASE_URL=sqlite:/// needs the path of a file")
        return self


class StreamSettings(SettingsGroup):
    """A client is a principal at an address; behind a proxy, without authentication, everybody is the same one."""

    max_streams: int = Field(default=2_000, ge=1, le=100_000)
    max_streams_per_client: int = Field(default=1_000, ge=1, le=100_000)
    stream_max_seconds: Seconds = 900
    slow_reader_seconds: Seconds = 20


class CORSSettings(SettingsGroup):
    model_config = SettingsConfigDict(env_prefix="CORS_")

    origins: CommaList = ("http://localhost:3000", "http://127.0.0.1:3000")
    allow_credentials: bool = True
    allow_methods: CommaList = ("*",)
    allow_headers: CommaList = ("*",)


class MCPSettings(SettingsGroup):
    """Addresses of the MCP servers; one that is not set means the bundled server, in process."""

    billing_mcp_server_url: ServerAddress | None = None
    roaming_mcp_server_url: ServerAddress | None = None
    tariff_mcp_server_url: ServerAddress | None = None
    faq_mcp_server_url: ServerAddress | None = None
    mcp_allowed_hosts: CommaList = ()
    mcp_max_calls: int = Field(default=32, ge=1, le=10_000)

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
    azure_openai_endpoint: HttpAddress | None = None
    azure_openai_api_key: SecretStr | None = None
    azure_openai_deployment_name: str | None = None
    azure_openai_api_version: str = Field(default="2024-10-21", pattern=r"^\d{4}-\d{2}-\d{2}(-preview)?$")
    openai_api_key: SecretStr | None = None
    openai_base_url: HttpAddress | None = None
    openai_model: str = "gpt-4o-mini"
    temperature: float | None = Field(default=None, ge=0, le=2, validation_alias="MODEL_TEMPERATURE")
    reasoning_effort: Literal["minimal", "low", "medium", "high"] | None = Field(
        default=None, validation_alias="MODEL_REASONING_EFFORT"
    )
    structured_output: StructuredOutput = Field(default="json_schema", validation_alias="MODEL_STRUCTURED_OUTPUT")
    fallback: Literal["offline", "fail"] = Field(default="offline", validation_alias="MODEL_FALLBACK")
    max_calls: int = Field(default=100, ge=1, le=10_000, validation_alias="MODEL_MAX_CALLS")
    request_timeout: Seconds = 30
    max_connections: int = Field(default=100, ge=1, le=10_000)

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
        return self


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
        return self
