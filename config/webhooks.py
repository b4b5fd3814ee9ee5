"""Whether and how clients are called back."""

import base64
import binascii
from typing import Annotated, Self

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import SettingsConfigDict

from config.environment import SettingsGroup

_PREFIX = "whsec_"


class WebhookSettings(SettingsGroup):
    """Without a secret no callbacks are accepted."""

    model_config = SettingsConfigDict(env_prefix="WEBHOOK_")

    secret: SecretStr | None = None
    timeout: Annotated[float, Field(gt=0, le=120)] = 15
    concurrency: int = Field(default=16, ge=1, le=1_000)
    max_pending: int = Field(default=10_000, ge=1, le=1_000_000)

    @model_validator(mode="after")
    def _strong(self) -> Self:
        value = self.secret.get_secret_value() if self.secret else None
        if value is not None and not (value.startswith(_PREFIX) and 24 <= _length(value.removeprefix(_PREFIX)) <= 64):
            raise ValueError("WEBHOOK_SECRET should be whsec_ and 24 to 64 random bytes in base64")
        return self


def _length(encoded: str) -> int:
    try:
        return len(base64.b64decode(encoded, validate=True))
    except binascii.Error:
        return 0
