"""From settings to parts: the one place that knows both."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Protocol, TypeVar

from ingestd import config
from ingestd.daemon import folders
from ingestd.daemon.account import Account
from ingestd.daemon.clients import connect
from ingestd.daemon.conductor import Conductor
from ingestd.daemon.doubts import Doubts
from ingestd.daemon.fleet import Fleet, Station
from ingestd.daemon.lane import Lane
from ingestd.daemon.observing import observers_of
from ingestd.daemon.orphans import tell_of_orphans
from ingestd.daemon.probing import HURRIED, PATIENT
from ingestd.daemon.setbacks import MANY, Setbacks
from ingestd.daemon.shrinking import shrink_for, shrinker_for
from ingestd.daemon.signals import Signals
from ingestd.daemon.surroundings import Surroundings
from ingestd.daemon.times import Times
from ingestd.describe import EInvoices, NamePattern, Reader, Rules, SearchApart
from ingestd.errors import StorageFailed
from ingestd.intake import Arrivals, Hurry, Intake, Workplace
from ingestd.kanbert import Kanbert
from ingestd.ledger import Ledger, open_ledger
from ingestd.model import Document
from ingestd.observe import Audience, Log
from ingestd.shrink import missing
from ingestd.stages import Stages

LONGEST_READING = 10.0
"""Seconds that reading the e-invoice inside a document may take. A broken PDF of 15 MB took 0.6."""


@dataclass(slots=True)
class Parts:
    """Everything a daemon is made of, ready to run."""

    conductor: Conductor
    fleet: Fleet
    orphans: int
    """Unfinished documents of inboxes that are not in the settings any more."""
    opened: ExitStack

    def close(self) -> None:
        """Let go of connections, processes and the ledger."""
        self.opened.close()


def wire(
    settings: config.Settings,
    *,
    signals: Signals,
    log: Log,
    audience: Audience,
    filed: Callable[[Document], None] = lambda _: None,
    hurried: bool = False,
    times: Times | None = None,
) -> Parts:
    """Make a daemon from settings; nothing runs yet.

    :param audience: of the log; whoever is to hear of what happens is added to it.
    :param filed: told of every document that was put away.
    :param hurried: for a run that ends; see `intake.Hurry`.
    :param times: this machine's clocks unless others are given.
    :raises SettingsError: for what only shows when it is used.
    :raises LedgerUnusable: if there can be no memory.
    """
    times = times or Times()
    wiring = _Wiring(
        settings,
        signals=signals,
        log=log,
        audience=audience,
        filed=filed,
        hurried=hurried,
        times=times,
    )
    accounts = {name: wiring.account(name) for name in settings.accounts}
    stations = [wiring.station(name, accounts) for name in settings.inboxes]
    fleet = Fleet(stations, list(accounts.values()))
    conductor = wiring.conductor(fleet)
    paths = {name: inbox.path for name, inbox in settings.inboxes.items()}
    orphans = tell_of_orphans(paths, wiring.ledger, log)
    return Parts(conductor, fleet, orphans, wiring.opened)


class _Closable(Protocol):
    def close(self) -> None: ...


_Opened = TypeVar("_Opened", bound=_Closable)


class _Wiring:
    """What the parts have in common while they are being put together."""

    def __init__(
        self,
        settings: config.Settings,
        *,
        signals: Signals,
        log: Log,
        audience: Audience,
        filed: Callable[[Document], None],
        hurried: bool,
        times: Times,
    ) -> None:
        self._settings = settings
        self._signals = signals
        self._log = log
        self._audience = audience
        self._filed = filed
        self._hurried = hurried
        self._times = times
        self.interrupt = threading.Event()
        self.broken: list[StorageFailed] = []
        self.opened = ExitStack()
        self._shrinker = shrinker_for(settings.inboxes, missing())
        self._client_of: dict[str, Kanbert] = {}
        self.ledger = self._to_close(self._open_ledger())
        self._reader = self._to_close(Reader.reading_with("ingestd.describe.einvoice"))
        self._search = self._to_close(SearchApart())
        if self._shrinker:
            self._to_close(self._shrinker)

    def _open_ledger(self) -> Ledger:
        return open_ledger(
            config.state_dir(self._settings),
            self._settings.ledger.url,
            now=self._times.now,
            set_aside=self._ledger_set_aside,
        )

    def _to_close(self, part: _Opened) -> _Opened:
        self.opened.callback(part.close)
        return part

    def conductor(self, fleet: Fleet) -> Conductor:
        around = (self._settings, fleet, self._times, self._audience, self._log)
        observers = observers_of(*around, hurried=self._hurried)
        return Conductor(
            fleet,
            signals=self._signals,
            interrupt=self.interrupt,
            broken=self.broken,
            log=self._log,
            clock=self._times.clock,
            observers=[self._to_close(one) for one in observers],
        )

    def account(self, name: str) -> Account:
        given = self._settings.accounts[name]
        auth = config.credentials(name, self._settings, config.secret_folders())
        client, prober = connect(given, auth, stop=self.interrupt, hurried=self._hurried)
        self._to_close(prober)
        self._client_of[name] = self._to_close(client)
        account = Account(
            name,
            probe=prober.probe,
            credentials=client.credentials_version,
            log=self._log.bind(base_url=given.base_url),
            clock=self._times.clock,
            random=random.random,
            eagerness=HURRIED if self._hurried else PATIENT,
        )
        account.on_change(self._signals.wake)
        return account

    def station(self, name: str, accounts: dict[str, Account]) -> Station:
        given = self._settings.inboxes[name]
        account_name = self._settings.account_of(given)
        log = self._log.bind(inbox=name, account=account_name)
        arrivals = Arrivals()
        around = Surroundings(
            clock=self._times.clock,
            new_id=folders.new_id,
            filed=self._filed,
            broken=self._break,
            returned=arrivals.returned,
            relist=arrivals.wake.set,
            changed=self._signals.wake,
        )
        stages = self._stages(given, account_name, log)
        workers = self._settings.accounts[account_name].concurrency
        setbacks = Setbacks(self._times.clock, many=1 if self._hurried else MANY)
        lane = Lane(name, stages, accounts[account_name], around, setbacks, workers=workers)
        intake = Intake(
            folders.inbox(name, given, hurried=self._hurried),
            folders.guard(name, given.path, self.ledger, self._times, log),
            lane,
            arrivals,
            log=log,
            clock=self._times.clock,
            hurry=Hurry(self._times.wall) if self._hurried else None,
            changed=self._signals.wake,
        )
        return Station(intake, lane)

    def _stages(self, given: config.Inbox, account: str, log: Log) -> Stages:
        to = self._settings.accounts[account]
        return Stages(
            workplace=Workplace(given.path),
            kanbert=self._client_of[account],
            ledger=self.ledger,
            cabinet=folders.cabinet(given, self.ledger, self._times, log),
            log=log,
            rules=self._rules(given),
            external_origin=to.external_origin,
            max_size=given.max_size,
            may_still_arrive=Doubts(to.timeout, self._times.clock).may_still_arrive,
            now=self._times.local,
            shrink=shrink_for(given, self._shrinker),
        )

    def _rules(self, given: config.Inbox) -> Rules:
        expression = given.filename_pattern
        pattern = NamePattern(expression, self._search) if expression else None
        einvoices = EInvoices(
            partial(self._reader.read, timeout=LONGEST_READING),
            partial(self._reader.read_xml, timeout=LONGEST_READING),
            skip_ocr=given.einvoice == "skip-ocr",
        )
        return Rules(
            given.fields,
            given.subfolders == "tags",
            pattern,
            einvoices if given.einvoice != "off" else None,
        )

    def _break(self, error: StorageFailed) -> None:
        self.broken.append(error)
        self._signals.wake()

    def _ledger_set_aside(self, path: Path, why: str) -> None:
        self._log.error(
            "ledger.set_aside",
            path=str(path),
            error=f"The ledger could not be used and was set aside: {why}.",
            hint="Nothing is lost or delivered twice, but its history is in that file now.",
        )
