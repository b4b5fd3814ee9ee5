"""Mixed messages of several customers, a fifth of them met by a fault: `python -m benchmarks.faults [messages] [seed]`.

Bars: every message final, no answer of one customer in another's, liveness p99 below 250 ms. Answers are compared
with those that the same customer got to the same question before anything failed.
"""

import asyncio
import random
import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

from benchmarks.faults_client import CustomerConnection
from benchmarks.faults_upstreams import MODEL_FAULTS, TOOL_FAULTS
from benchmarks.http_client import Connection
from benchmarks.servers import Server, free_port, started
from tests.doubles.fake_openai import API_KEY

CUSTOMERS = ("C-1001", "C-1002", "C-1003", "C-1005", "C-1006")
QUESTIONS = (
    "What is my current bill?",
    "Which plan am I on?",
    "What is my current bill, and which plan am I on?",
    "What is my current bill, and how do I set up voicemail?",
    "How much does it cost to use my phone in France?",
    "Tell me a joke about penguins",
)
CLIENTS = 16
HARMED = 0.2
REQUEST_SECONDS = 2.0
MESSAGE_SECONDS = 8.0
PROBE_SECONDS = 0.02
_AMOUNT = re.compile(r"£\d[\d,.]*\d")

type Answers = Mapping[tuple[str, str], str]


@dataclass(frozen=True, slots=True)
class Sent:
    """`harmed` tells the fault, if there is one."""

    customer: str
    conversation: str
    question: str
    text: str
    harmed: str | None


@dataclass(frozen=True, slots=True)
class Ended:
    sent: Sent
    final: Mapping[str, Any]
    seconds: float

    @property
    def is_degraded(self) -> bool:
        return bool((self.final["details"] or {}).get("degraded"))


@dataclass(frozen=True, slots=True)
class Report:
    ended: Sequence[Ended]
    wrong: Sequence[Ended]
    late: Sequence[Ended]
    liveness: Sequence[float]

    @property
    def outcomes(self) -> Mapping[tuple[str, str], int]:
        kinds = (("harmed" if ended.sent.harmed else "not harmed", _outcome(ended)) for ended in self.ended)
        return dict(sorted(Counter(kinds).items()))

    @property
    def liveness_p99(self) -> float:
        return sorted(self.liveness)[int(0.99 * len(self.liveness))]


async def measure(port: int, messages: int, seed: int) -> Report:
    """Of the service at `port`, whose upstreams are those of `faults_upstreams`."""
    answers = await _answers_without_faults(port)
    to_send = _mixed(messages, random.Random(seed))
    liveness: list[float] = []
    probing = asyncio.create_task(_probe(port, liveness))
    ended: list[Ended] = []

    async def client() -> None:
        connection = await CustomerConnection.to(port)
        for sent in to_send:
            begun = time.monotonic()
            final = await connection.final(sent.customer, sent.conversation, sent.text, within=2 * MESSAGE_SECONDS)
            ended.append(Ended(sent, final, time.monotonic() - begun))
        connection.close()

    await asyncio.gather(*(client() for _ in range(CLIENTS)))
    probing.cancel()
    wrong = [one for one in ended if _is_wrong(one, answers)]
    late = [one for one in ended if one.seconds > MESSAGE_SECONDS + 1]
    return Report(ended, wrong, late, liveness)


def _mixed(messages: int, dice: random.Random) -> Iterator[Sent]:
    for number in range(messages):
        customer, question = dice.choice(CUSTOMERS), dice.choice(QUESTIONS)
        shared = f"{customer}-{dice.randrange(8)}"
        if dice.random() >= HARMED:
            yield Sent(customer, shared, question, question, None)
        elif dice.random() < 0.6:
            fault = dice.randrange(len(MODEL_FAULTS))
            text = f"{question} #{number}.f{fault}.{dice.randint(1, 3)}"
            yield Sent(customer, f"{customer}-harmed-{number}", question, text, f"model {fault}")
        else:
            fault = dice.randrange(len(TOOL_FAULTS))
            yield Sent(customer, f"m{fault}-{number}", question, question, f"tools {fault}")


