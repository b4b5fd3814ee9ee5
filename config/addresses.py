"""Addresses and keys to them, checked at the start and not when they are first needed."""

import re
import shlex
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, AnyHttpUrl, SecretStr, ValidationError
from pydantic_settings import NoDecode

from config.environment import SPLIT

_PORTS = {"http": ":80", "https": ":443"}
_STDIO = "stdio:"


def _http(value: str) -> str:
    try:
        is_address = AnyHttpUrl(value).host is not None and urlsplit(value).hostname and not re.search(r"\s", value)
    except (ValidationError, ValueError):
        is_address = False
    if not is_address:
        raise ValueError("should be an http:// or https:// address")
    return value


def _server(value: str) -> str:
    if not value.startswith(_STDIO):
        return _http(value)
    try:
        command = shlex.split(value.removeprefix(_STDIO))
    except ValueError:
        command = []
    if not command:
        raise ValueError("should name a command")
    return value


def _http_or_path(value: str) -> str:
    return value if re.fullmatch(r"/\S*", value) else _http(value)


def _api(value: str) -> str:
    """Shown as a whole in consoles, so it is copied as a whole."""
    parts = urlsplit(_http(value))
    if parts.query or re.search(r"/openai/deployments|/(chat/)?completions/?$", parts.path):
        raise ValueError("should be only the part before /openai/deployments or /chat/completions, without a query")
    return value


def _key(value: SecretStr) -> SecretStr:
    if not re.fullmatch(r"[\x21-\x7e]+", value.get_secret_value()):
        raise ValueError("should be a key: visible ASCII characters without spaces")
    return value


def _host(value: str) -> str:
    if not re.fullmatch(r"[^\s/?#@\[\]]+", value):
        raise ValueError("should be a name or an IP address, without http:// and without a port")
    return value


def _origin(value: str) -> str:
    """As browsers write it, because it is compared with what they send: small letters, no default port."""
    origin = value.lower()
    if origin in ("*", "null"):
        return origin
    scheme, separator, host = origin.partition("://")
    if not separator or not re.fullmatch(r"[a-z][a-z0-9+.-]*", scheme) or not re.fullmatch(r"[^\s/?#@*]+", host):
        raise ValueError("should be * or origins like https://name.example:8443, without a path or a slash at the end")
    return origin.removesuffix(_PORTS.get(scheme, "\n"))


HttpAddress = Annotated[str, AfterValidator(_http)]
ApiAddress = Annotated[str, AfterValidator(_api)]
ApiKey = Annotated[SecretStr, AfterValidator(_key)]
HttpAddressOrPath = Annotated[str, AfterValidator(_http_or_path)]
ServerAddress = Annotated[str, AfterValidator(_server)]
Host = Annotated[str, AfterValidator(_host)]
Hosts = Annotated[tuple[Host, ...], NoDecode, SPLIT]
Origins = Annotated[tuple[Annotated[str, AfterValidator(_origin)], ...], NoDecode, SPLIT]
