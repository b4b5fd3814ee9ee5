"""The image holds what the service imports and nothing else, and starts as a container should.

scripts/check_image.py carries the Dockerfile out; that takes minutes.
"""

import ast
import json
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from docker.utils.build import exclude_paths  # type: ignore[import-untyped]
from dockerfile_parse import DockerfileParser  # type: ignore[import-untyped]

from main import app
from tests.config import ROOT

ENTRY_POINTS = ("main.py", "api.py", "start_server.py")
NOT_IN_THE_IMAGE = {"README.md"}
STEPS: list[tuple[str, str]] = [
    (step["instruction"], step["value"])
    for step in DockerfileParser(str(ROOT / "Dockerfile"), cache_content=True).structure
]


def last(instruction: str) -> str:
    return [value for name, value in STEPS if name == instruction][-1]


def context(root: Path) -> set[str]:
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    sent = exclude_paths(str(root), [line for line in lines if line and not line.startswith("#")])
    return {path for path in sent if (root / path).is_file()} - {"Dockerfile", ".dockerignore"}


def imported(module: str) -> Iterator[str]:
    """Names in import statements, and texts that look like a module, for those that are imported late."""
    for node in ast.walk(ast.parse((ROOT / module).read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            if re.fullmatch(r"[a-z_]+(\.[a-z_]+)+", node.value):
                yield node.value
        elif isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant):
            package = str(node.values[0].value).removesuffix(".")  # f"package.{name}" may be any of them
            if package.isidentifier():
                yield from (f"{package}.{path.stem}" for path in (ROOT / package).glob("*.py"))


def files_of(module: str) -> Iterator[str]:
    parts = module.split(".")
    for depth in range(1, len(parts) + 1):
        path = "/".join(parts[:depth])
        yield from (name for name in (f"{path}.py", f"{path}/__init__.py") if (ROOT / name).is_file())


def reached() -> set[str]:
    found: set[str] = set()
    open_ends = [*ENTRY_POINTS]
    while open_ends:
        module = open_ends.pop()
        if module not in found:
            found.add(module)
            open_ends += [file for name in imported(module) for file in files_of(name)]
    return found


def test_every_module_that_the_service_imports_is_in_the_image() -> None:
    assert reached() - context(ROOT) == set()


def test_packages_are_whole_with_their_data() -> None:
    sent = context(ROOT)
    packages = {module.partition("/")[0] for module in reached() if "/" in module} | {"web"}
    whole = {
        path.relative_to(ROOT).as_posix()
        for package in packages
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and path.name not in NOT_IN_THE_IMAGE
    }
    assert {"agents", "mcp_servers", "storage", "telemetry"} <= packages
    assert whole - sent == set()


def test_nothing_else_is_sent_to_the_builder() -> None:
    places = {path.partition("/")[0] for path in context(ROOT)}
    needed = {module.partition("/")[0] for module in reached()}
    assert places - needed == {"web", "requirements.txt", "LICENSE"}


@pytest.mark.parametrize(
    "secret", [".env", ".env.production", "agents/.env", "config/.env.local", ".git/config", "x.pem"]
)
def test_a_secret_beside_the_code_stays_outside(secret: str, tmp_path: Path) -> None:
    for name in (secret, "main.py", "agents/base.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("")
    assert context(tmp_path) == {"main.py", "agents/base.py"}


def test_it_starts_without_a_shell_so_that_signals_arrive() -> None:
    entry, command = json.loads(last("ENTRYPOINT")), json.loads(last("CMD"))
    assert entry == ["python", "main.py"]
    assert command == ["serve"]
    assert last("WORKDIR") == "/app"


@pytest.mark.parametrize("role", ["serve", "mcp", "worker", "migrate"])
def test_the_same_image_has_every_role(role: str) -> None:
    assert role in {
        command.name or command.callback.__name__ for command in app.registered_commands if command.callback
    }


def test_it_runs_as_a_user_that_is_a_number_and_not_root() -> None:
    user, group = last("USER").split(":")
    assert int(user) > 0
    assert int(group) > 0
    after = [name for name, _ in STEPS[[name for name, _ in STEPS].index("USER") :]]
    assert "RUN" not in after
    assert "COPY" not in after


@contextmanager
def answering(status: int) -> Iterator[tuple[int, list[str]]]:
    """A server's port, and the paths that it is asked for."""
    asked: list[str] = []

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(status)
            self.end_headers()

        def log_message(self, *_: object) -> None: ...

    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server.server_port, asked
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.parametrize(("status", "code"), [(200, 0), (503, 1)])
def test_health_is_checked_without_curl(status: int, code: int) -> None:
    check = json.loads(last("HEALTHCHECK").partition("CMD ")[2])
    assert check[0] == "python"
    with answering(status) as (port, asked):
        done = subprocess.run([sys.executable, *check[1:]], env={"PORT": str(port)}, check=False, timeout=10)
        assert done.returncode == code
        assert asked == ["/health/live"]


def test_everything_locked_is_installed_but_scipy(tmp_path: Path) -> None:
    step = next(value for name, value in STEPS if name == "RUN" and "requirements.txt" in value)
    (tmp_path / "requirements.txt").write_bytes((ROOT / "requirements.txt").read_bytes())
    subprocess.run(["bash", "-euc", step.partition("&&")[0]], cwd=tmp_path, check=True)
    locked, kept = (
        re.findall(r"^([a-z0-9.-]+)==", (tmp_path / name).read_text(), re.MULTILINE)
        for name in ("requirements.txt", "locked.txt")
    )
    assert set(locked) - set(kept) == {"scipy"}
    assert "--require-hashes" in step


def test_hadolint_finds_nothing() -> None:
    hadolint = Path(sys.executable).with_name("hadolint")
    done = subprocess.run([hadolint, ROOT / "Dockerfile"], capture_output=True, text=True, check=False)
    assert done.stdout == ""
