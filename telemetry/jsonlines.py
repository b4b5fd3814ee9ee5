"""A file of JSON lines that rotates by size; one process writes it, and a second one takes a name of its own."""

import fcntl
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from itertools import count
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import IO

from pydantic_core import to_json

from config.telemetry import TelemetrySettings

_BYTES_PER_MB = 1024 * 1024
# JSON lets these stand as they are, but many readers take them for the end of a line.
_LINE_BREAKS = str.maketrans({"\x85": "\\u0085", "\u2028": "\\u2028", "\u2029": "\\u2029"})


class JsonLines:
    """A folder that cannot be written to is told once; the service runs without the file."""

    def __init__(self, settings: TelemetrySettings, name: str) -> None:
        self._name = name
        self._lock: IO[str] | None = None
        self._file: _Rotating | None = None
        try:
            settings.log_folder.mkdir(parents=True, exist_ok=True)
            path = self._own(settings.log_folder)
            most = int(settings.max_log_size_mb * _BYTES_PER_MB)
            self._file = _Rotating(path, maxBytes=most, backupCount=settings.log_backup_count, encoding="utf-8")
        except OSError as error:
            _tell(f"{settings.log_folder} cannot be written to ({error.strerror}); {name}.log is not kept")

    def write(self, lines: Iterable[Mapping[str, object]]) -> None:
        if self._file is None:
            return
        try:
            self._file.append([_encoded(line) for line in lines])
        except OSError as error:
            _tell(f"{self._name}.log cannot be written ({error.strerror}); it ends here")
            self.close()

    def close(self) -> None:
        if self._file is not None:
            with suppress(OSError):
                self._file.close()
            self._file = None
        if self._lock is not None:
            self._lock.close()

    def _own(self, folder: Path) -> Path:
        """The first name that no other process has: two that rotate one file would lose each other's lines."""
        for number in count(1):
            name = self._name if number == 1 else f"{self._name}-{number}"
            self._lock = (folder / f".{name}.lock").open("w")
            try:
                fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                self._lock.close()
            else:
                break
        return folder / f"{name}.log"


class _Rotating(RotatingFileHandler):
    """Takes many lines at once, where the handler looks at the file system for each."""

    def append(self, lines: Iterable[str]) -> None:
        pending: list[str] = []
        with self._only_writer() as stream:
            file, size = stream, stream.tell()
            for line in lines:
                length = len(line.encode()) + 1
                if size + length > self.maxBytes and size:
                    file.write("".join(pending))
                    self.doRollover()
                    assert self.stream is not None
                    file, pending, size = self.stream, [], 0
                pending.append(f"{line}\n")
                size += length
            file.write("".join(pending))
            file.flush()

    @contextmanager
    def _only_writer(self) -> Iterator[IO[str]]:
        assert self.lock is not None
        with self.lock:
            self.stream = self.stream or self._open()
            yield self.stream


def _encoded(line: Mapping[str, object]) -> str:
    text = to_json(line, serialize_unknown=True).decode()
    return text if text.isascii() else text.translate(_LINE_BREAKS)


def _tell(sentence: str) -> None:
    with suppress(OSError, ValueError):
        sys.stderr.write(f"semker: {sentence}\n")
