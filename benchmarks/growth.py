"""Fills a database with messages of the past, faster than they could be sent."""

import json
import sqlite3
import time
from collections.abc import Sequence
from contextlib import closing

import psycopg

CUSTOMER = "C-1001"
CONVERSATIONS = 5_001
IN_A_CONVERSATION = 100
_PROGRESS = [
    json.dumps({"status": "received", "result": "Message received and sent to the agent."}),
    json.dumps({"status": "inprogress", "result": "Looking up your current bill"}),
    json.dumps({"status": "completed", "result": "Your current bill is £45.50.", "agent_name": "BillingAgent"}),
]


def grow(url: str, messages: int) -> str:
    """Until there are so many; the id of one in the middle."""
    is_file = url.startswith("sqlite:///")
    with closing(sqlite3.connect(url.removeprefix("sqlite:///")) if is_file else psycopg.connect(url)) as connection:
        cursor = connection.cursor()
        mark = "?" if is_file else "%s"
        (there,) = cursor.execute("SELECT count(*) FROM messages").fetchone() or (0,)
        if not there:
            _fill(
                cursor,
                f"INSERT INTO conversations VALUES ({mark}, 'default', '{CUSTOMER}', {mark}, 0, 1)",
                [(number, f"grown-{number}") for number in range(1, CONVERSATIONS + 1)],
            )
        now = int(time.time() * 1_000_000)
        for start in range(there + 1, messages + 1, 5_000):
            numbers = range(start, min(start + 5_000, messages + 1))
            _fill(cursor, _INSERT_MESSAGE.replace("?", mark), [_message(number, now) for number in numbers])
            rows = [
                (number, number // IN_A_CONVERSATION + 1, step + 1, now + step, now, text)
                for number in numbers
                for step, text in enumerate(_PROGRESS)
            ]
            _fill(cursor, _INSERT_UPDATE.replace("?", mark), rows)
        cursor.execute(_STORED)
        for kind in ("all", "completed"):
            values = ("default", CUSTOMER, kind, messages - there, messages - there)
            cursor.execute(_COUNT.replace("?", mark), values)
        connection.commit()
    _analyze(url)
    return f"grown-message-{messages // 2}"


_INSERT_MESSAGE = """
INSERT INTO messages (number, id, conversation, tenant, customer_id, scopes, conversation_id, text, status, received_at,
    attempt, sequence, write_id, final, finished_at)
VALUES (?, ?, ?, 'default', ?, '', ?, 'What is my current bill', 'completed', ?, 1, 3, '', 'completed', ?)"""
_INSERT_UPDATE = """
INSERT INTO updates (message, conversation, sequence, position, processed_at, progress) VALUES (?, ?, ?, ?, ?, ?)"""
_STORED = """
UPDATE conversations SET stored = (SELECT count(*) FROM messages WHERE messages.conversation = conversations.number)
WHERE number IN (SELECT conversation FROM messages)"""
_COUNT = """
INSERT INTO counts (tenant, customer_id, kind, slot, messages) VALUES (?, ?, ?, 0, ?)
ON CONFLICT (tenant, customer_id, kind, slot) DO UPDATE SET messages = counts.messages + ?"""


def _message(number: int, now: int) -> tuple[int | str, ...]:
    conversation = number // IN_A_CONVERSATION + 1
    return (number, f"grown-message-{number}", conversation, CUSTOMER, f"grown-{conversation}", now, now)


def _fill(
    cursor: "sqlite3.Cursor | psycopg.Cursor[tuple[int]]", statement: str, rows: Sequence[tuple[int | str, ...]]
) -> None:
    if isinstance(cursor, sqlite3.Cursor):
        cursor.executemany(statement, rows)
    else:
        cursor.executemany(statement.encode(), rows)


def _analyze(url: str) -> None:
    if url.startswith("postgresql"):
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("VACUUM ANALYZE")
