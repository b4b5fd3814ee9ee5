"""A file of JSON lines that rotates by size; one process writes it, and a second one takes a name of its own."""

import fcntl
import json
import logging
import os
import sys
from collections.abc import Iterable, Mapping
from contextlib import suppress
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import IO, override

from config.telemetry import TelemetrySettings

_BYTES_PER_MB = 1024 * 1024


class JsonLines:
    """A folder that cannot be written to is told once; the service runs without the file."""

    def __init__(self, settings: TelemetrySettings, name: str) -> None:
        self._lock: IO[str] | None = None
        self._file: RotatingFileHandler | None = None
        try:
            settings.log_folder.mkdir(parents=True, exist_ok=True)
            self._file = _Quiet(
                self._own(settings.log_folder, name),
                maxBytes=int(settings.max_log_size_mb * _BYTES_PER_MB),
                backupCount=settings.log_backup_count,
                encoding="utf-8",
                delay=True,
            )
        except OSError as error:
            _tell(f"{settings.log_folder} cannot be written to ({error.strerror}); {name}.log is not kept")

    def write(self, lines: Iterable[Mapping[str, object]]) -> None:
        for line in lines:
            if self._file is not None:
                text = json.dumps(line, ensure_ascii=False, default=str)
                self._file.handle(logging.makeLogRecord({"msg": text}))

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None
        if self._lock is not None:
            self._lock.close()

    def _own(self, folder: Path, name: str) -> Path:
        """Two processes that rotate one file would lose each other's lines."""
        self._lock = (folder / f".{name}.lock").open("w")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return folder / f"{name}-{os.getpid()}.log"
        return folder / f"{name}.log"


class _Quiet(RotatingFileHandler):
    """One sentence when writing begins to fail, none for each line that is lost."""

    _has_failed = False

    @override
    def handleError(self, record: logging.LogRecord) -> None:
        if not self._has_failed:
            self._has_failed = True
            _tell(f"{Path(self.baseFilename).name} cannot be written; its lines are lost")


def _tell(sentence: str) -> None:
    with suppress(OSError, ValueError):
        sys.stderr.write(f"semker: {sentence}\n")
