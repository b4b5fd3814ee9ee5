"""What is asked often is found by an index, however much is stored: plans of both databases for 100,000 messages."""

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from models.message import MessageStatus
from models.page import MessageFilter
from models.principal import Principal
from storage import postgres_writes, reads, sql_outbox, sqlite_writes
from storage.database import Dialect, Value
from storage.migrating import migrate
from storage.postgres import for_psycopg
from tests.doubles.postgres import new_database

MESSAGES = 100_000
IN_A_CONVERSATION = 5
LARGE = 2_000  # messages of the first conversation, besides
OWNER = Principal(tenant="default", customer_id="customer-0")
PARAMETERS: Mapping[str, Value] = {
    **{"tenant": "default", "customer_id": "customer-0", "conversation_id": "c0", "id": "m5", "claim_key": "key"},
    **{"claim_digest": "", "scopes": "", "text": "", "traceparent": None, "callback_url": None, "received_at": 2**52},
    **{"status": "completed", "kind": "completed", "after": 2**52, "before": 2**52, "since": 0, "limit": 51},
    **{"batch": 100, "attempt": 1, "write": "w", "now": 2**52, "progress": "{}", "turns": "[]", "slot": 0},
    **{"until": 2**52, "claim": "c", "busy": "[]", "attempted_at": 1, "status_code": 200, "error": None, "others": 49},
    **{"again_at": None, "state": "delivered"},
}
FILTERS = {
    f"{of} {status or 'all'}": MessageFilter(owner=OWNER, status=status, conversation_id=conversation)
    for of, conversation in (("owner", None), ("conversation", "c0"))
    for status in (None, MessageStatus.COMPLETED, MessageStatus.FAILED, MessageStatus.INPROGRESS)
}
READS = {name: statement for name, statement in vars(reads).items() if str(statement).lstrip().startswith("SELECT")}
READS |= {f"total of {name}": reads.total(each) for name, each in FILTERS.items()}
READS |= {name: statement for name, statement in vars(sql_outbox).items() if name in {"_CLAIMED", "_STATE", "_TRIES"}}
WRITES = ("add", "add_alone", "release", "begin", "append", "finish", "erase", "sweep", "claim")

# One number n for each row; what is divided tells conversations and customers.
ROWS = (
    "INSERT INTO conversations (number, tenant, customer_id, conversation_id, position, stored) "
    f"SELECT n, 'default', 'customer-' || (n / 10), 'c' || n, n, {IN_A_CONVERSATION} "
    f"FROM numbers WHERE n <= {MESSAGES // IN_A_CONVERSATION}",
    f"""
INSERT INTO messages (number, id, conversation, tenant, customer_id, scopes, conversation_id, text, status, received_at,
    attempt, sequence, write_id, final, finished_at)
SELECT n, 'm' || n, place, 'default', 'customer-' || (place / 10), '', 'c' || place, 'bill?', status, n, 1, 3, '',
    CASE WHEN status <> 'inprogress' THEN status END, CASE WHEN status <> 'inprogress' THEN n END
FROM (SELECT n, CASE WHEN n > {MESSAGES} THEN 0 ELSE n / {IN_A_CONVERSATION} END AS place,
    CASE n % 100 WHEN 0 THEN 'failed' WHEN 1 THEN 'inprogress' ELSE 'completed' END AS status
    FROM numbers) AS placed""",
    *(
        f"""
INSERT INTO updates (message, conversation, sequence, position, processed_at, progress)
SELECT number, conversation, {sequence}, 3 * number + {sequence}, number, '{{}}' FROM messages"""
        for sequence in (1, 2, 3)
    ),
    "INSERT INTO turns (conversation, turns, said_at) SELECT conversation, '[]', number FROM messages",
    "INSERT INTO outbox (message, host, state, attempts, next_try_at) SELECT number, 'a.example', "
    "CASE WHEN number % 50 = 0 THEN 'pending' ELSE 'delivered' END, 1, number FROM messages",
    "INSERT INTO deliveries (message, claim, attempted_at) SELECT message, 'c', 1 FROM outbox WHERE state = 'pending'",
    "INSERT INTO counts SELECT 'default', 'customer-' || n, 'all', n % 64, 1 FROM numbers WHERE n <= 20000",
)

type Explain = Callable[[str], list[str]]
"""The steps of a statement's plan."""
SMALL = ("CONSTANT ROW", "json_each VIRTUAL TABLE INDEX 1:", "INDEX messages_open", "INDEX conversations_empty")


@pytest.fixture(scope="module")
def sqlite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Explain]:
    path: Path = tmp_path_factory.mktemp("plans") / "semker.db"
    migrate(f"sqlite:///{path}")
    with closing(sqlite3.connect(path)) as connection:  # its plans do not depend on what is stored

        def explain(statement: str) -> list[str]:
            return [step for *_, step in connection.execute(f"EXPLAIN QUERY PLAN {statement}", PARAMETERS)]

        yield explain


def whole(steps: list[str]) -> list[str]:
    """The steps that read whole tables."""
    return [step for step in steps if "Seq Scan" in step or (step.startswith("SCAN") and not step.endswith(SMALL))]


@pytest.fixture(scope="module")
def postgres() -> Iterator[Explain]:
    url = new_database()
    migrate(url)
    numbers = f"CREATE TEMP VIEW numbers AS SELECT generate_series(0, {MESSAGES + LARGE}) AS n"
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in (numbers, *ROWS, "VACUUM ANALYZE"):
            connection.execute(statement.encode())

        def explain(statement: str) -> list[str]:
            with connection.transaction(force_rollback=True):
                rows = connection.execute(f"EXPLAIN {for_psycopg(statement)}".encode(), PARAMETERS).fetchall()
            return [step for (step,) in rows]

        yield explain


def writes(dialect: Dialect) -> dict[str, tuple[str, ...]]:
    return {name: getattr(dialect, name) for name in WRITES} | {"log": sql_outbox._LOG}


@pytest.mark.parametrize("name", READS)
def test_reads_are_found_by_an_index(name: str, sqlite: Explain, postgres: Explain) -> None:
    assert whole(sqlite(READS[name])) == []
    assert whole(postgres(READS[name])) == []


@pytest.mark.parametrize("name", FILTERS)
def test_pages_are_read_in_the_order_of_an_index(name: str, sqlite: Explain, postgres: Explain) -> None:
    """Nothing is sorted, and who has few or old messages does not wait for a walk through those of others."""
    steps = sqlite(reads.page(FILTERS[name], sqlite_writes.newest, limit=51))
    steps += postgres(reads.page(FILTERS[name], postgres_writes.newest, limit=51))
    assert whole(steps) == []
    assert not [step for step in steps if "messages_pkey" in step or ("owner" in name and "Sort" in step)]
    assert not [step for step in steps if "TEMP B-TREE" in step or "PRIMARY KEY" in step]


@pytest.mark.parametrize("name", [*WRITES, "log"])
def test_writes_are_found_by_an_index(name: str, sqlite: Explain, postgres: Explain) -> None:
    for statement in writes(sqlite_writes)[name]:
        assert whole(sqlite(statement)) == [], statement
    for statement in writes(postgres_writes)[name]:
        assert whole(postgres(statement)) == [], statement
