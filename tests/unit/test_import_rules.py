"""Who may import whom, which is what keeps a part replaceable."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.config import ROOT

OURS = {"api", "agents", "config", "lifecycle", "main", "mcp_servers", "models", "process", "routes", "runtime"}
OURS |= {"backends", "distributed", "slow_clients", "start_server", "storage", "telemetry", "webhooks"}
ALLOWED = {
    "models": set(),
    "config": set(),
    "mcp_servers": set(),
    "storage": {"models", "config"},
    "process": {"models", "storage", "config", "telemetry"},
    "distributed": {"models", "process", "storage"},
    "webhooks": {"models"},
    "backends": {"config", "distributed", "lifecycle", "models", "process", "storage"},
    "routes": {"models", "process", "config", "telemetry"},
    "agents": {"models", "config", "telemetry"},
    "telemetry": {"config"},
}
EXCEPTIONS = {("agents/engine.py", "mcp_servers")}  # opens the bundled servers in process
AI_LIBRARIES = {"semantic_kernel": {"agents"}, "mcp": {"agents", "mcp_servers"}, "openai": {"agents"}}
DRIVERS = {  # a process without a database imports none of them
    "sqlite3": {"backends/sqlite.py", "storage/sqlite.py"},
    "psycopg": {"backends/postgresql.py", "distributed", "storage/postgres.py", "storage/postgres_writer.py"},
    "procrastinate": {"distributed", "storage/migrations"},
    "sqlalchemy": {"storage/migrating.py", "storage/migrations"},
    "alembic": {"storage/migrating.py", "storage/migrations"},
}
ENVIRONMENT_READERS = {"config", "lifecycle.py", "mcp_servers"}  # lifecycle: gunicorn names itself there

MODULES = sorted(
    path.relative_to(ROOT).as_posix()
    for place in (*OURS, *(f"{name}.py" for name in OURS))
    for path in ([ROOT / place] if place.endswith(".py") else (ROOT / place).rglob("*.py"))
    if path.is_file()
)


def imports(module: str) -> Iterator[str]:
    for node in ast.walk(ast.parse((ROOT / module).read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module}:{node.lineno}: relative import"
            yield node.module or ""


@pytest.mark.parametrize("module", MODULES)
def test_module_imports_only_what_its_layer_may(module: str) -> None:
    layer = Path(module).parts[0]
    for imported in imports(module):
        name = imported.partition(".")[0]
        if name in OURS and layer in ALLOWED and (module, name) not in EXCEPTIONS:
            assert name in ALLOWED[layer] | {layer}, f"{module} imports {imported}"
        if name in AI_LIBRARIES:
            assert layer in AI_LIBRARIES[name], f"{module} imports {imported}"
        if name in DRIVERS and layer != "mcp_servers":
            assert any(module.startswith(place) for place in DRIVERS[name]), f"{module} imports {imported}"
        if layer == "process":
            assert imported in {"storage.base"} or name != "storage", f"{module} imports {imported}"


@pytest.mark.parametrize("module", MODULES)
def test_only_settings_read_the_environment(module: str) -> None:
    if Path(module).parts[0] not in ENVIRONMENT_READERS:
        for node in ast.walk(ast.parse((ROOT / module).read_text())):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "os":
                assert node.attr not in {"environ", "getenv", "putenv"}, f"{module}:{node.lineno}"
