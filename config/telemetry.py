"""What the environment decides about logs and telemetry.

Headers, service name, sampling and batching follow OpenTelemetry's own OTEL_* variables, which its SDK reads.
"""

import os
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import AliasChoices, BeforeValidator, Field, SecretStr, model_validator
from pydantic_settings import NoDecode

from config.addresses import HttpAddress
from config.environment import SettingsGroup

_OTLP_HTTP_PORT = 4318


class LoggingType(StrEnum):
    ASPIRE = "aspire"
    APPINSIGHTS = "appinsights"
    FILELOG = "filelog"


def _upper(value: object) -> object:
    return value.upper() if isinstance(value, str) else value


def _backends(value: object) -> object:
    if not isinstance(value, str):
        return value
    names = [name.strip().lower() for name in value.split(",") if name.strip()]
    return tuple(dict.fromkeys("filelog" if name == "file" else name for name in names))


LogLevel = Annotated[Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"], BeforeValidator(_upper)]
Backends = Annotated[tuple[LoggingType, ...], NoDecode, BeforeValidator(_backends), Field(min_length=1)]
Protocol = Literal["grpc", "http/protobuf"]


class TelemetrySettings(SettingsGroup):
    """`telemetry_content` lets prompts, replies, tool arguments and bodies out; for development only.

    `metrics_port` is for workers of their own; who serves the API serves metrics there.
    """

    logging_type: Backends = Field(default=(LoggingType.FILELOG,), validation_alias="SEMKER_LOGGING_TYPE")
    telemetry_enabled: bool = True
    telemetry_console: bool = False
    telemetry_content: bool = False
    telemetry_hash_key: SecretStr | None = None
    metrics_enabled: bool = False
    metrics_port: int | None = Field(default=None, ge=1, le=65_535)
    otlp_endpoint: HttpAddress = Field(
        default="http://localhost:4317",
        validation_alias=AliasChoices("OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT"),
    )
    otlp_protocol: Protocol | None = Field(default=None, validation_alias="OTEL_EXPORTER_OTLP_PROTOCOL")
    otlp_timeout: float = Field(default=3, gt=0, le=60, validation_alias="OTEL_EXPORTER_OTLP_TIMEOUT")
    applicationinsights_connection_string: SecretStr | None = None
    log_level: LogLevel = "INFO"
    log_folder: Path = Path("logs")
    max_log_size_mb: float = Field(default=10, gt=0, le=10_000)
    log_backup_count: int = Field(default=5, ge=0, le=1_000)

    @cached_property
    def resolved_otlp_protocol(self) -> Protocol:
        """The one that is set, else HTTP when the address has HTTP's port or a path, else gRPC."""
        address = urlsplit(self.otlp_endpoint)
        is_http = address.port == _OTLP_HTTP_PORT or address.path.strip("/") != ""
        return self.otlp_protocol or ("http/protobuf" if is_http else "grpc")

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.metrics_port is not None and not self.metrics_enabled:
            raise ValueError("METRICS_PORT needs METRICS_ENABLED=true")
        if not self.telemetry_enabled:
            if self.metrics_enabled:
                raise ValueError("METRICS_ENABLED=true needs TELEMETRY_ENABLED=true")
            return self
        connection = self.applicationinsights_connection_string
        if LoggingType.APPINSIGHTS in self.logging_type:
            if connection is None:
                raise ValueError("SEMKER_LOGGING_TYPE=appinsights needs APPLICATIONINSIGHTS_CONNECTION_STRING")
            if "instrumentationkey=" not in connection.get_secret_value().lower():
                raise ValueError("APPLICATIONINSIGHTS_CONNECTION_STRING must contain InstrumentationKey=")
        return self


def keep_azure_monitor_to_its_endpoint() -> None:
    """Its exporter would also report on itself to, and take orders from, hosts that nobody configured."""
    os.environ.setdefault("APPLICATIONINSIGHTS_STATSBEAT_DISABLED_ALL", "true")
    os.environ.setdefault("APPLICATIONINSIGHTS_CONTROLPLANE_DISABLED", "true")