async def _answers_without_faults(port: int) -> Answers:
    connection = await CustomerConnection.to(port)
    answers = {}
    for customer in CUSTOMERS:
        for question in QUESTIONS:
            final = await connection.final(customer, f"before-{customer}", question, within=MESSAGE_SECONDS)
            assert final["status"] == "completed", final
            answers[customer, question] = final["result"]
    connection.close()
    bills = {answers[customer, QUESTIONS[0]] for customer in CUSTOMERS}
    assert len(bills) == len(CUSTOMERS), bills
    return answers


def _is_wrong(ended: Ended, answers: Answers) -> bool:
    """Another answer than before although nothing failed, or one that begins with an amount never told before."""
    if ended.final["status"] != "completed":
        return False
    before, now = answers[ended.sent.customer, ended.sent.question], ended.final["result"]
    if ended.sent.harmed is None and not ended.is_degraded:
        return bool(now != before)
    return not set(_AMOUNT.findall(now)[:1]) <= set(_AMOUNT.findall(before))


async def _probe(port: int, seconds: list[float]) -> None:
    connection = await Connection.open(port)
    while True:
        begun = time.monotonic()
        answer = await connection.get("/health/live")
        assert answer.status == 200, answer
        seconds.append(time.monotonic() - begun)
        await asyncio.sleep(PROBE_SECONDS)


def _outcome(ended: Ended) -> str:
    if ended.final["status"] != "completed":
        return str(ended.final["error_code"] or ended.final["status"])
    return "completed by the stand-in" if ended.is_degraded else "completed"


@contextmanager
def service() -> Iterator[Server]:
    billing, tariff = free_port(), free_port()
    environment = {
        "MODEL_PROVIDER": "openai",
        "OPENAI_API_KEY": API_KEY,
        "BILLING_MCP_SERVER_URL": f"http://127.0.0.1:{billing}/mcp",
        "TARIFF_MCP_SERVER_URL": f"http://127.0.0.1:{tariff}/mcp",
        "REQUEST_TIMEOUT": str(REQUEST_SECONDS),
        "MESSAGE_TIMEOUT": str(MESSAGE_SECONDS),
        "CLOCK": "2026-11-23T10:00:00Z",
        "LOG_LEVEL": "CRITICAL",
    }
    with ExitStack() as stack:
        environment["LOG_FOLDER"] = stack.enter_context(tempfile.TemporaryDirectory())
        upstreams = ["-m", "benchmarks.faults_upstreams", f"{{port}},{billing},{tariff}"]
        model = stack.enter_context(started(upstreams, {}, ready="/v1/models"))
        environment["OPENAI_BASE_URL"] = f"{model.url}/v1"
        command = ["-m", "uvicorn", "benchmarks.faults_app:app", "--port", "{port}", "--no-access-log"]
        yield stack.enter_context(started(command, environment, ready="/health/ready"))


def main(messages: int = 300, seed: int = 1) -> None:
    with service() as server:
        begun = time.monotonic()
        report = asyncio.run(measure(server.port, messages, seed))
    print(f"{len(report.ended)} of {messages} messages final in {time.monotonic() - begun:.1f} s, seed {seed}")
    for (kind, outcome), number in report.outcomes.items():
        print(f"  {kind:12}{outcome:28}{number:5}")
    print(f"wrong answers: {len(report.wrong)} (bar: 0)")
    slowest = max(ended.seconds for ended in report.ended)
    print(f"later than their deadline + 1 s: {len(report.late)} (bar: 0), slowest {slowest:.2f} s")
    worst = max(report.liveness)
    print(f"liveness p99 {1000 * report.liveness_p99:.0f} ms (bar: 250), worst {1000 * worst:.0f} ms")
    for ended in (*report.wrong, *report.late):
        print(ended)


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
