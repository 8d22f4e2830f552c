"""A fleet of one inbox and one account that can be looked at, and what tells of it."""

from __future__ import annotations

import io
from types import SimpleNamespace
from typing import Any

from ingestd.daemon.fleet import Fleet, Station
from ingestd.daemon.lookout import Lookout
from ingestd.daemon.times import Times
from ingestd.observe import Audience, Counts, open_log
from tests.daemon.carrying import Carrying
from tests.workbench import Bench


def lookout(fleet: Fleet, bench: Bench, *, hurried: bool = False) -> Lookout:
    """What observers of a fleet are made of."""
    log, counts = open_log(io.StringIO()), Counts(lambda: 0.0)
    return Lookout(fleet, Audience(), counts, bench.ledger, Times(), log, hurried)


class Standing:
    """One inbox whose lane is real, and whose folder stands as a test says."""

    def __init__(self, bench: Bench) -> None:
        self.carrying = Carrying(bench)
        self.intake: Any = SimpleNamespace(
            run=lambda: None, mode="native", trouble=None, left_alone=[], hangs=False
        )
        self.fleet = Fleet([self._station()], [self.carrying.account])

    def open(self) -> None:
        """Let the folder be usable, and listed."""
        self.carrying.lane.inbox_opened()
        self.carrying.list_inbox()

    def _station(self) -> Station:
        return Station(self.intake, self.carrying.lane)

    def close(self) -> None:
        self.carrying.prober.close()
