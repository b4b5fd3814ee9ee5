"""Where the tests find the application, how they set it, and how patient they are."""

import sys
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).parent.parent
START_SERVER = (sys.executable, str(ROOT / "start_server.py"))
COMMAND_LINE = (sys.executable, str(ROOT / "main.py"))

START_SECONDS = 60.0
ANSWER_SECONDS = 30.0
STOP_SECONDS = 15.0
POLL_SECONDS = 0.02

# Fixed so that "my June bill" always means the same one; no grace, so that ending a busy server takes no time.
SETTINGS: Mapping[str, str] = {
    "ENV": "test",
    "CLOCK": "2026-11-23T10:00:00Z",
    "MODEL_PROVIDER": "offline",
    "SERVER_HOST": "127.0.0.1",
    "SHUTDOWN_GRACE": "0",
}
