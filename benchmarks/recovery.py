"""How soon the messages of a killed process are final: `python -m benchmarks.recovery sqlite|postgres [--lease 15]`.

The embedded model and its tools. Bars: with PostgreSQL `LEASE_SECONDS` + 2 s after the kill, when another worker lives;
with SQLite 2 s after the next process answers.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from contextlib import ExitStack

from benchmarks.chaos_checks import open_messages
from benchmarks.databases import temporary_postgres
from benchmarks.durable import fresh, send, settled
from benchmarks.servers import semker, started, wait_for

IN_HAND = 60
RATE = 300  # faster than they are answered


def on_sqlite() -> bool:
    with tempfile.TemporaryDirectory() as directory:
        url = f"sqlite:///{directory}/semker.db"
        with semker(DATABASE_URL=url) as server:
            asyncio.run(send(server.port, fresh(IN_HAND), rate=RATE))
            server.process.kill()
            server.process.wait()
        left = open_messages(url)
        with started(["start_server.py"], {"DATABASE_URL": url}, ready="/health/live") as server:
            begun = time.monotonic()
            wait_for(f"{server.url}/health/ready")
            loaded = time.monotonic() - begun
            settled(url)
            took = time.monotonic() - begun
    print(
        f"sqlite: {left} open at the kill, final {took:.2f} s after the next process answers, {loaded:.2f} s of loading"
    )
    return took <= 2


def on_postgres(lease: float) -> bool:
    with temporary_postgres() as postgres, ExitStack() as stack:
        settings = {"DATABASE_URL": postgres.url, "LEASE_SECONDS": str(lease)}
        api = stack.enter_context(semker(**settings, WORKERS_IN_API="false"))
        killed, _ = [
            stack.enter_context(started(["main.py", "worker"], settings, ready=None)).process for _ in range(2)
        ]
        asyncio.run(send(api.port, fresh(2 * IN_HAND), rate=30))  # until both of them work
        settled(postgres.url)
        asyncio.run(send(api.port, fresh(IN_HAND), rate=RATE))
        killed.kill()
        left, begun = open_messages(postgres.url), time.monotonic()
        settled(postgres.url)
        took = time.monotonic() - begun
    print(f"postgres: {left} open at the kill, final {took:.2f} s after it with a lease of {lease:g} s")
    return took <= lease + 2


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("store", choices=("sqlite", "postgres"))
    parser.add_argument("--lease", type=float, default=15)
    arguments = parser.parse_args()
    return 0 if (on_sqlite() if arguments.store == "sqlite" else on_postgres(arguments.lease)) else 1


if __name__ == "__main__":
    sys.exit(main())
