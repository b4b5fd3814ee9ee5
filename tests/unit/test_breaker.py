"""When an upstream is left alone, and who finds out that it is well again."""

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.breaker import Breaker, BreakerOpen

PAUSE = 15.0


class Down(Exception):
    pass


class SaidNo(Exception):
    pass


@dataclass
class Clock:
    seconds: float = 0.0

    def __call__(self) -> float:
        return self.seconds


@dataclass
class Upstream:
    clock: Clock = field(default_factory=Clock)
    calls: int = 0

    def __post_init__(self) -> None:
        self.breaker = Breaker(lambda error: isinstance(error, Down), failures=5, pause=PAUSE, now=self.clock)

    def call(self, error: type[Exception] | None = None, *, meanwhile: Callable[[], object] = lambda: None) -> str:
        try:
            with self.breaker.calling():
                self.calls += 1
                meanwhile()
                if error is not None:
                    raise error
        except BreakerOpen:
            return "refused"
        except (Down, SaidNo):
            return "failed"
        return "answered"

    def open(self) -> None:
        for _ in range(5):
            self.call(Down)
        self.calls = 0


def test_five_failures_in_a_row_open_it_for_fifteen_seconds() -> None:
    upstream = Upstream()
    assert [upstream.call(Down) for _ in range(7)] == ["failed"] * 5 + ["refused"] * 2
    upstream.clock.seconds = PAUSE - 0.1
    assert upstream.call() == "refused"
    upstream.clock.seconds = PAUSE
    assert upstream.call() == "answered"
    assert upstream.call() == "answered"


def test_an_answer_in_between_starts_the_count_anew() -> None:
    upstream = Upstream()
    outcomes = [upstream.call(error) for error in (*[Down] * 4, None, *[Down] * 4, SaidNo, *[Down] * 4)]
    assert "refused" not in outcomes
    assert upstream.calls == len(outcomes)


def test_only_one_probe_at_a_time() -> None:
    upstream = Upstream()
    upstream.open()
    upstream.clock.seconds = PAUSE
    others: list[str] = []
    assert upstream.call(meanwhile=lambda: others.extend(upstream.call() for _ in range(3))) == "answered"
    assert others == ["refused"] * 3
    assert upstream.calls == 1


def test_failing_probe_opens_it_again() -> None:
    upstream = Upstream()
    upstream.open()
    upstream.clock.seconds = PAUSE
    assert upstream.call(Down) == "failed"
    upstream.clock.seconds = 2 * PAUSE - 0.1
    assert upstream.call() == "refused"
    upstream.clock.seconds = 2 * PAUSE
    assert upstream.call() == "answered"


def test_cancelled_probe_leaves_its_place_to_the_next() -> None:
    upstream = Upstream()
    upstream.open()
    upstream.clock.seconds = PAUSE
    with pytest.raises(KeyboardInterrupt), upstream.breaker.calling():
        raise KeyboardInterrupt
    assert upstream.call() == "answered"


def test_late_failures_of_earlier_calls_do_not_prolong_the_pause() -> None:
    upstream = Upstream()

    def open_and_wait() -> None:
        upstream.open()
        upstream.clock.seconds = PAUSE - 1

    assert upstream.call(Down, meanwhile=open_and_wait) == "failed"
    upstream.clock.seconds = PAUSE
    assert upstream.call() == "answered"


def test_what_proves_nothing_neither_closes_it_nor_resets_the_count() -> None:
    upstream = Upstream()
    for _ in range(5):
        with upstream.breaker.calling(proves=False):
            pass
        upstream.call(Down)
    assert upstream.breaker.is_open
    upstream.clock.seconds = PAUSE
    with upstream.breaker.calling(proves=False):
        pass
    assert upstream.breaker.failed > 0
    assert upstream.call() == "answered"
    assert upstream.breaker.failed == 0


@given(st.lists(st.tuples(st.sampled_from([None, Down, SaidNo]), st.floats(0, 10))))
def test_it_refuses_only_within_the_pause_after_a_failure(calls: list[tuple[type[Exception] | None, float]]) -> None:
    upstream = Upstream()
    failed_at = [float("-inf")]
    in_a_row = 0
    for error, seconds in calls:
        upstream.clock.seconds += seconds
        if upstream.call(error) == "refused":
            assert upstream.clock.seconds - failed_at[-1] < PAUSE
            assert in_a_row >= 5
        elif error is Down:
            in_a_row += 1
            failed_at.append(upstream.clock.seconds)
        else:
            in_a_row = 0
