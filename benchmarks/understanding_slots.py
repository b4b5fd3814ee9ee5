"""Measures tool choice and arguments of the embedded model's agent pass on our own development sets.

Run `python -m benchmarks.understanding_slots [--failures]`; `measure()` gives the figures to the common report.
"""

import argparse
import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from agents.config import AGENTS
from agents.offline.answering import AnsweringModel, Tool
from agents.offline.planning import AgentCard, PlanningModel
from benchmarks.judging import Judged, Outcome, judge
from mcp_servers.billing import Billing
from mcp_servers.faq import Faq
from mcp_servers.roaming import Roaming
from mcp_servers.tariff import Tariff
from mcp_servers.toolkit import tools_of
from models.conversation import Role, Turn
from models.plan import AgentReply, Plan

DATA = Path(__file__).parent / "data"
TODAY = date(2026, 11, 23)
_NO_CALL = ("unable", "ask")  # What a turn of no server may come to: thanks, small talk, other subjects.
BUNDLED = {"billing": Billing, "roaming": Roaming, "tariff": Tariff, "faq": Faq}
type Served = Callable[[str], AnsweringModel]


@lru_cache(maxsize=32)
def model(server: str) -> AnsweringModel:
    if server in BUNDLED:
        offered = tools_of(BUNDLED[server](lambda: TODAY))
        return AnsweringModel([Tool(tool.name, tool.description, tool.parameters) for tool in offered])
    return _model_of(json.loads((DATA / "understanding_tools.json").read_text(encoding="utf-8"))[server])


def _model_of(tools: Sequence[Mapping[str, Any]]) -> AnsweringModel:
    return AnsweringModel([Tool(tool["name"], tool["description"], tool["parameters"]) for tool in tools])


def items(name: str) -> Iterator[dict[str, Any]]:
    for line in (DATA / name).read_text(encoding="utf-8").splitlines():
        yield json.loads(line)


def slots() -> list[Judged]:
    judged = []
    for item in items("understanding_slots.jsonl"):
        today = date.fromisoformat(item.get("today", TODAY.isoformat()))
        outcome = model(item["server"]).act(item["text"], history=(), today=today)
        judged.append(judge(item["text"], item["accept"], outcome))
    return judged


def dialogues() -> list[list[Judged]]:
    """Every turn is asked of the server that it is meant for, with all earlier turns as history."""
    judged = []
    for dialogue in items("understanding_dialogues.jsonl"):
        today = date.fromisoformat(dialogue.get("today", TODAY.isoformat()))
        history: list[Turn] = []
        turns = []
        for turn in dialogue["turns"]:
            answer = "Here it is."
            if turn["server"]:
                outcome = model(turn["server"]).act(turn["text"], history=tuple(history), today=today)
                turns.append(judge(turn["text"], turn["accept"], outcome))
                answer = outcome.text if isinstance(outcome, AgentReply) else answer
            history += [Turn(Role.USER, turn["text"]), Turn(Role.ASSISTANT, answer)]
        judged.append(turns)
    return judged


def planned(text: str, history: Sequence[Turn], today: date, served: Served = model) -> Outcome:
    """What the plan pass and the agents that it chose come to; who cannot serve hands back once."""
    plan, outcomes = _consulted(text, history, today, frozenset(), served)
    if not plan.routes:
        return AgentReply(able_to_serve=False, human_input_required=plan.input_required, text=plan.reply or "")
    if all(isinstance(outcome, AgentReply) and not outcome.able_to_serve for outcome in outcomes):
        unable = frozenset(route.agent for route in plan.routes)
        outcomes = _consulted(text, history, today, unable, served)[1] or outcomes
    if calls := tuple(call for outcome in outcomes if isinstance(outcome, tuple) for call in outcome):
        return calls
    return next((o for o in outcomes if isinstance(o, AgentReply) and o.human_input_required), outcomes[0])


def _consulted(
    text: str, history: Sequence[Turn], today: date, unable: frozenset[str], served: Served
) -> tuple[Plan, list[Outcome]]:
    plan = planning().plan(text, history=tuple(history), today=today, unable=unable)
    return plan, [
        served(route.agent.lower()).act(route.request, history=tuple(history), today=today) for route in plan.routes
    ]


