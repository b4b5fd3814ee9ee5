"""Which pages of other origins may use the API from a browser."""

from typing import Annotated

from pydantic import Field
from pydantic_settings import NoDecode, SettingsConfigDict

from config.addresses import Origins
from config.environment import SPLIT, SettingsGroup

_Method = Annotated[str, Field(pattern=r"^(\*|[A-Z]+)$")]
_HeaderName = Annotated[str, Field(pattern=r"^[A-Za-z0-9!#$%&'*+.^_`|~-]+$")]


class CORSSettings(SettingsGroup):
    model_config = SettingsConfigDict(env_prefix="CORS_")

    origins: Origins = ("http://localhost:3000", "http://127.0.0.1:3000")
    allow_credentials: bool = True
    allow_methods: Annotated[tuple[_Method, ...], NoDecode, SPLIT] = ("*",)
    allow_headers: Annotated[tuple[_HeaderName, ...], NoDecode, SPLIT] = ("*",)
