"""What a client says so that a request which it repeats is made once."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Claim:
    """An owner's `key` for one request, which `digest` stands for; a message from before `since` has lost its key."""

    key: str
    digest: str
    since: datetime


def digest_of(*parts: str | None) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
