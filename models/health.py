"""JSON of the health routes."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class SystemInformation(BaseModel):
    environment: str
    python_version: str
    platform: str
    cpu_count: int
    memory_mb: float = Field(description="Largest resident memory of this process so far, in MiB.")
    model_provider: str
    store: str
    messages_waiting: int
    messages_at_work: int


class HealthResponse(BaseModel):
    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "status": "healthy",
                "degraded": [],
                "timestamp": "2026-11-09T10:30:00.123456Z",
                "version": "1.0.0",
                "uptime_seconds": 3600.5,
                "system": {
                    "environment": "production",
                    "python_version": "3.12.1",
                    "platform": "Linux",
                    "cpu_count": 2,
                    "memory_mb": 180.4,
                    "model_provider": "offline",
                    "store": "memory",
                    "messages_waiting": 0,
                    "messages_at_work": 1,
                },
            }
        }
    )

    status: Literal["healthy", "degraded", "starting", "draining", "unavailable"]
    degraded: list[str] = Field(
        description="Model service and MCP servers whose last call failed, e.g. model, billing."
    )
    timestamp: datetime
    version: str
    uptime_seconds: float
    system: SystemInformation


class ProbeResponse(BaseModel):
    status: Literal["live", "ready", "starting", "draining", "unavailable"]
    reason: str | None = Field(default=None, description="Why the agents could not be loaded when it was tried last.")
