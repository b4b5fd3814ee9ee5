"""Run by Alembic; storage/schema.py gives the engine."""

from alembic import context
from sqlalchemy import Engine, text

engine: Engine = context.config.attributes["engine"]
ONE_AT_A_TIME = 7_355_608

with engine.begin() as connection:
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"SELECT pg_advisory_xact_lock({ONE_AT_A_TIME})"))
    context.configure(connection=connection, transactional_ddl=True)
    context.run_migrations()
