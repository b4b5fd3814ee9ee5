"""What a measure hands to the runner."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Row:
    name: str
    value: float
    must: float | None = None
    aim: float | None = None
    lower_is_better: bool = False
    unit: str = ""

    @property
    def verdict(self) -> str:
        if self._reaches(self.aim):
            return "aim"
        return "ok" if self.must is None or self._reaches(self.must) else "MISSED"

    def _reaches(self, bar: float | None) -> bool:
        return bar is not None and (self.value <= bar if self.lower_is_better else self.value >= bar)


@dataclass(frozen=True, slots=True)
class Measured:
    rows: tuple[Row, ...]
    failures: tuple[str, ...] = field(default=())
