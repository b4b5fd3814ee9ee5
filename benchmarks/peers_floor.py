"""What a message costs us, in units F of a floor that runs beside: `python -m benchmarks.peers_floor`.

F is the CPU of a server that does the same work with nothing between FastAPI, a bare httpx client and one stock MCP
session (`floor_app`). Both call the same model and the same MCP server (`floor_upstreams`), over HTTP.
"""

import asyncio
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from statistics import median

from benchmarks.floor_load import counts, cpu_ms, new_conversation, read_status, send_all
from benchmarks.servers import Server, semker, started

CLIENTS = 16
MESSAGES = 320
ROUNDS = 5
RARE = 0.05
STATUS_READS = 4_000
CONVERSATIONS = 96
TURNS = 20
MODEL_SECONDS = 0.3
IN_FLIGHT = 64
WAVES = 15


@dataclass(frozen=True, slots=True)
class Pair:
    ours: Server
    floor: Server
    upstreams: Server


def main() -> None:
    with pair() as servers:
        for server in (servers.ours, servers.floor):
            asyncio.run(send_all(server, [new_conversation() for _ in range(MESSAGES // 2)], CLIENTS))
        cost_of_a_message(servers)
        requests_of_a_message(servers)
        cost_of_a_status(servers.ours)
        cost_of_later_turns(servers)
    with pair(model_seconds=MODEL_SECONDS) as servers:
        throughput(servers)


def cost_of_a_message(servers: Pair) -> None:
    ratios = []
    for _ in range(ROUNDS):
        ours, floor = (cost(server, MESSAGES) for server in (servers.ours, servers.floor))
        ratios.append(ours / floor)
        print(f"  ours {ours:5.2f} ms   floor {floor:5.2f} ms   {ratios[-1]:.2f} F")
    tell("CPU per message", median(ratios), "F", "at most 1.5, aim 1.0", met=median(ratios) <= 1.5)


def requests_of_a_message(servers: Pair) -> None:
    """Right after other messages; a connection that then idles for seconds is closed, and opened by the next burst."""
    cost(servers.ours, MESSAGES)
    before = counts(servers.upstreams.url)
    cost(servers.ours, MESSAGES)
    after = counts(servers.upstreams.url)
    made = {name: after[name] - before.get(name, 0) for name in after}
    opened = {name: made.pop(name) / MESSAGES for name in tuple(made) if name.startswith("connections")}
    print(f"  {opened}")
    most = max(opened.values())
    tell("connections per message", most, "", "none, but for bursts after a lull", met=most <= RARE)
    calls = {name: number / MESSAGES for name, number in made.items() if number}
    expected = {"model: plan": 1.0, "model: choice": 1.0, "model: answer": 1.0, "tools/call": 1.0}
    print(f"  {calls}")
    tell("MCP round trips per message", calls["tools/call"], "", "1, and three of the model", met=calls == expected)


def cost_of_a_status(ours: Server) -> None:
    asyncio.run(read_status(ours, STATUS_READS, CLIENTS))
    before = cpu_ms(ours)
    asyncio.run(read_status(ours, STATUS_READS, CLIENTS))
    each = (cpu_ms(ours) - before) / STATUS_READS
    tell("CPU per status", each, "ms", "at most 0.3", met=each <= 0.3)


def cost_of_later_turns(servers: Pair) -> None:
    """Before and after, other conversations have their first turn, so that a busy machine slows both alike."""
    growth = {}
    for name, server in (("ours", servers.ours), ("floor", servers.floor)):
        conversations = [new_conversation() for _ in range(CONVERSATIONS)]
        for _ in range(TURNS - 1):
            asyncio.run(send_all(server, conversations, CLIENTS * 2))
        firsts, lasts = [], []
        for part in range(4):
            some = conversations[part::4]
            firsts.append(cost_of(server, [new_conversation() for _ in some]))
            lasts.append(cost_of(server, some))
        growth[name] = sum(lasts) / sum(firsts) - 1
        print(f"  {name}: first turn {sum(firsts) / 4:.2f} ms, turn {TURNS} {sum(lasts) / 4:.2f} ms")
    tell(f"CPU at turn {TURNS}", 100 * growth["ours"], "% more", "at most 10", met=growth["ours"] <= 0.1)


def throughput(servers: Pair) -> None:
    """Twice as many clients as are served at once, so that a poll's delay leaves no place empty."""
    rates = {}
    for name, server in (("ours", servers.ours), ("floor", servers.floor)):
        asyncio.run(send_all(server, [new_conversation() for _ in range(IN_FLIGHT)], IN_FLIGHT))
        begun = time.perf_counter()
        asyncio.run(send_all(server, [new_conversation() for _ in range(IN_FLIGHT * WAVES)], 2 * IN_FLIGHT))
        rates[name] = IN_FLIGHT * WAVES / (time.perf_counter() - begun)
        print(f"  {name}: {rates[name]:.1f}/s of {IN_FLIGHT / (3 * MODEL_SECONDS):.0f}/s")
    tell("messages a second", rates["ours"], "/s", "at least 50", met=rates["ours"] >= 50)


def cost(server: Server, messages: int) -> float:
    return cost_of(server, [new_conversation() for _ in range(messages)])


def cost_of(server: Server, conversations: list[str]) -> float:
    """Milliseconds of CPU per message."""
    before = cpu_ms(server)
    asyncio.run(send_all(server, conversations, CLIENTS))
    return (cpu_ms(server) - before) / len(conversations)


@contextmanager
def pair(*, model_seconds: float = 0) -> Iterator[Pair]:
    with ExitStack() as stack:
        upstreams = stack.enter_context(
            started(["-m", "benchmarks.floor_upstreams", "{port}", str(model_seconds)], {}, ready="/counts")
        )
        ours = stack.enter_context(
            semker(
                MODEL_PROVIDER="openai",
                OPENAI_BASE_URL=f"{upstreams.url}/v1",
                OPENAI_API_KEY="none",
                MODEL_FALLBACK="fail",
                BILLING_MCP_SERVER_URL=f"{upstreams.url}/mcp",
                LOG_LEVEL="INFO",
                LOG_FOLDER=stack.enter_context(tempfile.TemporaryDirectory()),
                SHUTDOWN_GRACE="0",
            )
        )
        command = ["-m", "uvicorn", "benchmarks.floor_app:app", "--port", "{port}", "--no-access-log"]
        floor = stack.enter_context(started(command, {"UPSTREAMS": upstreams.url}, ready="/health/ready"))
        yield Pair(ours, floor, upstreams)


def tell(what: str, value: float, unit: str, bar: str, *, met: bool) -> None:
    print(f"{what:28} {value:7.2f} {unit:7} bar: {bar:34} {'met' if met else 'MISSED'}")


if __name__ == "__main__":
    main()