@lru_cache(maxsize=1)
def planning() -> PlanningModel:
    return PlanningModel([AgentCard(agent.name, agent.description, agent.examples) for agent in AGENTS])


def slots_planned() -> list[Judged]:
    return [_asked(item) for item in items("understanding_slots.jsonl") if item["server"] in BUNDLED]


def dialogues_planned() -> list[list[Judged]]:
    """Of the bundled servers."""
    ours = (
        dialogue
        for dialogue in items("understanding_dialogues.jsonl")
        if all(turn["server"] in BUNDLED for turn in dialogue["turns"] if turn["server"])
    )
    return [_talked(dialogue) for dialogue in ours]


def operators_planned() -> tuple[list[Judged], list[list[Judged]]]:
    """Requests and dialogues with the servers of other operators, whose tools nobody has seen."""
    single: list[Judged] = []
    several: list[list[Judged]] = []
    for folder in sorted(path for path in (DATA / "operators").iterdir() if path.is_dir()):
        tools = json.loads((folder / "tools.json").read_text(encoding="utf-8"))
        models = {server: _model_of(offered) for server, offered in tools.items()}
        single += [_asked(item, models.__getitem__) for item in items(f"operators/{folder.name}/slots.jsonl")]
        several += [_talked(item, models.__getitem__) for item in items(f"operators/{folder.name}/dialogues.jsonl")]
    return single, several


def _asked(item: Mapping[str, Any], served: Served = model) -> Judged:
    today = date.fromisoformat(item.get("today", TODAY.isoformat()))
    return judge(item["text"], item["accept"], planned(item["text"], (), today, served))


def _talked(dialogue: Mapping[str, Any], served: Served = model) -> list[Judged]:
    today = date.fromisoformat(dialogue.get("today", TODAY.isoformat()))
    history: list[Turn] = []
    turns = []
    for turn in dialogue["turns"]:
        outcome = planned(turn["text"], history, today, served)
        turns.append(judge(turn["text"], turn.get("accept") or _NO_CALL, outcome))
        answer = outcome.text if isinstance(outcome, AgentReply) else "Here it is."
        history += [Turn(Role.USER, turn["text"]), Turn(Role.ASSISTANT, answer)]
    return turns


def measure_planned() -> dict[str, float]:
    """The same with the plan pass choosing the agents, on what the bundled servers answer."""
    single, several = slots_planned(), dialogues_planned()
    turns = [turn for dialogue in several for turn in dialogue]
    return {
        "slots": _share(judged.right for judged in single),
        "dialogues, turns": _share(turn.right_tool for turn in turns),
        "dialogues, arguments": _share(turn.right for turn in turns),
        "dialogues, whole": _share(all(turn.right for turn in dialogue) for dialogue in several),
    }


def measure() -> dict[str, float]:
    """The agent pass alone: every text is asked of the server that it is meant for."""
    single, several = slots(), dialogues()
    turns = [turn for dialogue in several for turn in dialogue]
    return {
        "slots": _share(judged.right for judged in single),
        "slots, tool only": _share(judged.right_tool for judged in single),
        "dialogues, turns": _share(turn.right_tool for turn in turns),
        "dialogues, arguments": _share(turn.right for turn in turns),
        "dialogues, whole": _share(all(turn.right for turn in dialogue) for dialogue in several),
        "agent pass, ms of CPU": cost(),
    }


def _share(found: Iterator[bool]) -> float:
    marks = list(found)
    return sum(marks) / len(marks)


def cost() -> float:
    texts = [(model(item["server"]), item["text"]) for item in items("understanding_slots.jsonl")]
    started = time.process_time()
    for answering, text in texts:
        answering.act(f"{text} ", history=(), today=TODAY)
    return (time.process_time() - started) * 1000 / len(texts)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--failures", action="store_true", help="list what went wrong")
    parser.add_argument("--planned", action="store_true", help="let the plan pass choose the agents")
    arguments = parser.parse_args()
    single, several = (slots_planned, dialogues_planned) if arguments.planned else (slots, dialogues)
    if arguments.failures:
        for judged in [*single(), *(turn for dialogue in several() for turn in dialogue)]:
            if not judged.right:
                print(judged)
    for name, value in (measure_planned() if arguments.planned else measure()).items():
        print(f"{name:24} {value:.3f}")


if __name__ == "__main__":
    main()
