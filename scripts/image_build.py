"""Carries out a Dockerfile without a container engine: on Linux, as root, with Python 3.12.

Each stage is a root of its own: this machine's system below, and a copy of its Python as /usr/local, which is what
python:3.12-slim is. A command runs there as process 1.
"""

import json
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from string import Template

from docker.utils.build import exclude_paths  # type: ignore[import-untyped]
from dockerfile_parse import DockerfileParser  # type: ignore[import-untyped]

ROOT = Path(__file__).resolve().parent.parent
SYSTEM = ("/usr/bin", "/usr/lib", "/usr/sbin", "/usr/share", "/bin", "/lib", "/lib64", "/sbin", "/etc", "/dev")
PASSED_ON = ("PIP_", "UV_", "SSL_CERT", "HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy")


@dataclass
class Stage:
    root: Path
    environment: dict[str, str] = field(default_factory=dict)
    directory: str = "/"
    shell: tuple[str, ...] = ("/bin/sh", "-c")
    user: str = "0:0"
    words: dict[str, list[str]] = field(default_factory=dict)

    def child(self, root: Path) -> "Stage":
        shutil.copytree(self.root, root, symlinks=True)
        return Stage(root, dict(self.environment), self.directory, self.shell, self.user, dict(self.words))

    def inside(self, path: str) -> Path:
        return self.root / Path(self.directory, path).as_posix().lstrip("/")

    def building(self, words: Sequence[str]) -> list[str]:
        passed_on = {name: value for name, value in os.environ.items() if name.startswith(PASSED_ON)}
        return self._command(["env", "-i", *self._variables(passed_on), *words], [])

    def sealed(self, words: Sequence[str], settings: Mapping[str, str], *, volumes: Sequence[str] = ()) -> list[str]:
        """As the image's user without any rights, on a tree that is read-only but for /tmp and the volumes."""
        user, _, group = self.user.partition(":")
        limits = [f"--reuid={user}", f"--regid={group}", "--clear-groups", "--no-new-privs", "--bounding-set=-all"]
        mounts = [f"mount --bind -o ro {self.root} {self.root}"]
        mounts += [f"mount -t tmpfs -o mode=1777,size=64m tmpfs {self.root}{path}" for path in ("/tmp", *volumes)]
        return self._command(["setpriv", *limits, "env", "-i", *self._variables(settings), *words], mounts)

    def _command(self, words: Sequence[str], mounts: Sequence[str]) -> list[str]:
        system = [f"mount --rbind -o ro {path} {self.root}{path}" for path in SYSTEM]
        enter = shlex.join(["chroot", str(self.root), *words])
        script = "; ".join(["set -e", *mounts, *system, f"mount -t proc proc {self.root}/proc", f"exec {enter}"])
        return ["unshare", "--mount", "--pid", "--fork", "--kill-child", "bash", "-c", script]

    def _variables(self, more: Mapping[str, str]) -> Iterator[str]:
        library = {"LD_LIBRARY_PATH": "/usr/local/lib"}  # for a Python that was built with a shared one
        yield f"--chdir={self.directory}"
        yield from (f"{name}={value}" for name, value in (library | self.environment | dict(more)).items())


class Build:
    def __init__(self, work: Path) -> None:
        self._work = work
        self._named: dict[str, Stage] = {}
        self._arguments: dict[str, str] = {}
        self._stage = Stage(work)
        self._images = {"python:3.12-slim": self._python}

    def run(self) -> Stage:
        parser = DockerfileParser(str(ROOT / "Dockerfile"), cache_content=True)
        for step in parser.structure:
            if step["instruction"] != "COMMENT":
                sys.stdout.write(f"{step['instruction']} {step['value'][:100]}\n")
                sys.stdout.flush()
                getattr(self, f"_{step['instruction'].lower()}")(step["value"])
        return self._stage

    def _python(self) -> Stage:
        root = self._work / "image"
        for path in (*SYSTEM, "/proc", "/tmp"):
            (root / path.lstrip("/")).mkdir(parents=True)
        (root / "tmp").chmod(0o1777)
        unneeded = shutil.ignore_patterns("test", "__pycache__", "site-packages", "share", "*.a")
        shutil.copytree(sys.base_prefix, root / "usr/local", symlinks=True, ignore=unneeded)
        stage = Stage(root, {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": "/root", "LANG": "C.UTF-8"})
        subprocess.run(stage.building(["python3.12", "-m", "ensurepip"]), check=True)
        for name in ("python", "pip"):
            link = root / "usr/local/bin" / name
            link.unlink(missing_ok=True)
            link.symlink_to(f"{name}3")
        return stage

    def _filled(self, value: str) -> str:
        return Template(value).safe_substitute(self._arguments | self._stage.environment)

    def _from(self, value: str) -> None:
        image, _, name = self._filled(value).partition(" AS ")
        origin = self._named[image] if image in self._named else self._images[image]()
        self._stage = origin.child(self._work / f"stage{len(self._named)}")
        self._named[name or str(len(self._named))] = self._stage

    def _arg(self, value: str) -> None:
        name, _, default = value.partition("=")
        self._arguments[name] = default

    def _env(self, value: str) -> None:
        for assignment in shlex.split(self._filled(value)):
            name, _, setting = assignment.partition("=")
            self._stage.environment[name] = setting

    def _shell(self, value: str) -> None:
        self._stage.shell = tuple(json.loads(value))

    def _workdir(self, value: str) -> None:
        self._stage.directory = value
        self._stage.inside(".").mkdir(parents=True, exist_ok=True)

    def _copy(self, value: str) -> None:
        *sources, target = value.split()
        if sources[0].startswith("--from="):
            origin = self._named[sources[0].removeprefix("--from=")]
            shutil.copytree(origin.inside(sources[1]), self._stage.inside(target), symlinks=True)
            return
        for file in sorted(context()):
            if sources == ["."] or file in sources:
                place = self._stage.inside(target) / file
                place.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(ROOT / file, place)

    def _run(self, value: str) -> None:
        subprocess.run(self._stage.building([*self._stage.shell, value]), check=True)

    def _user(self, value: str) -> None:
        self._stage.user = value

    def _healthcheck(self, value: str) -> None:
        self._stage.words["HEALTHCHECK"] = json.loads(value.partition("CMD ")[2])

    def _entrypoint(self, value: str) -> None:
        self._stage.words["ENTRYPOINT"] = json.loads(value)

    def _cmd(self, value: str) -> None:
        self._stage.words["CMD"] = json.loads(value)

    def _label(self, value: str) -> None: ...
    def _expose(self, value: str) -> None: ...


def context() -> set[str]:
    patterns = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if line and line[0] != "#"]
    return {f for f in exclude_paths(str(ROOT), patterns) if (ROOT / f).is_file()} - {"Dockerfile", ".dockerignore"}
