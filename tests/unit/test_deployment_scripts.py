"""The shell scripts, with a `docker` in PATH that only tells how it was called."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.config import ROOT

TELLING = '#!/bin/sh\nfor word in "$@"; do echo "$word"; done\n'


def run(script: str, *arguments: str, directory: Path, **settings: str) -> list[str]:
    docker = directory / "docker"
    docker.write_text(TELLING)
    docker.chmod(0o755)
    environment = {"PATH": f"{directory}:{os.environ['PATH']}", **settings}
    command = [str(ROOT / "scripts" / script), *arguments]
    done = subprocess.run(
        command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True, cwd=directory
    )
    return done.stdout.splitlines()


@pytest.mark.parametrize(("arguments", "tag"), [([], "latest"), (["1.2.3"], "1.2.3")])
def test_build_tags_the_version(arguments: list[str], tag: str, tmp_path: Path) -> None:
    called = run("docker-build.sh", *arguments, directory=tmp_path)
    assert called == ["build", "--build-arg", f"VERSION={tag}", "--tag", f"semker-api:{tag}", "."]


def test_build_hands_more_arguments_on(tmp_path: Path) -> None:
    assert "--no-cache" in run("docker-build.sh", "1.2.3", "--no-cache", directory=tmp_path)


def test_run_serves_on_the_port_without_rights(tmp_path: Path) -> None:
    called = run("docker-run.sh", directory=tmp_path, PORT="9000")
    assert called[-1] == "semker-api:latest"
    assert {"--read-only", "--init", "ALL", "no-new-privileges", "127.0.0.1:9000:9000", "PORT=9000"} <= set(called)


def test_run_hands_another_role_on(tmp_path: Path) -> None:
    called = run("docker-run.sh", "mcp", "billing", directory=tmp_path, IMAGE="semker-api:1.2.3")
    assert called[-3:] == ["semker-api:1.2.3", "mcp", "billing"]


def test_shellcheck_finds_nothing() -> None:
    shellcheck = Path(sys.executable).with_name("shellcheck")
    scripts = sorted((ROOT / "scripts").glob("*.sh"))
    done = subprocess.run([shellcheck, *scripts], capture_output=True, text=True, check=False)
    assert done.stdout == ""
