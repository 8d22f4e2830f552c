"""The process ends as by `kill -9` at an operation on a document's way, and is started again.

Run with `-rP`, it lists the points that were visited.
"""

from __future__ import annotations

import queue
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tests.crash.aftermath import what_broke
from tests.crash.double import KILLED, Double, double
from tests.crash.scenarios import DELIVERED, SCENARIOS, WITH_A_SIDECAR, Scenario
from tests.crash.watching import Point
from tests.hardship import folder_on_another_filesystem

AT_ONCE = 2
"""Processes that live, and die, at the same time."""


class Doubles:
    """A few doubles for whoever needs one next."""

    def __init__(self, doubles: list[Double]) -> None:
        self._free: queue.SimpleQueue[Double] = queue.SimpleQueue()
        for one in doubles:
            self._free.put(one)

    @contextmanager
    def one(self) -> Iterator[Double]:
        double = self._free.get()
        yield double
        self._free.put(double)


@pytest.fixture(scope="module")
def doubles() -> Iterator[Doubles]:
    with ExitStack() as stack:
        yield Doubles([stack.enter_context(double()) for _ in range(AT_ONCE)])


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_a_document_survives_a_kill_at_every_operation(
    scenario: Scenario, doubles: Doubles, tmp_path: Path
) -> None:
    assert Visits(scenario, doubles, tmp_path).what_broke() == []


@pytest.mark.parametrize("one", [DELIVERED, WITH_A_SIDECAR], ids=lambda scenario: scenario.name)
def test_a_document_survives_a_kill_while_it_is_copied_to_another_filesystem(
    one: Scenario, doubles: Doubles, tmp_path: Path
) -> None:
    with folder_on_another_filesystem(tmp_path) as other:
        if other is None:
            pytest.skip("this machine has no second filesystem")
        scenario = replace(
            one, name=f"{one.name} to another filesystem", elsewhere=other, every=False
        )
        assert Visits(scenario, doubles, tmp_path).what_broke() == []


@dataclass
class Visits:
    """Visits to every point of a scenario, each in an inbox of its own."""

    scenario: Scenario
    doubles: Doubles
    folder: Path

    def what_broke(self) -> list[str]:
        """Kill a process at each point, start another, look; a line for each mishap."""
        points = self._points()
        with ThreadPoolExecutor(AT_ONCE) as pool:
            found = list(pool.map(lambda one: self._visit(*one), enumerate(points)))
        missed = [point for point, (reached, _) in zip(points, found, strict=True) if not reached]
        for point in points:
            print(point)  # noqa: T201
        broken = [line for _, lines in found for line in lines]
        # how often something is looked at, or said, differs a little from life to life
        return broken if len(missed) * 10 < len(points) else [f"not reached: {missed}"]

    def _points(self) -> list[Point]:
        with self.doubles.one() as double:
            site = self.scenario.begin(double, self.folder / "unharmed", "unharmed")
            lived = double.live(site, never=self.scenario.never)
            return list(self.scenario.points(lived))

    def _visit(self, index: int, point: Point) -> tuple[bool, list[str]]:
        """Whether the point was reached, and what broke there."""
        with self.doubles.one() as double:
            key = f"{self.scenario.name} {index}"
            site = self.scenario.begin(double, self.folder / str(index), key)
            content = self.scenario.content(key)
            first = double.live(site, point, never=self.scenario.never)
            double.kanbert.faults.clear()
            kept = self._kept(site.folder)
            given = {content, self.scenario.sidecar} - {b""}
            found = [] if given <= set(kept) else ["its bytes are gone"]
            second = double.live(site, never=self.scenario.never)
            found += [] if second.status == 0 else [f"the next start ended with {second.status}"]
            found += what_broke(site, double, self.scenario, content)
        return first.status == KILLED, [f"killed in {point}: {line}" for line in found]

    def _kept(self, folder: Path) -> list[bytes]:
        """The content of every file of one visit; those of another under way come and go."""
        other = self.scenario.elsewhere
        places = [folder, other / folder.name] if other else [folder]
        files = [path for place in places for path in place.rglob("*") if path.is_file()]
        return [path.read_bytes() for path in files]
