"""The real application as a process of its own on a free port."""

import os
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx

from tests.config import SETTINGS, START_SECONDS, START_SERVER, STOP_SECONDS
from tests.waiting import eventually

_INHERITED = ("PATH", "HOME", "LANG", "TMPDIR", "VIRTUAL_ENV", "SYSTEMROOT")


class Process:
    """A command with nothing of our environment and no `.env` but the given settings."""

    def __init__(self, command: Sequence[str], settings: Mapping[str, str], directory: Path) -> None:
        inherited = {name: os.environ[name] for name in _INHERITED if name in os.environ}
        self._log = directory / "output.log"
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                command, env=inherited | {**settings}, cwd=directory, stdout=log, stderr=subprocess.STDOUT
            )

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def output(self) -> str:
        return self._log.read_text(errors="replace")

    @property
    def is_running(self) -> bool:
        return self._process.poll() is None

    def send(self, number: signal.Signals) -> None:
        self._process.send_signal(number)

    def wait(self, seconds: float) -> int:
        """The exit code."""
        return self._process.wait(seconds)

    def end(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


class LiveServer(Process):
    def __init__(self, command: Sequence[str], settings: Mapping[str, str], directory: Path) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        command = [part.format(port=self.port) for part in command]
        super().__init__(command, {**SETTINGS, "SERVER_PORT": str(self.port), **settings}, directory)

    def wait_until(self, path: str) -> None:
        wait_until_answered(f"{self.url}{path}", self)


def wait_until_answered(url: str, server: Process) -> None:
    """Until a GET is answered with 200; at once an error when the process has ended."""
    with httpx.Client(timeout=5, trust_env=False) as client:

        def answers() -> bool:
            if not server.is_running:
                raise AssertionError(f"the process ended:\n{server.output}")
            try:
                return client.get(url).is_success
            except httpx.TransportError:
                return False

        try:
            eventually(answers, f"{url} to answer", within=START_SECONDS)
        except AssertionError as error:
            raise AssertionError(f"{error}\n{server.output}") from None


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


@contextmanager
def process(command: Sequence[str], settings: Mapping[str, str] | None = None) -> Iterator[Process]:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as directory:
        started = Process(command, settings or {}, Path(directory))
        try:
            yield started
        finally:
            started.end()


@contextmanager
def live_server(
    settings: Mapping[str, str] | None = None, *, command: Sequence[str] = START_SERVER, until: str = "/health/ready"
) -> Iterator[LiveServer]:
    """`{port}` in the command is the port; `until` names the probe to wait for."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as directory:
        server = LiveServer(command, settings or {}, Path(directory))
        try:
            server.wait_until(until)
            yield server
        finally:
            server.end()
