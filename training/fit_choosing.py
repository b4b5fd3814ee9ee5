"""Fits the weights by which a request is given to a tool: `answering/choosing/weights.json`.

Run `python -m training.fit_choosing` after `data/requests` or what speaks for a tool changes.
"""

import json
import random
import sys
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

from agents.offline.answering.arguments.filling import missing
from agents.offline.answering.choosing import weighing
from agents.offline.answering.choosing.rarity import Evidence
from agents.offline.answering.choosing.weighing import Candidate
from agents.offline.answering.dialogue import Dialogue
from agents.offline.answering.memory.state import State
from benchmarks.understanding_slots import TODAY
from training import requests
from training.softmax import Choice, fit

TARGET = Path(weighing.__file__).with_name("weights.json")
NOBODY = ""
_DECAY = 2.0
_OTHERS, _REWORDED, _STRANGERS = 3.0, 0.5, 0.1  # What an example weighs beside one of our own servers.
_SEED, _MOST_STRANGERS = 20_261_123, 1_500


def choices() -> Iterator[Choice]:
    for talk in requests.talks():
        yield from _of_talk(talk, 1.0 if talk.is_ours else _OTHERS)
    for talk in requests.reworded():
        yield from _of_talk(talk, _REWORDED)
    found = list(requests.strangers())
    for dialogue, text in random.Random(_SEED).sample(found, min(len(found), _MOST_STRANGERS)):  # noqa: S311
        options, _ = _options(dialogue, State(), text, TODAY)
        yield Choice(options, frozenset({NOBODY}), _STRANGERS)


def _options(dialogue: Dialogue, state: State, text: str, today: date) -> tuple[dict[str, Evidence], list[Candidate]]:
    reading, candidates = dialogue.heard(state, text, today)
    last = state.tool.name if state.tool else None
    nobody = dialogue.scale.of_nobody(candidates, reading, last)
    options = {candidate.tool.name: candidate.evidence for candidate in candidates}
    return options | ({NOBODY: nobody} if nobody else {}), candidates


def _of_talk(talk: requests.Talk, weight: float) -> Iterator[Choice]:
    """Every server hears what was said; which tool it was asked for is known."""
    states = {server: State() for server in talk.dialogues}
    for turn in talk.turns:
        for server, dialogue in talk.dialogues.items():
            state = states[server]
            if server != turn.server:
                states[server] = dialogue.step(state, turn.text, talk.today).state
                continue
            if not state.pending:
                options, candidates = _options(dialogue, state, turn.text, talk.today)
                yield Choice(options, frozenset(_right(turn, candidates)), weight)
            states[server] = _led(dialogue, state, turn, talk.today)


def _right(turn: requests.Turn, candidates: Sequence[Candidate]) -> Iterator[str]:
    yield from turn.right - {requests.ASK, requests.UNABLE}
    if requests.ASK in turn.right:
        yield from (c.tool.name for c in candidates if missing(c.tool, c.filled))
    if requests.UNABLE in turn.right:
        yield NOBODY


def _led(dialogue: Dialogue, state: State, turn: requests.Turn, today: date) -> State:
    step = dialogue.step(state, turn.text, today)
    tools = sorted(turn.right.intersection(tool.name for tool in dialogue.tools))
    made = {call.tool for call in step.outcome} if isinstance(step.outcome, tuple) else set()
    if not tools or made.intersection(tools):
        return step.state
    return dialogue.led(state, turn.text, today, tools[0])


def main() -> None:
    found = fit(choices(), lambda key: _DECAY)
    told = found.told(faint=0.03)
    TARGET.write_text(json.dumps(told, separators=(",", ":")).replace(',"', ',\n"') + "\n", encoding="utf-8")
    sys.stdout.write(f"right {found.right:.3f}, {len(told)} weights\n")


if __name__ == "__main__":
    main()
