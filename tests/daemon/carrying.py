"""A lane under way in tests, its clock, and what came of it."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

from ingestd.cli.samples import pdf
from ingestd.daemon.account import Account
from ingestd.daemon.lane import Lane
from ingestd.daemon.setbacks import Setbacks
from ingestd.daemon.surroundings import Surroundings
from ingestd.daemon.turns import Turn
from ingestd.errors import StorageFailed
from ingestd.intake import Candidate, Look
from ingestd.kanbert import Kanbert
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
        *,
        relisting: bool = False,
        prober: Kanbert | None = None,
        ids: str = "id",
        turn: Turn | None = None,
    ) -> None:
        """Make a lane; with `relisting` it is offered anew what went back into the inbox."""
        self.bench = bench
        self.time = 1000.0
        self.filed: list[Document] = []
        self.broken: list[StorageFailed] = []
        self.returned: list[str] = []
        self._changed = threading.Condition()
        self.prober = prober or new_client(bench.kanbert)
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
            new_id=iter(f"{ids}-{number}" for number in range(1000)).__next__,
            filed=lambda document: self._note(self.filed, document),
            broken=lambda error: self._note(self.broken, error),
            returned=self._returned(returned),
            relist=self.list_inbox if relisting else lambda: None,
            turn=turn or Turn(),
        )
        self._setbacks = Setbacks(self.around.clock)
        self.lane = Lane(
            "scanner",
            stages or bench.stages,
            self.account,
            self.around,
            self._setbacks,
            workers=workers,
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
        for name in names:
            (self.bench.inbox / name).write_bytes(pdf(name))
        self._offer(names)

    def list_inbox(self) -> None:
        """Offer what lies in the inbox, by name."""
        self._offer(self.names())

    def names(self) -> list[str]:
        """What people see in the inbox."""
        return sorted(path.name for path in self.bench.inbox.glob("*.pdf"))

    def _offer(self, names: Iterable[str]) -> None:
        self.lane.listing_begins()
        candidates = []
        for name in names:
            with suppress(FileNotFoundError):  # claimed meanwhile
                candidates.append(Candidate(name, Look.of((self.bench.inbox / name).stat())))
        self.lane.offer(candidates, 0, 0, 0, [])

    def start(self) -> None:
        self.lane.start()

    def later(self, seconds: float) -> None:
        """Let time pass."""
        self.time += seconds
        self.lane.backlog.look_again()

    def pass_time(self, seconds: float) -> None:
        """Let time pass as the daemon does, second by second, and each probe and trial end."""
        end = self.time + seconds
        while self.time < end:
            self._tick(1.0)
            self.settle()

    def pass_time_until(self, condition: Callable[[], bool]) -> None:
        """Let time pass, for as long as that takes, until something is so."""
        until(lambda: condition() or self._tick(5.0))

    def _tick(self, seconds: float) -> bool:
        self.later(seconds)
        self.account.tick()
        for thread in threading.enumerate():
            if thread.name == "probe main":
                thread.join(PATIENCE)
        return False

    def settle(self) -> None:
        """Wait until no worker has, or may take, a file before more time passes."""
        until(lambda: self.lane.backlog.in_hand == 0 and not self._may_go_on())

    def _may_go_on(self) -> bool:
        rested = any(self._setbacks.rest(name) == 0 for name in self.lane.backlog.names())
        ready = self.lane.backlog.size > len(self.lane.backlog.ids()) and rested
        return ready and self.lane.serves and self.account.pause is None

    def wait_for(self, condition: Callable[[], bool]) -> None:
        with self._changed:
            assert self._changed.wait_for(condition, PATIENCE)

    def at_rest(self) -> None:
        """Wait until nothing is in hand."""
        self.lane.finish()
        until(lambda: self.lane.ended)

    def end(self) -> None:
        """Wait as above, and let go of the prober."""
        self.at_rest()
        self.prober.close()

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
    lines = events(bench, "document.deferred")
    return [line for line in lines if line["level"] in {"warning", "error"}]


def until(condition: Callable[[], bool]) -> None:
    """Wait for something that nobody tells us of."""
    patience = threading.Event()
    for _ in range(3000):
        if condition():
            return
        patience.wait(0.01)
    raise AssertionError("it did not come about")
