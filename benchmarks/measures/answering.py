"""Tool choice and arguments, with the plan pass choosing the agents."""

from benchmarks import understanding_slots as development
from benchmarks.measures.report import Measured, Row

_COST = 1.0


def measure() -> Measured:
    single, several = development.slots_planned(), development.dialogues_planned()
    turns = [turn for dialogue in several for turn in dialogue]
    elsewhere, talks = development.operators_planned()
    turns_elsewhere = [turn for dialogue in talks for turn in dialogue]
    rows = (
        Row("slots", _share([judged.right for judged in single]), 0.90, 0.97),
        Row("dialogues, turns", _share([turn.right_tool for turn in turns]), 0.90, 0.96),
        Row("dialogues, arguments", _share([turn.right for turn in turns]), 0.88, 0.96),
        Row("dialogues, whole", _share([all(turn.right for turn in turns) for turns in several]), 0.70, 0.85),
        Row("other operators, slots", _share([judged.right for judged in elsewhere]), 0.90, 0.97),
        Row("other operators, turns", _share([turn.right_tool for turn in turns_elsewhere]), 0.90, 0.96),
        Row("other operators, arguments", _share([turn.right for turn in turns_elsewhere]), 0.88, 0.96),
        Row("other operators, whole", _share([all(turn.right for turn in turns) for turns in talks]), 0.70, 0.85),
        Row("CPU per agent pass, mean", development.cost(), 5, _COST, lower_is_better=True, unit="ms"),
    )
    return Measured(
        rows, tuple(str(judged) for judged in (*single, *turns, *elsewhere, *turns_elsewhere) if not judged.right)
    )


def _share(marks: list[bool]) -> float:
    return sum(marks) / len(marks)
