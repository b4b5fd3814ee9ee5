"""The database's schema: which version it has, which one this code needs, and the way from one to the other."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, inspect, text

SCHEMA = "0002"
_MIGRATIONS = Path(__file__).parent / "migrations"


class WrongSchema(Exception):
    """One sentence that says what to do."""


def migrate(url: str, revision: str = SCHEMA) -> None:
    """To the schema that this code needs, or to any `revision`, "base" for none."""
    engine = create_engine(_for_sqlalchemy(url))
    config = Config(attributes={"engine": engine})
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.set_main_option("version_path_separator", "os")
    try:
        found = version(url)
        if revision == "base" or (found is not None and revision < found):
            command.downgrade(config, revision)
        else:
            command.upgrade(config, revision)
    finally:
        engine.dispose()


def version(url: str) -> str | None:
    engine = create_engine(_for_sqlalchemy(url))
    try:
        with engine.connect() as connection:
            if not inspect(connection).has_table("alembic_version"):
                return None
            found: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
            return found
    finally:
        engine.dispose()


def check(found: str | None) -> None:
    """Raises `WrongSchema` unless the database has the schema that this code needs."""
    if found is None or found < SCHEMA:
        raise WrongSchema(
            f"The database has schema {found or 'none'} and this version of Semker needs {SCHEMA}: "
            "run `python main.py migrate` first."
        )
    if found > SCHEMA:
        raise WrongSchema(
            f"The database has schema {found}, which is newer than the {SCHEMA} that this version of Semker knows: "
            "start a newer version of Semker."
        )


def _for_sqlalchemy(url: str) -> str:
    scheme, _, rest = url.partition("://")
    return f"postgresql+psycopg://{rest}" if scheme in ("postgresql", "postgres") else url
