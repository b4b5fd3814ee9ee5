"""The one HTTP client to the model server: kept connections, every wait bounded, replies bounded in size."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, override

import httpx2
from openai import AsyncAzureOpenAI, AsyncOpenAI, DefaultAioHttpClient
from pydantic import SecretStr

from config.settings import ModelSettings
from models.errors import AnswerFailed
from models.message import ErrorCode
from telemetry.httpx_logger import Exchange

_CONNECT_SECONDS = 5.0
_KEEP_ALIVE_SECONDS = 60.0
_MAX_REPLY_BYTES = 4 * 1024 * 1024
_OPENAI = "https://api.openai.com/v1"
_AZURE_SCOPE = "https://cognitiveservices.azure.com/.default"
_NO_COMPRESSION = {"Accept-Encoding": "identity"}


@asynccontextmanager
async def model_client(settings: ModelSettings) -> AsyncIterator[tuple[AsyncOpenAI, str]]:
    """The client and the name of the model, which on Azure is the deployment's."""
    async with AsyncExitStack() as stack:
        http_client = await stack.enter_async_context(await asyncio.to_thread(_http_client, settings))
        if settings.resolved_provider == "azure":
            tokens = None if settings.azure_openai_api_key else await _azure_tokens(stack)
            yield _azure(settings, http_client, tokens), settings.azure_openai_deployment_name or ""
        else:
            yield _openai(settings, http_client), settings.openai_model


def _azure(
    settings: ModelSettings, http_client: httpx2.AsyncClient, tokens: Callable[[], Awaitable[str]] | None
) -> AsyncOpenAI:
    return AsyncAzureOpenAI(
        azure_endpoint=settings.azure_openai_endpoint or "",
        api_version=settings.azure_openai_api_version,
        api_key=_secret(settings.azure_openai_api_key),
        azure_ad_token_provider=tokens,
        http_client=http_client,
        max_retries=0,
        default_headers=_NO_COMPRESSION,
    )


def _openai(settings: ModelSettings, http_client: httpx2.AsyncClient) -> AsyncOpenAI:
    """Local servers want no key, but the client insists on one."""
    return AsyncOpenAI(
        base_url=settings.openai_base_url or _OPENAI,
        api_key=_secret(settings.openai_api_key) or "none",
        http_client=http_client,
        max_retries=0,
        default_headers=_NO_COMPRESSION,
    )


async def _azure_tokens(stack: AsyncExitStack) -> Callable[[], Awaitable[str]]:
    from azure.identity.aio import DefaultAzureCredential, get_bearer_token_provider  # noqa: PLC0415 - slow, rarely used

    credential = await stack.enter_async_context(DefaultAzureCredential())
    return get_bearer_token_provider(credential, _AZURE_SCOPE)


def _http_client(settings: ModelSettings) -> httpx2.AsyncClient:
    """Loads the CA bundle, so it takes its time. No redirects: they would carry the key elsewhere."""
    return _LoggedClient(
        timeout=httpx2.Timeout(settings.request_timeout, connect=min(_CONNECT_SECONDS, settings.request_timeout)),
        limits=httpx2.Limits(
            max_connections=settings.max_connections,
            max_keepalive_connections=settings.max_connections,
            keepalive_expiry=_KEEP_ALIVE_SECONDS,
        ),
        follow_redirects=False,
        event_hooks={"response": [_refuse_compressed]},
    )


class _LoggedClient(DefaultAioHttpClient):
    @override
    async def send(self, request: httpx2.Request, *, stream: bool = False, **options: Any) -> httpx2.Response:
        exchange = Exchange(request)
        try:
            response = await super().send(request, stream=True, **options)
        except BaseException as error:
            exchange.end(error)
            raise
        exchange.answered(response)
        assert isinstance(response.stream, httpx2.AsyncByteStream)
        response.stream = _BoundedStream(response.stream, exchange)
        if not stream:
            await response.aread()
        return response


async def _refuse_compressed(response: httpx2.Response) -> None:
    """We ask for no compression, so a compressed reply is an attempt to send more than it seems."""
    if response.headers.get("content-encoding", "identity") != "identity":
        raise AnswerFailed(ErrorCode.BAD_MODEL_OUTPUT)


class _BoundedStream(httpx2.AsyncByteStream):
    def __init__(self, stream: httpx2.AsyncByteStream, exchange: Exchange) -> None:
        self._stream = stream
        self._exchange = exchange

    @override
    async def __aiter__(self) -> AsyncIterator[bytes]:
        size = 0
        async for chunk in self._stream:
            size += len(chunk)
            self._exchange.chunk(chunk)
            if size > _MAX_REPLY_BYTES:
                raise AnswerFailed(ErrorCode.BAD_MODEL_OUTPUT)
            yield chunk

    @override
    async def aclose(self) -> None:
        self._exchange.end()
        await self._stream.aclose()


def _secret(value: SecretStr | None) -> str | None:
    return value.get_secret_value() if value else None
