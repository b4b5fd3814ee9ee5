"""Where messages are kept, and who answers them."""

from functools import cached_property
from typing import Literal, Self

from pydantic import Field, SecretStr, model_validator

from config.environment import SettingsGroup


class StoreSettings(SettingsGroup):
    """Where messages live: in this process's memory unless there is a DATABASE_URL."""

    database_url: SecretStr | None = None
    database_pool_size: int = Field(default=8, ge=1, le=1_000)
    database_statement_timeout: float = Field(default=5, gt=0, le=3600)
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
        if not self.workers_in_api and self.kind != "postgresql":
            raise ValueError("WORKERS_IN_API=false needs a PostgreSQL in DATABASE_URL, or nobody answers messages")
        return self
