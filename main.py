"""The command line: `python main.py [serve|worker|migrate|erase|mcp]`; without a command it serves."""

import asyncio
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from config.environment import InvalidSettings, SettingsGroup
from config.settings import MCPSettings, Settings
from config.store import StoreSettings
from lifecycle import only_process_on
from models.errors import StoreUnavailable
from models.principal import Principal
from runtime import work
from start_server import serve as serve_http
from storage.schema import NoDatabase, WrongSchema
from telemetry import PortTaken
from telemetry.logs import log_to_terminal

PORTS = {"billing": 3001, "roaming": 3002, "tariff": 3003, "faq": 3004}

app = typer.Typer(add_completion=False, no_args_is_help=False, pretty_exceptions_enable=False)


@app.callback(invoke_without_command=True)
def default(context: typer.Context) -> None:
    """Semker: asynchronous message service for AI customer care."""
    if context.invoked_subcommand is None:
        serve()


@app.command()
def serve() -> None:
    """Serve the HTTP API with the settings' host and port."""
    serve_http(_settings())


@app.command()
def worker() -> None:
    """Answer messages of a PostgreSQL without serving HTTP; start as many as you need."""
    settings = _settings()
    if settings.store.kind != "postgresql":
        typer.echo("A worker needs a queue that processes share: set DATABASE_URL to a PostgreSQL.", err=True)
        raise typer.Exit(1)
    log_to_terminal(settings.telemetry, access=False)
    try:
        asyncio.run(work(settings))
    except PortTaken as error:
        _end(str(error))


@app.command()
def migrate() -> None:
    """Bring the database of DATABASE_URL to the schema that this version needs."""
    store = _settings().store
    if store.kind == "memory":
        typer.echo("There is nothing to migrate: DATABASE_URL is not set.")
        return
    from storage import migrating  # noqa: PLC0415 - its libraries cost a second that `serve` does not need

    with _told(), _alone(store):
        before = migrating.version(store.url)
        migrating.migrate(store.url)
    typer.echo(f"The database has schema {migrating.version(store.url)} (before: {before or 'none'}).")


@app.command()
def erase(
    customer: Annotated[str, typer.Argument(help="Whose conversations are forgotten, open messages too")],
    tenant: Annotated[str, typer.Option(help="Where the customer belongs")] = "default",
    conversation: Annotated[str | None, typer.Option(help="Only this one of the customer's conversations")] = None,
) -> None:
    """Forget everything that a customer said and was told, while the service is running or not."""
    settings = _settings()
    if settings.store.kind == "memory":
        typer.echo("There is nothing to erase: DATABASE_URL is not set.")
        return
    from backends.erasing import erase_customer  # noqa: PLC0415 - only this command needs both databases

    with _told():
        erased = asyncio.run(erase_customer(settings, Principal(tenant, customer), conversation))
    typer.echo(f"{erased} conversations were erased.")


@app.command()
def mcp(
    name: Annotated[str, typer.Argument(help=f"One of {', '.join(PORTS)}, or all")],
    port: Annotated[int | None, typer.Option(min=1, max=65535, help="Default: 3001 to 3004, one for each")] = None,
    host: Annotated[str, typer.Option(help="Address to listen on")] = "127.0.0.1",
) -> None:
    """Run a bundled MCP server (or all four) over streamable HTTP."""
    if name != "all" and name not in PORTS:
        raise typer.BadParameter(f"{name!r} is not one of {', '.join(PORTS)}, all")
    if name == "all" and port is not None:
        raise typer.BadParameter("--port goes with one server; all use 3001 to 3004")
    from mcp_servers import serve as serve_mcp  # noqa: PLC0415 - it costs a second that `serve` does not need

    ports = PORTS if name == "all" else {name: port or PORTS[name]}
    asyncio.run(serve_mcp(ports, host=host, allowed_hosts=_loaded(MCPSettings).mcp_allowed_hosts))


def _settings() -> Settings:
    return _loaded(Settings)


def _loaded[Group: SettingsGroup](group: type[Group]) -> Group:
    try:
        return group.load()
    except InvalidSettings as error:
        _end(str(error))


@contextmanager
def _told() -> Iterator[None]:
    """What is the matter with the database, in one sentence."""
    try:
        yield
    except NoDatabase as error:
        _end(error.sentence)
    except StoreUnavailable:
        _end("The database of DATABASE_URL cannot be reached.")
    except WrongSchema as error:
        _end(str(error))


def _alone(store: StoreSettings) -> AbstractContextManager[None]:
    """Only PostgreSQL fills in what a process of the version before writes after a migration."""
    if store.kind != "sqlite":
        return nullcontext()
    path = Path(store.url.removeprefix("sqlite:///"))
    return only_process_on(path, refusal="A process of Semker has the SQLite file open: stop it, and then migrate.")


def _end(sentence: str) -> NoReturn:
    typer.echo(sentence, err=True)
    raise typer.Exit(1)


if __name__ == "__main__":
    app()
