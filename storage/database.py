"""What the SQL store asks of a database; sqlite.py and postgres.py are the two there are."""

from collections.abc import Mapping, Sequence
from typing import Protocol

type Value = str | int | None
type Row = Sequence[Value]
type Parameters = Mapping[str, Value]
type Statements = tuple[str, ...]
"""SQL with parameters as `:name`, saved together or not at all."""


class Dialect(Protocol):
    """The writes, which each database has its own fast way for; what they return is the same."""

    add: Statements
    add_alone: Statements
    """Saves, and returns, nothing when the conversation has an open message."""
    release: Statements
    """A key whose time is over, before `add`."""
    begin: Statements
    append: Statements
    finish: Statements
    erase: Statements
    sweep: Statements
    """Returns id, tenant and customer of each message, as `erase` does."""
    claim: Statements
    """Callbacks that are due, that nobody else has, and whose host is not `busy`, a list as JSON."""
    merge_counts: Statements
    """Of `customers`, a list as JSON; nothing is left of one who has no messages."""
    merge_free_counts: Statements
    """Without those that somebody adds to at this moment."""

    def newest(self, values: Mapping[str, str]) -> str:
        """Condition and order for messages with these values in these columns, below the number `:before`."""


class AlreadyThere(Exception):
    """A unique key exists already, as when a write is repeated whose answer was lost."""


class Database(Protocol):
    @property
    def dialect(self) -> Dialect: ...

    async def read(self, statement: str, parameters: Parameters) -> list[Row]:
        """Raises `StoreUnavailable`."""

    async def write(self, statements: Statements, parameters: Parameters, *, order: str) -> list[list[Row]]:
        """The rows of each statement; writes of the same moment may share a transaction, sorted by `order`.

        Repeated when its answer was lost, so it must change nothing the second time. Raises `StoreUnavailable`,
        `AlreadyThere`.
        """
