"""The examples follow a message to its end, over streams that end early again and again."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.config import ANSWER_SECONDS, ROOT
from tests.live_server import LiveServer, live_server

EXAMPLES = ROOT / "examples"
SCRIPT = json.dumps({"steps": 6, "every": 0.2})
needs_node = pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")
needs_curl = pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")


@pytest.fixture(scope="module")
def server() -> Iterator[LiveServer]:
    """Its streams last half a second, the message that is followed more than one."""
    settings = {"PYTHONPATH": str(ROOT), "STREAM_MAX_SECONDS": "0.5"}
    with live_server(settings, command=(sys.executable, "-m", "tests.doubles.scripted_planner")) as running:
        yield running


@pytest.mark.parametrize(
    "command",
    [
        pytest.param((str(EXAMPLES / "follow.sh"),), marks=needs_curl, id="curl"),
        pytest.param((sys.executable, str(EXAMPLES / "follow.py")), id="python"),
        pytest.param(("node", str(EXAMPLES / "follow.mjs")), marks=needs_node, id="javascript"),
    ],
)
def test_example_tells_every_update_once(server: LiveServer, command: tuple[str, ...]) -> None:
    run = subprocess.run(
        [*command, SCRIPT, server.url], capture_output=True, text=True, timeout=ANSWER_SECONDS, check=False
    )
    assert run.returncode == 0, run.stderr
    told = re.findall(r"Message received|step \d|answer after", run.stdout)
    assert told == ["Message received", *(f"step {number}" for number in range(1, 7)), "answer after"], run.stdout
