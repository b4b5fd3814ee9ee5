"""Several customers at once while a fifth of the messages is met by some fault; a small run of the benchmark."""

import asyncio

from benchmarks.faults import measure, service

MESSAGES = 60
SEED = 7


def test_every_message_ends_and_nobody_gets_the_answer_of_another() -> None:
    with service() as server:
        report = asyncio.run(measure(server.port, MESSAGES, SEED))
    assert len(report.ended) == MESSAGES
    assert not report.wrong
    assert not report.late
    assert ("harmed", "completed by the stand-in") in report.outcomes
    assert report.outcomes["not harmed", "completed"] > 0.6 * MESSAGES
    assert report.liveness_p99 < 1.0  # the benchmark has the bar; here others may use the machine
