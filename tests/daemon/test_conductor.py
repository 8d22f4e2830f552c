from __future__ import annotations

import io
import json
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from types import SimpleNamespace
from typing import Any

import pytest

from ingestd.daemon.account import Account
from ingestd.daemon.conductor import IDLE_TICK, LONGEST_FAREWELL, TICK, Conductor, Ending
from ingestd.daemon.fleet import Fleet, Station
from ingestd.daemon.observers import Observer
from ingestd.daemon.probing import BETWEEN_LOOKS
from ingestd.daemon.signals import Signals
from ingestd.errors import AccountTrouble, KanbertError, StorageFailed
from ingestd.intake import Arrivals, Guard, Inbox, Intake, Marked, Patience, Rules, WallClock
from ingestd.intake.lock import hold
from ingestd.observe import open_log
from tests.daemon.carrying import Carrying
from tests.daemon.doubles import FakeClock, Gate, outage
from tests.workbench import Bench, now

WRONG_TOKEN = AccountTrouble("Kanbert refuses the token", hint="Renew it.")


def conductor(
    broken: list[StorageFailed],
    output: io.StringIO,
    signals: Signals,
    *,
    stations: Sequence[Station] = (),
    accounts: Sequence[Account] = (),
    fleet: Fleet | None = None,
    interrupt: threading.Event | None = None,
    clock: Callable[[], float] = time.monotonic,
    observers: Sequence[Observer] = (),
    longest_pause: float = IDLE_TICK,
) -> Conductor:
    return Conductor(
        fleet or Fleet(list(stations), list(accounts)),
        signals=signals,
        interrupt=interrupt or threading.Event(),
        broken=broken,
        log=open_log(output),
        clock=clock,
        observers=observers,
        longest_pause=longest_pause,
    )


def ended(broken: list[StorageFailed], until: Callable[[], bool]) -> tuple[Ending, str]:
    output = io.StringIO()
    with Signals() as signals:
        ending = conductor(broken, output, signals).run(until=until)
    return ending, output.getvalue()


def test_a_disk_that_fails_ends_the_run_and_is_logged() -> None:
    ending, output = ended([StorageFailed("the disk said no")], lambda: False)

    assert ending is Ending.BROKEN
    assert json.loads(output)["error"] == "the disk said no"


def test_a_disk_that_fails_at_the_very_end_is_not_passed_over() -> None:
    broken: list[StorageFailed] = []

    def done_and_then_it_fails() -> bool:
        broken.append(StorageFailed("the disk said no"))
        return True

    ending, output = ended(broken, done_and_then_it_fails)

    assert ending is Ending.BROKEN
    assert "the disk said no" in output


class Ticking(FakeClock):
    """A clock that goes on by a second whenever it is asked."""

    def __call__(self) -> float:
        self.time += 1.0
        return self.time


class Hanging:
    """An inbox whose folder hangs until it is released, and a lane without work."""

    def __init__(self, bench: Bench) -> None:
        self.clock, self.output = Ticking(), io.StringIO()
        self.go_on, self.asked = threading.Event(), threading.Event()
        self.carrying = Carrying(bench)
        log = open_log(self.output)
        guard = Guard(
            bench.inbox,
            Marked(
                recall=self._recall,
                remember=lambda _: None,
                new_id=lambda: "an-id",
                now=now,
                log=log,
            ),
        )
        inbox = Inbox(
            "scanner", bench.inbox, Rules(), Patience(), "poll", rescan=60, poll=60, order="name"
        )
        lane = self.carrying.lane
        wall = WallClock(time.time, self.clock)
        intake = Intake(inbox, guard, lane, Arrivals(), log=log, clock=self.clock, wall=wall)
        self.station = Station(intake, lane)

    def _recall(self) -> None:
        self.asked.set()
        self.go_on.wait()

    def run(self, until: Callable[[Conductor], bool]) -> Ending:
        with Signals() as signals:
            made = conductor([], self.output, signals, stations=[self.station], clock=self.clock)
            return made.run(until=lambda: self.asked.wait(30) and until(made))


@pytest.fixture
def hanging(bench: Bench) -> Iterator[Hanging]:
    hanging = Hanging(bench)
    yield hanging
    hanging.go_on.set()
    hanging.station.thread.join(30)
    hanging.station.intake.let_go()
    hanging.carrying.prober.close()


def test_a_folder_that_hangs_is_named_while_the_daemon_runs(hanging: Hanging) -> None:
    named = []

    def long_enough(_: Conductor) -> bool:
        named.append("does not answer" in hanging.output.getvalue())
        return named[-1] or hanging.clock.time > 5000.0

    hanging.run(until=long_enough)

    assert named[-1]


def test_a_folder_that_hangs_is_named_and_ends_a_run_that_ends(hanging: Hanging) -> None:
    ending = hanging.run(until=lambda made: made.at_rest())

    assert ending is Ending.DONE
    assert hanging.output.getvalue().count("does not answer") == 1


def test_a_folder_that_hangs_after_it_was_listed_is_not_served(hanging: Hanging) -> None:
    hanging.run(until=lambda made: made.at_rest())
    hanging.carrying.lane.listing_begins()
    hanging.carrying.lane.offer([], 0, 0, 0, [])

    served_while_it_hangs = hanging.station.serves
    hanging.go_on.set()
    hanging.station.thread.join(30)

    assert (served_while_it_hangs, hanging.station.serves) == (False, True)


def test_an_inbox_that_nobody_works_in_any_more_is_unlocked(hanging: Hanging) -> None:
    hanging.go_on.set()

    hanging.run(until=lambda made: made.at_rest())

    os.close(hold(hanging.carrying.bench.inbox))


