"""Run by Alembic; storage/schema.py gives the engine. Each migration is saved by itself: its locks are short."""

from alembic import context
from sqlalchemy import Engine, text

engine: Engine = context.config.attributes["engine"]
ONE_AT_A_TIME = 7_355_608

with engine.connect() as connection:
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"SELECT pg_advisory_lock({ONE_AT_A_TIME})"))  # until the connection is closed
        connection.commit()
    context.configure(connection=connection, transactional_ddl=True, transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()
