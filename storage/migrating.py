"""From any schema to any other."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, inspect, text
from sqlalchemy.exc import DatabaseError, OperationalError

from models.errors import StoreUnavailable
from storage.schema import SCHEMA, NoDatabase

_MIGRATIONS = Path(__file__).parent / "migrations"


def migrate(url: str, revision: str = SCHEMA) -> None:
    """To the schema that this code needs, or to any `revision`, "base" for none."""
    found = version(url)
    engine = create_engine(_for_sqlalchemy(url))
    config = Config(attributes={"engine": engine})
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.set_main_option("path_separator", "os")
    try:
        if revision == "base" or (found is not None and revision < found):
            command.downgrade(config, revision)
        else:
            command.upgrade(config, revision)
    finally:
        engine.dispose()


def version(url: str) -> str | None:
    """Raises `StoreUnavailable`, `NoDatabase`."""
    engine = create_engine(_for_sqlalchemy(url))
    try:
        with engine.connect() as connection:
            if not inspect(connection).has_table("alembic_version"):
                return None
            found: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
            return found
    except OperationalError:
        raise StoreUnavailable from None
    except DatabaseError:
        if not url.startswith("sqlite"):
            raise
        raise NoDatabase("DATABASE_URL names a file that is no SQLite database.") from None
    finally:
        engine.dispose()


def _for_sqlalchemy(url: str) -> str:
    return url.replace("postgresql://", "postgresql+psycopg://", 1)
