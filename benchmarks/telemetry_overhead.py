"""Server CPU per answered message with each way of telemetry: `python -m benchmarks.telemetry_overhead [messages]`.

Rounds alternate between servers that run side by side, so that a busy machine is unfair to nobody. Bars, against
TELEMETRY_ENABLED=false: at most +30 % with a collector that takes everything; with one that is away, throughput within
5 % and memory flat.
"""

import asyncio
import sys
import tempfile
import time
from collections.abc import Mapping
from contextlib import ExitStack
from statistics import median

from benchmarks.end_to_end import answer_messages
from benchmarks.servers import Server, free_port, semker, started_program

ROUNDS = 7
WARM_UP = 300

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


def main(messages: int) -> None:
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
            cpu, rate = (median(found[way][place] for found in rounds) for place in (0, 1))
            more = median(found[way][0] / found["off"][0] for found in rounds) - 1
            faster = median(found[way][1] / found["off"][1] for found in rounds) - 1
            print(
                f"{way:15} {cpu:5.2f} ms CPU ({more:+6.1%})   {rate:5.0f}/s ({faster:+6.1%})   "
                f"{memory[way]:5.1f} -> {server.memory_mib():5.1f} MiB"
            )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 320)