def test_a_thread_that_hangs_without_a_document_in_hand_is_hardly_waited_for(
    hanging: Hanging,
) -> None:
    def from_now(_: Conductor) -> bool:
        hanging.clock.time = 0.0
        return True

    hanging.run(until=from_now)

    assert hanging.station.thread.is_alive()
    assert hanging.clock.time < LONGEST_FAREWELL * 2  # the clock is asked twice a turn
    assert "document.deferred" not in hanging.output.getvalue()


def test_the_end_cuts_short_what_waits_for_kanbert() -> None:
    interrupt = threading.Event()

    with Signals() as signals:
        conductor([], io.StringIO(), signals, interrupt=interrupt).run(until=lambda: True)

    assert interrupt.is_set()


def test_nothing_is_begun_after_a_signal_during_the_greeting(gate: Gate, bench: Bench) -> None:
    go_on, unserved = threading.Event(), Hanging(bench)

    def be_stopped_meanwhile() -> None:
        os.kill(os.getpid(), signal.SIGTERM)
        go_on.wait(30)

    gate.probed.meanwhile = be_stopped_meanwhile

    with Signals() as signals:
        ending = conductor(
            [], io.StringIO(), signals, stations=[unserved.station], accounts=[gate.account]
        ).run(until=lambda: False)

    assert ending is Ending.ASKED
    assert not unserved.asked.is_set()
    go_on.set()
    unserved.carrying.prober.close()


class Woken(Signals):
    """Waits much longer than it is asked to, unless it is woken; tells when it begins to."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.second = threading.Event(), threading.Event()
        self.in_vain = 0

    def wait(self, seconds: float) -> bool:
        del seconds
        (self.second if self.first.is_set() else self.first).set()
        came = super().wait(10.0)
        self.in_vain += not came
        return came


def test_the_greeting_and_the_end_are_over_as_soon_as_their_threads_are(
    gate: Gate, bench: Bench
) -> None:
    carrying = Carrying(bench)
    with Woken() as signals:
        gate.probed.meanwhile = lambda: signals.first.wait(30)
        intake: Any = SimpleNamespace(
            run=lambda: signals.second.wait(30),
            say_if_it_hangs=lambda: None,
            stop=lambda: None,
            let_go=lambda: None,
        )
        station = Station(intake, carrying.lane)

        conductor([], io.StringIO(), signals, stations=[station], accounts=[gate.account]).run(
            until=lambda: True
        )

    assert signals.second.is_set()
    assert signals.in_vain == 0
    carrying.prober.close()


class Patient(Signals):
    """Is asked to stop at the second wait, and keeps how long each was to be."""

    def __init__(self) -> None:
        super().__init__()
        self.waits: list[float] = []

    def wait(self, seconds: float) -> bool:
        self.waits.append(seconds)
        if len(self.waits) == 2:
            os.kill(os.getpid(), signal.SIGTERM)
        return True


@pytest.mark.parametrize(
    ("longest", "error", "pause"),
    [
        pytest.param(300.0, None, IDLE_TICK, id="nobody is in a hurry"),
        pytest.param(3.0, None, 3.0, id="a watchdog waits"),
        pytest.param(300.0, outage(), 5.0, id="an account is to be asked then"),
        pytest.param(300.0, outage(retry_after=900.0), IDLE_TICK, id="it is not, for long"),
        pytest.param(300.0, WRONG_TOKEN, BETWEEN_LOOKS, id="a person may mend an account"),
    ],
)
def test_it_looks_as_often_as_its_observers_and_accounts_must(
    gate: Gate, longest: float, error: KanbertError | None, pause: float
) -> None:
    if error:
        gate.account.trouble(error)

    with Patient() as signals:
        made = conductor([], io.StringIO(), signals, accounts=[gate.account], longest_pause=longest)
        made.run()

    assert signals.waits == [pause, pause]


class Watching:
    """An observer that keeps what it is called for."""

    def __init__(self) -> None:
        self.calls: list[str] = []

    def turn(self) -> None:
        self.calls.append("turn")

    def stopping(self) -> None:
        self.calls.append("stopping")

    def close(self) -> None:
        self.calls.append("close")


def test_observers_look_at_each_turn_and_hear_of_the_end() -> None:
    watching = Watching()

    with Patient() as signals:
        conductor([], io.StringIO(), signals, observers=[watching]).run()

    assert watching.calls == ["turn", "turn", "stopping"]


class Waited:
    """Signals that ask to stop after one wait."""

    asked_again = False

    def __init__(self) -> None:
        self.seconds: list[float] = []

    @property
    def asked_to_stop(self) -> bool:
        return bool(self.seconds)

    def wait(self, seconds: float) -> bool:
        self.seconds.append(seconds)
        return True

    def wake(self) -> None:
        pass


@pytest.mark.parametrize(("reloading", "expected"), [(False, IDLE_TICK), (True, TICK)])
def test_while_settings_are_read_it_looks_more_often(reloading: bool, expected: float) -> None:
    signals: Any = Waited()
    made = conductor([], io.StringIO(), signals, fleet=Fleet(reloading=reloading))

    made.run()

    assert signals.seconds == [expected]


def test_an_inbox_that_leaves_is_unlocked_by_whoever_sees_it_off_alone(bench: Bench) -> None:
    unlocked: list[str] = []
    intake: Any = SimpleNamespace(
        run=lambda: None,
        say_if_it_hangs=lambda: None,
        stop=lambda: None,
        let_go=lambda: unlocked.append("by the conductor"),
    )
    carrying = Carrying(bench)
    station = Station(intake, carrying.lane)
    station.leaving = True

    with Signals() as signals:
        conductor([], io.StringIO(), signals, stations=[station]).run(until=lambda: True)

    assert unlocked == []
    carrying.prober.close()
