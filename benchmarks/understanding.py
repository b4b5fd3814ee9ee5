"""How well the embedded model understands: `python -m benchmarks.understanding [--failures] [routing] [answering]`.

Routing, and tools and arguments with its own routing, on our development sets against the bars.
"""

import sys
from collections.abc import Callable, Sequence

from benchmarks.measures import answering, routing
from benchmarks.measures.report import Measured, Row

_MEASURES: dict[str, Callable[[], Measured]] = {"routing": routing.measure, "answering": answering.measure}


def main(arguments: Sequence[str]) -> int:
    wanted = [name for name in _MEASURES if name in arguments] or list(_MEASURES)
    measured = [_MEASURES[name]() for name in wanted]
    rows = [row for each in measured for row in each.rows]
    print(f"{'measure':<36}{'value':>8}      {'must':>6}{'aim':>8}")
    print("\n".join(map(_line, rows)))
    if "--failures" in arguments:
        print("", *(failure for each in measured for failure in each.failures), sep="\n")
    return 1 if any(row.verdict == "MISSED" for row in rows) else 0


def _line(row: Row) -> str:
    line = f"{row.name:<36}{row.value:8.3f} {row.unit:<4}"
    if row.must is None or row.aim is None:
        return line.rstrip()
    return f"{line} {row.must:6g}{row.aim:8g}  {row.verdict}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
