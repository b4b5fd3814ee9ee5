"""Builds the image's file tree without a container engine and tries every role of it; see image_build.py.

`python scripts/check_image.py`, as root; a few minutes, most of them downloads.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from image_build import Build, Stage

START_SECONDS, ANSWER_SECONDS, STOP_SECONDS = 60, 30, 10
LOGS = "/var/log/semker"


def main() -> None:
    if os.geteuid() != 0 or sys.platform != "linux" or sys.version_info[:2] != (3, 12):
        sys.exit("This needs Linux, root (for mounts) and Python 3.12, the version of the image.")
    with tempfile.TemporaryDirectory(prefix="semker-image-") as work:
        image = Build(Path(work)).run()
        _told("built", f"{_megabytes(image, '/opt/venv')} MB of packages, {_megabytes(image, '/app')} MB of our own")
        _nothing_unneeded(image)
        _serves(image, {}, volumes=[LOGS])
        _serves(image, {}, volumes=[])
        _serves(image, {"DATABASE_URL": "sqlite:////data/semker.db"}, volumes=["/data"])
        for place, name in enumerate(("billing", "roaming", "tariff", "faq")):
            _serves_tools(image, name, 3001 + place)
        _says(image, "migrate", "has schema", DATABASE_URL="sqlite:////tmp/semker.db")
        _says(image, "worker", "cannot be reached", DATABASE_URL="postgresql://127.0.0.1:1/nowhere")


def _nothing_unneeded(image: Stage) -> None:
    for module in ("scipy", "uv", "pytest"):
        looked = _once(image, ["python", "-c", f"import {module}"])
        assert "ModuleNotFoundError" in looked.stderr, f"{module} is in the image"
    assert not list(image.root.glob("app/.*")), "something hidden is in the image"
    assert not image.inside("/app/tests").exists(), "the tests are in the image"
    sources = set(image.inside("/app").rglob("*.py"))
    compiled = {path.parent.parent / f"{path.name.split('.')[0]}.py" for path in image.inside("/app").rglob("*.pyc")}
    assert sources == compiled, "not all of the bytecode is there"
    _told("contents", "neither scipy nor what only builds or tests; all of it compiled")


def _serves(image: Stage, settings: Mapping[str, str], *, volumes: Sequence[str]) -> None:
    port = _free_port()
    began = time.monotonic()
    with _running(image, image.words["CMD"], {"PORT": str(port), **settings}, volumes) as process:
        _until_answered(f"http://127.0.0.1:{port}/health/live", process)
        live = time.monotonic() - began
        _until_answered(f"http://127.0.0.1:{port}/health/ready", process)
        ready = time.monotonic() - began
        health = image.words["HEALTHCHECK"]
        assert _once(image, health, PORT=str(port)).returncode == 0, "HEALTHCHECK of a live service fails"
        assert _once(image, health, PORT=str(_free_port())).returncode != 0, "HEALTHCHECK of nothing succeeds"
        answer = _ask(port, "What is my current bill?")
        assert "£45.50" in answer, answer
        _stopped(process)
    where = " ".join(["writing to /tmp", *volumes])
    _told("serve", f"live after {live:.1f} s, ready after {ready:.1f} s, answers, ends at SIGTERM with 0; {where}")


def _serves_tools(image: Stage, name: str, port: int) -> None:
    words = ["mcp", name, "--host", "0.0.0.0", "--port", str(port)]
    with _running(image, words, {}, []) as process:
        _until_answered(f"http://127.0.0.1:{port}/health", process)
        _stopped(process)
    _told(f"mcp {name}", "healthy, ends at SIGTERM with 0")


def _says(image: Stage, role: str, expected: str, **settings: str) -> None:
    done = _once(image, [*image.words["ENTRYPOINT"], role], **settings)
    said = (done.stdout + done.stderr).strip().splitlines()
    assert any(expected in line for line in said), f"{role} said {said}"
    _told(role, said[-1])


@contextmanager
def _running(
    image: Stage, words: Sequence[str], settings: Mapping[str, str], volumes: Sequence[str]
) -> Iterator[subprocess.Popen[bytes]]:
    command = image.sealed([*image.words["ENTRYPOINT"], *words], settings, volumes=volumes)
    process = subprocess.Popen(command)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def _stopped(process: subprocess.Popen[bytes]) -> None:
    """The signal goes to process 1 of the container, which is the child of the one that we started."""
    (first,) = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    os.kill(int(first), signal.SIGTERM)
    code = process.wait(STOP_SECONDS)
    assert code == 0, f"ended with {code} at SIGTERM"


def _once(image: Stage, words: Sequence[str], **settings: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(image.sealed(words, settings), capture_output=True, text=True, check=False)


def _ask(port: int, text: str) -> str:
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/messages",
        data=json.dumps({"message": text}).encode(),
        headers={"Content-Type": "application/json", "x-ms-conversation-id": "image"},
    )
    with urllib.request.urlopen(request, timeout=ANSWER_SECONDS) as response:
        message_id = json.load(response)["message_id"]
    until = time.monotonic() + ANSWER_SECONDS
    while time.monotonic() < until:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/messages/{message_id}/status", timeout=5) as response:
            status = json.load(response)
        if status["status"] not in ("received", "inprogress"):
            return str(status["result"])
        time.sleep(0.05)
    raise TimeoutError(text)


def _until_answered(url: str, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        assert process.poll() is None, f"ended with {process.returncode}"
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.05)
    raise TimeoutError(url)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def _megabytes(image: Stage, path: str) -> int:
    return sum(file.lstat().st_size for file in image.inside(path).rglob("*") if file.is_file()) // 1_000_000


def _told(what: str, result: str) -> None:
    sys.stdout.write(f"{what:<12} {result}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
