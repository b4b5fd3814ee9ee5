"""What the environment decides about logs and telemetry."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, SecretStr

from config.environment import SettingsGroup


class LoggingType(StrEnum):
    ASPIRE = "aspire"
    APPINSIGHTS = "appinsights"
    FILELOG = "filelog"


def _upper(value: object) -> object:
    return value.upper() if isinstance(value, str) else value


LogLevel = Annotated[Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"], BeforeValidator(_upper)]


class TelemetrySettings(SettingsGroup):
    logging_type: LoggingType = Field(default=LoggingType.FILELOG, validation_alias="SEMKER_LOGGING_TYPE")
    telemetry_enabled: bool = True
    telemetry_console: bool = False
    otlp_endpoint: str = "http://localhost:4317"
    applicationinsights_connection_string: SecretStr | None = None
    log_level: LogLevel = "INFO"
    log_folder: Path = Path("logs")
    max_log_size_mb: float = Field(default=10, gt=0, le=10_000)
    log_backup_count: int = Field(default=5, ge=0, le=1_000)
