"""The processes that are harmed: killed, paused, and started again whenever they are gone."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from benchmarks.servers import ROOT, free_port

STARTING_SECONDS = 1.5  # a worker that is only being started cannot be harmed much

AGAIN_SECONDS = 0.5  # at the soonest after the last start


@dataclass
class Member:
    """`role` is api or worker."""

    role: str
    environment: Mapping[str, str]
    port: int = field(default_factory=free_port)
    started_at: float = -AGAIN_SECONDS
    process: subprocess.Popen[bytes] | None = None

    @property
    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    @property
    def has_begun(self) -> bool:
        return self.is_running and time.monotonic() - self.started_at > STARTING_SECONDS

    def start_if_gone(self) -> None:
        if self.is_running or time.monotonic() - self.started_at < AGAIN_SECONDS:
            return
        environment = {**os.environ, **self.environment, "SERVER_PORT": str(self.port), "SERVER_HOST": "127.0.0.1"}
        command = [sys.executable, "-m", "benchmarks.chaos_service", self.role]
        self.process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
        self.started_at = time.monotonic()

    def send(self, number: signal.Signals) -> None:
        if self.process is not None and self.is_running:
            self.process.send_signal(number)

    def kill(self) -> None:
        self.send(signal.SIGKILL)
        if self.process is not None:
            self.process.wait()


@contextmanager
def running(members: Sequence[Member]) -> Iterator[None]:
    try:
        for member in members:
            member.start_if_gone()
        yield
    finally:
        for member in members:
            member.kill()
