"""Reads the whole database after the storm and counts what should not be."""

import json
import sqlite3
from collections import Counter
from collections.abc import Iterator, Sequence, Set
from contextlib import closing
from dataclasses import dataclass, field
from itertools import groupby, pairwise

import psycopg

_UPDATES = """
SELECT messages.number, messages.id, messages.conversation, messages.attempt, updates.sequence, updates.position,
    updates.progress
FROM messages JOIN updates ON updates.message = messages.number
ORDER BY messages.conversation, messages.number, updates.sequence"""
_TWICE = "SELECT count(*) FROM messages GROUP BY text HAVING count(*) > 1"
_TIMES = "SELECT conversation_id, finished_at - received_at FROM messages WHERE final IS NOT NULL"
_OPEN = "SELECT count(*) FROM messages WHERE final IS NULL"


@dataclass
class Story:
    """One message as the database tells it."""

    id: str
    conversation: int
    attempt: int
    sequences: list[int] = field(default_factory=list)
    positions: list[int] = field(default_factory=list)
    progress: list[dict[str, object]] = field(default_factory=list)

    @property
    def finals(self) -> int:
        return sum(one["status"] in {"completed", "failed", "cancelled"} for one in self.progress)

    @property
    def tells_of_its_attempts(self) -> bool:
        return self.attempt < 2 or any(_is_interruption(one) for one in self.progress)


def _is_interruption(progress: dict[str, object]) -> bool:
    details = progress.get("details")
    kind = details.get("kind") if isinstance(details, dict) else None
    return kind == "worker_lost" or progress.get("error_code") == "worker_lost"


def open_messages(url: str) -> int:
    return int(str(_rows(url, _OPEN)[0][0]))


def answer_times(url: str, conversation_ids: Sequence[str]) -> list[int]:
    """Microseconds from taking a message to its end, in these conversations."""
    wanted = set(conversation_ids)
    return [int(str(took)) for conversation_id, took in _rows(url, _TIMES) if conversation_id in wanted]


def stories(url: str) -> Iterator[Story]:
    for _, rows in groupby(_rows(url, _UPDATES), key=lambda row: row[0]):
        story: Story | None = None
        for _, message_id, conversation, attempt, sequence, position, progress in rows:
            story = story or Story(str(message_id), int(str(conversation)), int(str(attempt)))
            story.sequences.append(int(str(sequence)))
            story.positions.append(int(str(position)))
            story.progress.append(json.loads(str(progress)))
        if story is not None:
            yield story


def judge(url: str, accepted: Set[str]) -> Counter[str]:
    """How often each promise was broken, and under "messages" and "run again" how much there was."""
    found = list(stories(url))
    faults: Counter[str] = Counter({"messages": len(found), "lost": len(accepted - {story.id for story in found})})
    faults["sent once, stored twice"] = sum(int(str(number)) - 1 for (number,) in _rows(url, _TWICE))
    for story in found:
        faults["stuck"] += story.finals == 0
        faults["more than one final update"] += story.finals > 1
        faults["gaps"] += story.sequences != list(range(1, len(story.sequences) + 1))
        faults["after the final update"] += story.finals == 1 and story.progress[-1]["status"] not in {
            "completed",
            "failed",
        }
        faults["run again unseen"] += not story.tells_of_its_attempts
        faults["run again"] += story.attempt > 1
        faults["failed"] += story.progress[-1]["status"] == "failed"
    for _, group in groupby(found, key=lambda story: story.conversation):
        for one, following in pairwise(group):
            faults["out of order"] += bool(following.positions[1:]) and following.positions[1] < one.positions[-1]
    return faults


FACTS = frozenset({"messages", "run again", "failed"})


def _rows(url: str, statement: str) -> list[tuple[object, ...]]:
    if url.startswith("sqlite:///"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"), timeout=10)) as connection:
            return connection.execute(statement).fetchall()
    with psycopg.connect(url) as remote:
        return remote.execute(statement.encode()).fetchall()
