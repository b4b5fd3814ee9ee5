"""Settings that point the service at the fake model server."""

from typing import Literal

from pydantic import SecretStr

from config.settings import ModelSettings
from tests.doubles.fake_openai import API_KEY, MODEL, FakeOpenAI

type Remote = Literal["openai", "azure"]


def model_settings(model: FakeOpenAI, provider: Remote = "openai", *, request_timeout: float = 10) -> ModelSettings:
    if provider == "openai":
        return ModelSettings(
            provider="openai",
            openai_base_url=model.base_url,
            openai_api_key=SecretStr(API_KEY),
            openai_model=MODEL,
            request_timeout=request_timeout,
        )
    return ModelSettings(
        provider="azure",
        azure_openai_endpoint=model.azure_endpoint,
        azure_openai_api_key=SecretStr(API_KEY),
        azure_openai_deployment_name=MODEL,
        request_timeout=request_timeout,
    )
