"""Server CPU per answered message with each way of telemetry: `python -m benchmarks.telemetry_overhead [messages]`.

Rounds alternate between servers that run side by side, and those that the machine disturbed least count. Bars, against
TELEMETRY_ENABLED=false: at most +30 % with a collector that takes everything; with one that is away, throughput within
5 % and memory flat.
"""

import asyncio
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from statistics import mean

from benchmarks.end_to_end import answer_messages
from benchmarks.servers import Server, free_port, semker, started_program

ROUNDS = 15
UNDISTURBED = 3
WARM_UP = 300
MOST_MORE_CPU = 0.30
MOST_SLOWER = 0.05

WAYS: Mapping[str, Mapping[str, str]] = {
    "off": {"TELEMETRY_ENABLED": "false"},
    "files": {"SEMKER_LOGGING_TYPE": "filelog"},
    "collector": {"SEMKER_LOGGING_TYPE": "aspire", "OTLP_ENDPOINT": "http://127.0.0.1:{collector}"},
    "collector away": {"SEMKER_LOGGING_TYPE": "aspire", "OTLP_ENDPOINT": "http://127.0.0.1:{nobody}"},
}


def measure(server: Server, messages: int) -> tuple[float, float]:
    """Milliseconds of CPU for a message, and messages a second."""
    cpu, begun = server.cpu_seconds(), time.perf_counter()
    asyncio.run(answer_messages(server, messages))
    return 1000 * (server.cpu_seconds() - cpu) / messages, messages / (time.perf_counter() - begun)


def main(messages: int) -> int:
    ports = {"collector": str(free_port()), "nobody": str(free_port())}
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        stack.enter_context(started_program(["-m", "tests.doubles.otlp_collector", "--port", ports["collector"]]))
        servers = {
            way: stack.enter_context(
                semker(
                    LOG_LEVEL="INFO",
                    LOG_FOLDER=folder,
                    MAX_STORED_MESSAGES="1000",
                    **{name: value.format(**ports) for name, value in settings.items()},
                )
            )
            for way, settings in WAYS.items()
        }
        for server in servers.values():
            asyncio.run(answer_messages(server, WARM_UP))
        memory = {way: server.memory_mib() for way, server in servers.items()}
        rounds = [{way: measure(server, messages) for way, server in servers.items()} for _ in range(ROUNDS)]
        for way, server in servers.items():
            cpu, rate = least(rounds, way), most(rounds, way)
            more, faster = cpu / least(rounds, "off") - 1, rate / most(rounds, "off") - 1
            print(
                f"{way:15} {cpu:5.2f} ms CPU ({more:+6.1%})   {rate:5.0f}/s ({faster:+6.1%})   "
                f"{memory[way]:5.1f} -> {server.memory_mib():5.1f} MiB"
            )
    more = least(rounds, "collector") / least(rounds, "off") - 1
    slower = 1 - most(rounds, "collector away") / most(rounds, "off")
    print(f"collector {more:+.1%} CPU (bar +30%), collector away {slower:.1%} slower (bar 5%)")
    return 0 if more <= MOST_MORE_CPU and slower <= MOST_SLOWER else 1


def least(rounds: Sequence[Mapping[str, tuple[float, float]]], way: str) -> float:
    """The CPU of the rounds that were disturbed least: others only add to it."""
    return mean(sorted(found[way][0] for found in rounds)[:UNDISTURBED])


def most(rounds: Sequence[Mapping[str, tuple[float, float]]], way: str) -> float:
    return mean(sorted((found[way][1] for found in rounds), reverse=True)[:UNDISTURBED])


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 160))
