"""A station as the settings say, with all that its inbox's documents are carried with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from ingestd import config
from ingestd.daemon import folders
from ingestd.daemon.connections import Connection
from ingestd.daemon.doubts import Doubts
from ingestd.daemon.fleet import Station
from ingestd.daemon.lane import Lane
from ingestd.daemon.plan import InboxPlan
from ingestd.daemon.setbacks import MANY, Setbacks
from ingestd.daemon.shrinking import shrink_for
from ingestd.daemon.surroundings import Surroundings
from ingestd.daemon.times import Times
from ingestd.daemon.turns import Turn
from ingestd.describe import EInvoices, NamePattern, Reader, Rules, SearchApart
from ingestd.errors import StorageFailed
from ingestd.intake import Arrivals, Hurry, Intake, WallClock, Workplace
from ingestd.ledger import Ledger
from ingestd.model import Document
from ingestd.observe import Log
from ingestd.shrink import Shrinker
from ingestd.stages import Stages

LONGEST_READING = 10.0
"""Seconds that reading the e-invoice inside a document may take. A broken PDF of 15 MB took 0.6."""


@dataclass(frozen=True, slots=True)
class Equipping:
    """Makes stations, out of what they all share; any thread may."""

    ledger: Ledger
    reader: Reader
    search: SearchApart
    turn: Turn
    log: Log
    times: Times
    filed: Callable[[Document], None]
    broken: Callable[[StorageFailed], None]
    changed: Callable[[], None]
    hurried: bool

    def station(
        self, plan: InboxPlan, connection: Connection, shrinker: Shrinker | None
    ) -> Station:
        """Make a station; it touches no file until it is started."""
        name, given = plan.name, plan.given
        log = self.log.bind(inbox=name, account=plan.account)
        arrivals = Arrivals()
        around = self._surroundings(arrivals)
        stages = self._stages(plan, connection, shrinker, log)
        workers = plan.to.given.concurrency
        setbacks = Setbacks(self.times.clock, many=1 if self.hurried else MANY)
        lane = Lane(name, stages, connection.account, around, setbacks, workers=workers)
        intake = Intake(
            folders.inbox(name, given, hurried=self.hurried),
            folders.guard(name, given.path, self.ledger, self.times, log),
            lane,
            arrivals,
            log=log,
            clock=self.times.clock,
            wall=WallClock(self.times.wall, self.times.clock),
            hurry=Hurry(self.times.wall) if self.hurried else None,
            changed=self.changed,
        )
        return Station(intake, lane)

    def _surroundings(self, arrivals: Arrivals) -> Surroundings:
        return Surroundings(
            clock=self.times.clock,
            new_id=lambda: folders.new_id(self.times.now()),
            filed=self.filed,
            broken=self.broken,
            returned=arrivals.returned,
            relist=arrivals.wake.set,
            turn=self.turn,
            changed=self.changed,
        )

    def _stages(
        self, plan: InboxPlan, connection: Connection, shrinker: Shrinker | None, log: Log
    ) -> Stages:
        given, to = plan.given, plan.to.given
        doubts = Doubts(to.timeout, self.times.clock)
        return Stages(
            workplace=Workplace(given.path),
            kanbert=connection.client,
            ledger=self.ledger,
            cabinet=folders.cabinet(given, self.ledger, self.times, log),
            log=log,
            rules=self._rules(given),
            external_origin=to.external_origin,
            max_size=given.max_size,
            may_still_arrive=doubts.may_still_arrive,
            now=self.times.local,
            shrink=shrink_for(given, shrinker, self.turn),
        )

    def _rules(self, given: config.Inbox) -> Rules:
        expression = given.filename_pattern
        pattern = NamePattern(expression, self.search) if expression else None
        einvoices = EInvoices(
            partial(self.reader.read, timeout=LONGEST_READING),
            partial(self.reader.read_xml, timeout=LONGEST_READING),
            skip_ocr=given.einvoice == "skip-ocr",
        )
        return Rules(
            given.fields,
            given.subfolders == "tags",
            pattern,
            einvoices if given.einvoice != "off" else None,
        )
