"""How well the embedded model understands: `python -m benchmarks.understanding [--failures] [routing ...]`."""

import importlib
import pkgutil
import sys
from collections.abc import Sequence
from typing import cast

from benchmarks import measures
from benchmarks.measures.report import Measured, Row

_NOT_A_MEASURE = frozenset({"report"})


def names() -> list[str]:
    return [module.name for module in pkgutil.iter_modules(measures.__path__) if module.name not in _NOT_A_MEASURE]


def main(arguments: Sequence[str]) -> int:
    wanted = [name for name in names() if name in arguments] or names()
    missed = False
    for name in wanted:
        measured = cast(Measured, importlib.import_module(f"benchmarks.measures.{name}").measure())
        print(f"\n{name}")
        for row in measured.rows:
            print(_line(row))
            missed = missed or row.verdict == "MISSED"
        if "--failures" in arguments:
            print("\n".join(measured.failures))
    return 1 if missed else 0


def _line(row: Row) -> str:
    bars = f"must {row.must:g}  aim {row.aim:g}" if row.must is not None and row.aim is not None else ""
    return f"  {row.name:<36}{row.value:8.3f} {row.unit:<4}{bars:<24}{row.verdict if bars else ''}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
