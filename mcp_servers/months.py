import calendar
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

Clock = Callable[[], date]

NAMES = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


@dataclass(frozen=True, order=True)
class Month:
    """A month of the calendar. Names are English whatever the locale of the process is."""

    year: int
    number: int

    @classmethod
    def of(cls, day: date) -> "Month":
        return cls(day.year, day.month)

    @classmethod
    def parse(cls, key: str) -> "Month":
        year, number = key.split("-")
        return cls(int(year), int(number))

    @classmethod
    def asked(cls, today: date, number: int, year: int | None) -> "Month":
        """The month a customer means: without a year, the most recent one that is not in the future."""
        if year is None:
            year = today.year if number <= today.month else today.year - 1
        return cls(year, number)

    def back(self, months: int) -> "Month":
        year, index = divmod(self.year * 12 + self.number - 1 - months, 12)
        return Month(year, index + 1)

    def day(self, number: int) -> date:
        return date(self.year, self.number, number)

    @property
    def days(self) -> int:
        return calendar.monthrange(self.year, self.number)[1]

    @property
    def key(self) -> str:
        return f"{self.year:04}-{self.number:02}"

    def __str__(self) -> str:
        return f"{NAMES[self.number - 1]} {self.year}"
