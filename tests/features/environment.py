"""Behave's hooks: servers live as long as they are of use, and the run ends with one plain line."""

import sys
from typing import Any

from behave.model_type import Status  # type: ignore[import-untyped]
from behave.reporter.base import Reporter  # type: ignore[import-untyped]

from tests.features.world import Scope, World


class ClosingLine(Reporter):  # type: ignore[misc]
    """`N passed, N failed` of the scenarios that ran."""

    def __init__(self, config: Any) -> None:
        super().__init__(config)
        self._passed = 0
        self._failed = 0

    def feature(self, feature: Any) -> None:
        for scenario in feature.walk_scenarios():
            if scenario.status is Status.passed:
                self._passed += 1
            elif scenario.status is not Status.skipped and (scenario.status is not Status.untested or _broke(feature)):
                self._failed += 1

    def end(self) -> None:
        sys.stdout.write(f"{self._passed} passed, {self._failed} failed\n")


def _broke(feature: Any) -> bool:
    """Its hooks failed, so that its scenarios never ran."""
    return feature.status not in (Status.passed, Status.skipped, Status.untested)


def before_all(context: Any) -> None:
    context.config.reporters.append(ClosingLine(context.config))
    context.of_run = Scope()


def after_all(context: Any) -> None:
    context.of_run.close()


def before_feature(context: Any, _: Any) -> None:
    context.of_feature = Scope()


def after_feature(context: Any, _: Any) -> None:
    context.of_feature.close()


def before_scenario(context: Any, _: Any) -> None:
    context.world = World(context.of_run, context.of_feature)


def after_scenario(context: Any, scenario: Any) -> None:
    world: World = context.world
    if scenario.status is not Status.passed and world.running is not None:
        sys.stdout.write(f"--- output of the server\n{world.server.output[-4000:]}\n---\n")
    world.scenario.close()
