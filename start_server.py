"""`python start_server.py`: serve with the settings' host and port."""

import signal
import socket
import sys

import uvicorn
from fastapi import FastAPI

from api import create_app
from config.environment import InvalidSettings
from config.settings import Settings
from config.telemetry import LoggingType, TelemetrySettings
from lifecycle import STARTUP_FAILURE, allow_many_connections
from process.engine import Engine
from runtime import PlannerFactory
from slow_clients import Patience, patient_protocol
from telemetry.logs import log_to_terminal

_STORES = {"memory": "memory of this process", "sqlite": "SQLite file", "postgresql": "PostgreSQL"}
UNANSWERED_REQUEST_SECONDS = 5  # accepted messages were drained before; this is for requests alone


def serve(settings: Settings, planner: PlannerFactory | None = None) -> None:
    """`planner` replaces the real agents, for tests of what surrounds them."""
    _check_host(settings.server.host)
    log_to_terminal(settings.telemetry, access=settings.api.debug)
    allow_many_connections()
    sys.stdout.write(_banner(settings))
    sys.stdout.flush()
    app = create_app(settings, planner)
    config = uvicorn.Config(
        app,
        host=settings.server.host,
        port=settings.server.port,
        log_config=None,
        access_log=settings.api.debug,
        server_header=False,
        ws="none",  # a refused one would be logged with its path and query
        http=patient_protocol(Patience(unread=settings.streams.slow_reader_seconds)),
        timeout_graceful_shutdown=UNANSWERED_REQUEST_SECONDS,
    )
    server = uvicorn.Server(config)
    _exit_on_signals(app)
    server.run()
    if not server.started:
        sys.exit(STARTUP_FAILURE)


def _check_host(host: str) -> None:
    try:
        socket.getaddrinfo(host, None)
    except OSError:
        sys.exit("Invalid settings: SERVER_HOST is no address, and no name that this machine can resolve")


def _exit_on_signals(app: FastAPI) -> None:
    """uvicorn raises the signal that ended it once more when everything is closed; from outside, that is no failure."""

    def leave(*_: object) -> None:
        engine: Engine | None = getattr(app.state, "engine", None)
        sys.exit(1 if engine is not None and engine.has_given_up else 0)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, leave)


def _banner(settings: Settings) -> str:
    provider = settings.model.resolved_provider
    model = "offline, embedded (no key is configured)" if provider == "offline" else provider
    host = settings.server.host
    address = f"http://{f'[{host}]' if ':' in host else host}:{settings.server.port}"
    return (
        f"Semker {settings.api.version} on {address}\n"
        f"  documentation  {address}/docs\n"
        f"  model          {model}\n"
        f"  store          {_STORES[settings.store.kind]}\n"
        f"  telemetry      {_telemetry(settings.telemetry)}\n"
    )


def _telemetry(settings: TelemetrySettings) -> str:
    places = {LoggingType.FILELOG: f"files in {settings.log_folder}/", LoggingType.ASPIRE: settings.otlp_endpoint}
    names = (places.get(backend, "Application Insights") for backend in settings.logging_type)
    return ", ".join(names) if settings.telemetry_enabled else "off"


def main() -> None:
    try:
        serve(Settings.load())
    except InvalidSettings as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
