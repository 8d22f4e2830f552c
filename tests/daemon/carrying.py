"""A lane under way in tests, its clock, and what came of it."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from typing import Any

from ingestd.cli.samples import pdf
from ingestd.daemon.account import Account
from ingestd.daemon.lane import Lane, Surroundings
from ingestd.errors import StorageFailed
from ingestd.intake import Candidate, Look
from ingestd.model import Document, Outcome
from ingestd.stages import Stages
from tests.workbench import Bench, new_client

PATIENCE = 30.0


class Carrying:
    """A lane under way, its clock, and what came of it."""

    def __init__(
        self,
        bench: Bench,
        stages: Stages | None = None,
        workers: int = 1,
        returned: Callable[[str], None] = lambda _: None,
    ) -> None:
        self.bench = bench
        self.time = 1000.0
        self.filed: list[Document] = []
        self.broken: list[StorageFailed] = []
        self.returned: list[str] = []
        self._changed = threading.Condition()
        self.prober = new_client(bench.kanbert)
        self.account = Account(
            "main",
            probe=self.prober.probe,
            credentials=lambda: None,
            log=bench.stages.log,
            clock=lambda: self.time,
            random=lambda: 0.5,
        )
        self.around = Surroundings(
            clock=lambda: self.time,
            new_id=iter(f"id-{number}" for number in range(1000)).__next__,
            filed=lambda document: self._note(self.filed, document),
            broken=lambda error: self._note(self.broken, error),
            returned=self._returned(returned),
            relist=lambda: None,
        )
        self.lane = Lane(
            "scanner", stages or bench.stages, self.account, self.around, workers=workers
        )
        self.account.on_change(self._tell)
        self.lane.inbox_opened()

    def _returned(self, also: Callable[[str], None]) -> Callable[[str], None]:
        def note(path: str) -> None:
            self.returned.append(path)
            also(path)

        return note

    def drop(self, *names: str) -> None:
        """Drop files of different content, and offer them."""
        candidates = []
        for name in names:
            path = self.bench.inbox / name
            path.write_bytes(pdf(name))
            candidates.append(Candidate(name, Look.of(path.stat())))
        self.lane.listing()
        self.lane.offer(candidates, 0, 0, 0)

    def start(self) -> None:
        self.lane.start()

    def later(self, seconds: float) -> None:
        """Let time pass."""
        self.time += seconds
        self.lane.backlog.look_again()

    def wait_for(self, condition: Callable[[], bool]) -> None:
        with self._changed:
            assert self._changed.wait_for(condition, PATIENCE)

    def at_rest(self) -> None:
        """Wait until nothing is in hand."""
        self.lane.finish()
        assert self.lane.join(self.time + PATIENCE)

    def outcomes(self) -> list[tuple[str, Outcome | None]]:
        return sorted((document.name, document.outcome) for document in self.filed)

    def _note(self, where: list[Any], what: object) -> None:
        with self._changed:
            where.append(what)
            self._changed.notify_all()

    def _tell(self) -> None:
        with self._changed:
            self._changed.notify_all()


def events(bench: Bench, name: str) -> list[dict[str, Any]]:
    lines = [json.loads(line) for line in bench.log.getvalue().splitlines()]
    return [line for line in lines if line["event"] == name]


def complaints(bench: Bench) -> list[dict[str, Any]]:
    return [line for line in events(bench, "document.deferred") if line["level"] == "warning"]


def until(condition: Callable[[], bool]) -> None:
    """Wait for something that nobody tells us of."""
    patience = threading.Event()
    for _ in range(3000):
        if condition():
            return
        patience.wait(0.01)
    raise AssertionError("it did not come about")
