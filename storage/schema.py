"""Which schema a database has to have."""

from models.errors import StoreUnavailable

SCHEMA = "0006"


class WrongSchema(Exception):
    """One sentence that says what to do."""


class NoDatabase(StoreUnavailable):
    """Nor will there be one, until somebody does something; the sentence says what is there instead."""

    def __init__(self, sentence: str) -> None:
        super().__init__()
        self.sentence = sentence


def check(found: str | None) -> None:
    """Raises `WrongSchema` unless it is the one that this code needs."""
    if found is None or found < SCHEMA:
        raise WrongSchema(
            f"The database has schema {found or 'none'} and this version of Semker needs {SCHEMA}: "
            "run `python main.py migrate` first."
        )
    if found > SCHEMA:
        raise WrongSchema(
            f"The database has schema {found}, which is newer than the {SCHEMA} that this version of Semker knows: "
            "start a newer version of Semker."
        )
