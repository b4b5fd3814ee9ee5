"""Requests with the tools that they are for: of our own servers, of other operators, and of ours in other words.

A line of `data/requests/*/slots.jsonl` is one request, one of `dialogues.jsonl` several in a row; `accept` lists the
calls that are right, or `ask` or `unable`. `wordings/*.json` are catalogues whose tools stand for (`of`) ours.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from agents.offline.answering.dialogue import Dialogue
from agents.offline.answering.tools.schema import tool_card
from agents.offline.answering.values import Tool
from benchmarks.understanding_slots import BUNDLED, DATA, TODAY
from mcp_servers.toolkit import tools_of

REQUESTS = Path(__file__).parent / "data" / "requests"
ASK, UNABLE = "ask", "unable"
_ABILITIES = tuple(BUNDLED)


@dataclass(frozen=True, slots=True)
class Turn:
    """`right` names tools, ASK or UNABLE; no server when it is for none."""

    text: str
    server: str | None
    right: frozenset[str]


@dataclass(frozen=True, slots=True)
class Talk:
    dialogues: Mapping[str, Dialogue]
    turns: tuple[Turn, ...]
    today: date
    is_ours: bool = True


def talks() -> Iterator[Talk]:
    for folder in sorted(REQUESTS.iterdir()):
        if folder.name != "wordings":
            yield from _of_folder(folder)


def reworded() -> Iterator[Talk]:
    """The requests to our own servers, as if these were called and described otherwise; each in every other wording."""
    own = [talk for talk in _of_folder(REQUESTS / "bundled") if set(talk.dialogues) <= set(_ABILITIES)]
    for number, path in enumerate(sorted((REQUESTS / "wordings").glob("*.json"))):
        catalogue = json.loads(path.read_text("utf-8"))
        dialogues = {server: _dialogue(tools) for server, tools in catalogue.items()}
        names = {tool["of"]: tool["name"] for tools in catalogue.values() for tool in tools if tool["of"]}
        for talk in own[number % 2 :: 2]:
            turns = tuple(Turn(t.text, t.server, frozenset(names.get(n, n) for n in t.right)) for t in talk.turns)
            yield Talk({server: dialogues[server] for server in talk.dialogues}, turns, talk.today)


def strangers() -> Iterator[tuple[Dialogue, str]]:
    """First requests to one of our servers, with another one that cannot serve them."""
    servers = {server: dialogue for server in _ABILITIES if (dialogue := _own(server))}
    for talk in _of_folder(REQUESTS / "bundled"):
        first = talk.turns[0]
        for server, dialogue in servers.items():
            if first.server in servers and first.server != server:
                yield dialogue, first.text


def _of_folder(folder: Path) -> Iterator[Talk]:
    own = folder / "tools.json"
    catalogue = json.loads(own.read_text("utf-8")) if own.exists() else None
    dialogues = {server: _dialogue(tools) for server, tools in catalogue.items()} if catalogue else None
    for item in (*_lines(folder / "slots.jsonl"), *_lines(folder / "dialogues.jsonl")):
        turns = tuple(_turn(turn) for turn in item.get("turns", [item]))
        asked = {turn.server for turn in turns if turn.server}
        known = {server: dialogues[server] if dialogues else _own(server) for server in sorted(asked)}
        yield Talk(known, turns, date.fromisoformat(item.get("today", TODAY.isoformat())), is_ours=dialogues is None)


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    yield from map(json.loads, path.read_text("utf-8").splitlines())


def _turn(item: Mapping[str, Any]) -> Turn:
    found = [{way} if isinstance(way, str) else {call["tool"] for call in way} for way in item.get("accept", ())]
    return Turn(item["text"], item["server"], frozenset(name for names in found if len(names) == 1 for name in names))


@cache
def _own(server: str) -> Dialogue:
    if server in BUNDLED:
        offered = tools_of(BUNDLED[server](lambda: TODAY))
        return Dialogue([tool_card(Tool(tool.name, tool.description, tool.parameters)) for tool in offered])
    return _dialogue(json.loads((DATA / "understanding_tools.json").read_text("utf-8"))[server])


def _dialogue(tools: Sequence[Mapping[str, Any]]) -> Dialogue:
    return Dialogue([tool_card(Tool(tool["name"], tool["description"], tool["parameters"])) for tool in tools])
