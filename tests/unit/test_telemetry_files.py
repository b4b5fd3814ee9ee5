"""Files of JSON lines: whole lines whatever rotates under them, and a service that runs without them when it must."""

import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from config.telemetry import TelemetrySettings
from telemetry.jsonlines import JsonLines
from tests.api_client import ApiClient
from tests.config import ANSWER_SECONDS
from tests.live_server import live_server
from tests.waiting import eventually


def lines(folder: Path, name: str) -> list[dict[str, Any]]:
    """Of all files of the name, each line parsed."""
    return [json.loads(line) for path in folder.glob(f"{name}.log*") for line in path.read_text().splitlines()]


def settings(folder: Path, **more: Any) -> TelemetrySettings:
    return TelemetrySettings(log_folder=folder, **more)


def test_lines_stay_whole_when_many_threads_write_and_the_file_rotates(tmp_path: Path) -> None:
    file = JsonLines(settings(tmp_path, max_log_size_mb=0.02, log_backup_count=1000), "load")

    def write(thread: int) -> None:
        for number in range(200):
            file.write([{"thread": thread, "number": number, "text": "a\nb\u2028c £ " * 5}, {"thread": thread}])

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(write, range(8)))
    file.close()
    written = lines(tmp_path, "load")
    assert sorted((line["thread"], line["number"]) for line in written if "number" in line) == [
        (thread, number) for thread in range(8) for number in range(200)
    ]
    assert all(path.stat().st_size <= 0.02 * 1024 * 1024 for path in tmp_path.glob("load.log*"))


def test_the_oldest_files_go(tmp_path: Path) -> None:
    file = JsonLines(settings(tmp_path, max_log_size_mb=0.001, log_backup_count=3), "few")
    for number in range(500):
        file.write([{"number": number}])
    file.close()
    assert len(list(tmp_path.glob("few.log*"))) == 4
    assert lines(tmp_path, "few")[-1]["number"] < 500
    assert {"number": 499} in lines(tmp_path, "few")


def test_two_processes_do_not_rotate_one_file(tmp_path: Path) -> None:
    first, second = JsonLines(settings(tmp_path), "shared"), JsonLines(settings(tmp_path), "shared")
    first.write([{"from": 1}])
    second.write([{"from": 2}])
    first.close()
    second.close()
    assert sorted(path.name for path in tmp_path.glob("*.log")) == ["shared-2.log", "shared.log"]


def test_a_folder_that_cannot_be_written_to_is_told_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("in the way")
    file = JsonLines(settings(tmp_path / "file"), "lost")
    file.write([{"a": 1}])
    file.write([{"a": 2}])
    file.close()
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_a_message_leaves_lines_that_belong_together(tmp_path: Path) -> None:
    with live_server({"LOG_FOLDER": str(tmp_path), "OTEL_BSP_SCHEDULE_DELAY": "50"}) as server:
        api = ApiClient(server.url)
        message_id = api.ask("What is my current bill?", "files-07700900123")["message_id"]
        api.close()
        eventually(lambda: "process message" in names(lines(tmp_path, "spans")), "spans", within=ANSWER_SECONDS)
    (ended,) = [line for line in lines(tmp_path, "semker") if "completed" in line["message"]]
    (work,) = [line for line in lines(tmp_path, "spans") if line["name"] == "process message"]
    assert ended["trace_id"] == work["trace_id"]
    assert ended["message_id"] == work["attributes"]["semker.message_id"] == message_id
    assert ended["conversation"] == work["attributes"]["semker.conversation"]
    assert {"time", "level", "logger", "message"} <= ended.keys()
    assert "semker.messages" in names(lines(tmp_path, "metrics"))
    assert "files-07700900123" not in "".join(path.read_text() for path in tmp_path.glob("*.log"))


def test_files_rotate_under_load_of_messages(tmp_path: Path) -> None:
    small = {"LOG_FOLDER": str(tmp_path), "MAX_LOG_SIZE_MB": "0.02", "LOG_BACKUP_COUNT": "500", "DEBUG": "true"}
    with live_server(small) as server:
        api = ApiClient(server.url)
        asked = [api.accepted("What is my current bill?", f"load-{number}") for number in range(60)]
        for message_id in asked:
            api.final_updates(message_id)
        api.close()
    ended = [line["message_id"] for line in lines(tmp_path, "semker") if "completed" in line["message"]]
    assert sorted(ended) == sorted(asked)
    assert len([line for line in lines(tmp_path, "spans") if line["name"] == "process message"]) == len(asked)
    assert len(list(tmp_path.glob("spans.log*"))) > 3


def names(found: Sequence[dict[str, Any]]) -> set[str]:
    return {line["name"] for line in found}
