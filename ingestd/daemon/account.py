"""An account, and whether it may be used now.

    open ──trouble──▶ paused ──probe succeeded──▶ on trial ──one document delivered──▶ open
                        ▲ ◀──probe failed──┘          │
                        └─────────── trouble ─────────┘

While an account is paused its documents stay in their inboxes, and all that it is sent is one
probe now and then, however many wait.

The log hears of a trouble once, and of its end once that is proven: by a probe where a probe met
the trouble, else by a delivery. (A token that may read but not write passes every probe.) What was
asked before a pause, or with a token that was replaced since, says nothing of how it stands now.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from enum import Enum

from ingestd.daemon.announcing import Announcer, passes
from ingestd.daemon.probing import BETWEEN_LOOKS, PATIENT, Eagerness, Pause, until_probe
from ingestd.daemon.timeliness import Timeliness
from ingestd.errors import KanbertError, OutcomeUnknown
from ingestd.observe import Log

LONGEST_TRIAL = 60.0
"""Seconds that other documents wait for the one that is on trial."""


class _Use(Enum):
    OPEN = "open"
    PAUSED = "paused"
    TRIAL = "on trial"


class Account:
    """One account's gate; used by every thread that delivers to it."""

    def __init__(
        self,
        name: str,
        *,
        probe: Callable[[], object],
        credentials: Callable[[], object],
        log: Log,
        clock: Callable[[], float],
        random: Callable[[], float],
        eagerness: Eagerness = PATIENT,
    ) -> None:
        """Make a gate that is open.

        :param probe: asks the account something harmless; raises `KanbertError`.
        :param credentials: anything that compares unequal once they were replaced.
        :param random: uniform from 0 to 1.
        """
        self.name = name
        self._probe, self._timeliness = probe, Timeliness(credentials)
        self._announcer = Announcer(log.bind(account=name))
        self._clock = clock
        self._random = random
        self._eagerness = eagerness
        self._lock = threading.RLock()
        self._use = _Use.OPEN
        self._on_trial: object | None = None
        self._trial_ends = 0.0
        self._pause: Pause | None = None
        self._failures = self._doubts = self._asking = 0
        self._probing = self._probe_failed = False
        self._listeners: tuple[Callable[[], None], ...] = ()

    def on_change(self, listener: Callable[[], None]) -> None:
        """Have `listener` called whenever the account may be used again, or not any more."""
        self._listeners = (*self._listeners, listener)

    def forget(self, listener: Callable[[], None]) -> None:
        """Call a listener no more."""
        self._listeners = tuple(one for one in self._listeners if one != listener)

    @property
    def being_asked(self) -> bool:
        """Whether a probe waits for its answer, and so still needs its client."""
        return self._asking > 0

    @property
    def calm(self) -> bool:
        """Whether it is open, so that time alone changes nothing."""
        return self._use is _Use.OPEN

    @property
    def pause(self) -> Pause | None:
        """Why it is paused; None if it is not."""
        with self._lock:
            return self._pause if self._use is _Use.PAUSED else None

    @property
    def known_trouble(self) -> KanbertError | None:
        """Why it cannot be used, until the end of that is proven; asks for no lock."""
        return self._announcer.trouble

    @property
    def hopeless(self) -> bool:
        """Whether a run that ends need not wait for it: no probe, and no document, gets through."""
        with self._lock:
            if not (pause := self.pause):
                return False
            long_ago = self._clock() - pause.since > self._eagerness.longest_hope
            return self._probe_failed or long_ago or self._failures >= self._eagerness.trials

    def admit(self, document: object) -> bool:
        """Whether something may be sent for this document now; on trial only one is let through."""
        with self._lock:
            if self._use is _Use.TRIAL and self._on_trial in (None, document):
                self._on_trial = document
                self._trial_ends = self._clock() + LONGEST_TRIAL
            elif self._use is not _Use.OPEN:
                return False
            self._timeliness.admitted(document)
            return True

    def done_with(self, document: object, *, delivered: bool) -> None:
        """A document that was admitted needs the account no more."""
        self._timeliness.look()
        with self._lock:
            self._timeliness.over(document, delivered=delivered)
            self._doubts = 0 if delivered else self._doubts
            if self._use is not _Use.TRIAL or self._on_trial != document:
                return
            self._on_trial = None
            if delivered:
                self._use, self._failures, self._pause = _Use.OPEN, 0, None
                self._announcer.resumed()
        self._tell()

    def trouble(self, error: KanbertError, document: object = None) -> bool:
        """Nothing can be sent now: pause, and say so once.

        One answer that never came may be one document's; several in a row are the account's.

        :param document: the one that met it, if it was admitted.
        :returns: whether the document that met it may be alone in its trouble.
        """
        self._timeliness.look()
        with self._lock:
            asked = self._timeliness.asked(document)
            if self._timeliness.is_late(asked):
                return False
            unclear = isinstance(error, OutcomeUnknown) and passes(error)
            in_doubt = unclear and self._use is _Use.OPEN
            alone = in_doubt or self._use is _Use.TRIAL  # a probe was answered just before
            if in_doubt:
                self._doubts += 1
                if self._doubts < self._eagerness.doubts:
                    return alone
        self._close(error, asked)
        return alone

    def greet(self) -> None:
        """Ask the account once, so that a wrong token shows before the first document does."""
        self._timeliness.look()
        asked, delivered = self._timeliness.now, self._timeliness.delivered
        try:
            self._ask_harmlessly()
        except KanbertError as error:
            self._timeliness.look()
            if passes(error) and self._timeliness.delivered > delivered:
                return  # documents got through meanwhile
            self._close(error, asked, met_by_probe=True)

    def tick(self) -> None:
        """Probe a paused account in a thread of its own, if the time has come."""
        self._let_trial_lapse()
        pause = None if self._probing else self.pause
        if not pause or not pause.is_over(self._clock(), self._timeliness.look()):
            return
        self._probing = True
        threading.Thread(target=self._ask, name=f"probe {self.name}", daemon=True).start()

    def until_look(self) -> float:
        """Seconds until `tick` may find something to do, unless a listener is told before."""
        with self._lock:
            if self._probing:
                return BETWEEN_LOOKS
            if pause := self.pause:
                return pause.until_look(self._clock())
            return math.inf if self._on_trial is None else self._trial_ends - self._clock()

    def _let_trial_lapse(self) -> None:
        """Try another document where the one on trial hangs, in a dead mount for instance."""
        with self._lock:
            lapsed = self._on_trial is not None and self._clock() >= self._trial_ends
            if lapsed:
                self._on_trial = None
        if lapsed:
            self._tell()

    def _close(self, error: KanbertError, asked: object, *, met_by_probe: bool = False) -> None:
        with self._lock:
            if self._use is _Use.PAUSED or self._timeliness.is_late(asked):
                return
            self._use, self._on_trial, self._doubts = _Use.PAUSED, None, 0
            self._timeliness.paused()
            self._put_off(error, self._timeliness.known, met_by_probe=met_by_probe)
        self._tell()

    def _ask(self) -> None:
        asked_with = self._timeliness.look()
        try:
            self._ask_harmlessly()
        except KanbertError as error:
            self._timeliness.look()
            with self._lock:
                self._put_off(error, asked_with, met_by_probe=True)
            self._announcer.speak()
        else:
            with self._lock:
                self._use, self._on_trial = _Use.TRIAL, None
                if self._announcer.met_by_probe:
                    self._announcer.resumed()
            self._tell()
        finally:
            self._probing = False

    def _ask_harmlessly(self) -> None:
        with self._lock:
            self._asking += 1
        try:
            self._probe()
        finally:
            with self._lock:
                self._asking -= 1

    def _put_off(self, error: KanbertError, asked_with: object, *, met_by_probe: bool) -> None:
        """Set the time of the next probe, and have the log hear of it."""
        asked = error.answer.retry_after
        wait = until_probe(self._failures, asked, self._eagerness, self._random())
        self._failures += 1
        since = self._pause.since if self._pause else self._clock()
        self._pause = Pause(error, since, self._clock() + wait, asked_with)
        self._probe_failed = met_by_probe
        # a token file is empty while it is written: the next probe follows at once
        if asked_with == self._timeliness.known:
            self._announcer.paused(error, met_by_probe=met_by_probe, probe_in=round(wait, 1))

    def _tell(self) -> None:
        self._announcer.speak()
        for listener in self._listeners:
            listener()
