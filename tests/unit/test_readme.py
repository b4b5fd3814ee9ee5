"""The README's shell blocks do what it says: each is run, in order, as a newcomer would."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from runpy import run_path

import pytest

from tests.doubles.fake_openai import API_KEY, MODEL

ROOT = Path(__file__).resolve().parents[2]
BLOCKS = re.findall(r"```bash\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
THE_TESTS = "scripts/run_tests.py"
HAS_UV = subprocess.run(["uv", "--version"], capture_output=True, check=False, cwd=ROOT).returncode == 0


@pytest.fixture(scope="module")
def ports() -> dict[str, int]:
    """The README's ports -> free ones; those of `mcp all` are fixed."""
    return {"8000": _free_port(), "11434": _free_port()}


def test_every_block_is_one_of_the_kinds_run_here() -> None:
    kinds = [_kind(block) for block in BLOCKS]
    assert kinds == ["serve", "ask", "ask", "ask", "tests", "mcp", "serve", "serve"]


def test_the_test_command_is_the_one_that_ci_runs() -> None:
    block = next(block for block in BLOCKS if _kind(block) == "tests")
    assert block.strip() in (ROOT / ".ci" / "run").read_text()


def test_the_test_command_runs_runners_that_exist() -> None:
    for _, _, runner, *paths in run_path(str(ROOT / THE_TESTS))["RUNNERS"]:
        assert find_spec(runner), runner
        assert all((ROOT / path).exists() for path in paths)


def test_start_and_ask(ports: dict[str, int]) -> None:
    serve, *asks = BLOCKS[:4]
    with _server(serve, ports, "8000"):
        first = json.loads(_run(asks[0], ports))
        assert first["status"] == "received"
        _wait_until_final(ports["8000"], first["message_id"])
        updates = json.loads(_run(asks[1], ports))
        assert [update["agent_name"] for update in updates] == [None, "PlannerAgent", "BillingAgent", "BillingAgent"]
        assert updates[-1]["result"].startswith("Your current bill is £45.50")
        named = f"MESSAGE_ID={first['message_id']}\n"
        assert '"status":"completed"' in _run(named + asks[2], ports)


def test_mcp_servers_of_their_own(ports: dict[str, int]) -> None:
    servers, serve = BLOCKS[5:7]
    with _server(servers, ports, "3004"), _server(serve, ports, "8000"):
        assert _answer(ports["8000"], "What is my current bill?").startswith("Your current bill is £45.50")


def test_a_model_server_that_speaks_openais_protocol(ports: dict[str, int]) -> None:
    command = [sys.executable, "-m", "tests.doubles.fake_openai", "--port", str(ports["11434"])]
    block = BLOCKS[7].replace("qwen3:8b", f"{MODEL} OPENAI_API_KEY={API_KEY}")
    with _process(command, {}, ports["11434"]), _server(block, ports, "8000"):
        assert "£45.50" in _answer(ports["8000"], "What is my current bill?")


def _kind(block: str) -> str:
    last = block.strip().splitlines()[-1]
    for ending, kind in (("start_server.py", "serve"), ("main.py mcp all", "mcp"), (THE_TESTS, "tests")):
        if last.endswith(ending):
            return kind
    return "ask"


def _prepared(block: str, ports: dict[str, int]) -> str:
    for written, free in ports.items():
        block = block.replace(f"localhost:{written}", f"localhost:{free}")
    return block if HAS_UV else block.replace("uv run python", sys.executable)


def _run(block: str, ports: dict[str, int]) -> str:
    done = subprocess.run(
        ["bash", "-euc", _prepared(block, ports)], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )
    return done.stdout


@contextmanager
def _server(block: str, ports: dict[str, int], port: str) -> Iterator[None]:
    environment = {"SERVER_PORT": str(ports["8000"])}
    with _process(["bash", "-euc", _prepared(block, ports)], environment, ports.get(port, int(port))):
        yield


@contextmanager
def _process(command: list[str], environment: dict[str, str], port: int) -> Iterator[None]:
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env={**os.environ, "UV_NO_SYNC": "1", **environment},
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        _wait_for_port(port)
        yield
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(30)


def _answer(port: int, text: str) -> str:
    request = urllib.request.Request(
        f"http://localhost:{port}/messages",
        data=json.dumps({"message": text}).encode(),
        headers={"Content-Type": "application/json", "x-ms-conversation-id": "readme"},
    )
    with urllib.request.urlopen(request, timeout=10) as response:
        message_id = json.load(response)["message_id"]
    return _wait_until_final(port, message_id)


def _wait_until_final(port: int, message_id: str) -> str:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        with urllib.request.urlopen(f"http://localhost:{port}/messages/{message_id}/status", timeout=10) as response:
            status = json.load(response)
        if status["status"] in {"completed", "failed", "cancelled"}:
            assert status["status"] == "completed", status
            return str(status["result"])
        time.sleep(0.05)
    raise TimeoutError(message_id)


def _wait_for_port(port: int) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            with socket.create_connection(("localhost", port), timeout=1):
                return
        except OSError:
            time.sleep(0.05)
    raise TimeoutError(f"nothing listens on port {port}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
