"""The fleet's troubles reach people, and the dead man's switch, whatever is heard or not heard."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from ingestd.daemon.fleet import Fleet
from ingestd.daemon.notifying import Notifying
from ingestd.errors import AccountTrouble, InboxUnavailable
from ingestd.observe import Audience
from ingestd.observe.notify import AT_ONCE, Beat, Memory, Notices, Notifier, Pulse
from tests.daemon.doubles import FakeClock, Gate
from tests.observe.notify.channels import PATIENCE, Carried, Way
from tests.workbench import now

PAUSED = {"event": "account.paused", "level": "error", "account": "main", "error": "401"}
AWAY = {
    "event": "inbox.unavailable",
    "level": "error",
    "inbox": "scanner",
    "account": "main",
    "error": "away",
}
SUSPECT = {**AWAY, "event": "setting.suspect", "error": "refused"}
BROKE = {"event": "daemon.stopped", "level": "error", "error": "The disk failed."}


@dataclass
class Told:
    """A fleet of one inbox and one account, who tells of it, and what was told."""

    folder: Path
    clock: FakeClock = field(default_factory=FakeClock)
    messages: Way = field(default_factory=Way)
    beats: Way = field(default_factory=Way)
    audience: Audience = field(default_factory=Audience)

    def __post_init__(self) -> None:
        self.gate = Gate(self.clock)
        self.station: Any = SimpleNamespace(
            lane=SimpleNamespace(name="scanner", suspect=""), intake=SimpleNamespace(trouble=None)
        )
        self.fleet = Fleet(accounts=[self.gate.account])
        self.fleet.stations = list[Any]([self.station])
        courier = Carried(self.messages).courier
        self.notifying = Notifying(
            Notifier(Notices(AT_ONCE), [courier], Memory(self.folder), self.clock, now),
            self.fleet,
            self.audience,
            clock=self.clock,
            pulse=Pulse(300.0, start=self.clock()),
            heart=Carried(self.beats, most=1).courier,
            farewell=PATIENCE,
        )

    def hear(self, event: dict[str, Any]) -> None:
        self.audience.hear(event)

    def titles(self, number: int) -> list[str]:
        self.messages.wait_for(number)
        return [message.title for message in self.messages.taken]


@pytest.fixture
def told(tmp_path: Path) -> Iterator[Told]:
    told = Told(tmp_path)
    yield told
    told.notifying.close()


def test_a_trouble_that_shows_is_told_once_however_many_turns_there_are(told: Told) -> None:
    told.gate.account.trouble(AccountTrouble("401", hint="Mend it."))
    told.notifying.turn()
    told.hear(PAUSED)
    for _ in range(5):
        told.notifying.turn()

    assert told.titles(1) == ["Account main is paused"]


def test_an_account_made_anew_by_a_reload_is_back_though_nobody_says_so(told: Told) -> None:
    told.gate.account.trouble(AccountTrouble("401", hint="Mend it."))
    told.notifying.turn()
    told.hear(PAUSED)
    told.messages.wait_for(1)

    told.fleet.accounts = [Gate(told.clock).account]
    told.notifying.turn()

    assert told.titles(2) == ["Account main is paused", "Account main is back"]


def test_an_account_that_a_probe_found_well_is_back_though_nobody_heard_of_it(told: Told) -> None:
    told.gate.probed.error = AccountTrouble("401", hint="Mend it.")
    told.gate.account.greet()
    told.notifying.turn()
    told.hear(PAUSED)
    told.messages.wait_for(1)

    told.gate.resume()
    told.notifying.turn()

    assert told.titles(2) == ["Account main is paused", "Account main is back"]


@pytest.mark.parametrize(("event", "title"), [(AWAY, "not available"), (SUSPECT, "paused")])
def test_an_inbox_is_told_of_until_it_shows_no_trouble(
    told: Told, event: dict[str, Any], title: str
) -> None:
    told.station.intake.trouble = InboxUnavailable("away")
    told.station.lane.suspect = "a setting"
    told.notifying.turn()
    told.hear(event)
    told.notifying.turn()
    told.messages.wait_for(1)
    told.station.intake.trouble, told.station.lane.suspect = None, ""
    told.notifying.turn()

    first, second = told.titles(2)
    assert title in first
    assert second == "Inbox scanner is back"


def test_nothing_more_is_said_of_an_inbox_that_a_reload_took_away(told: Told) -> None:
    told.station.intake.trouble = InboxUnavailable("away")
    told.notifying.turn()
    told.hear(AWAY)
    told.messages.wait_for(1)

    told.fleet.stations = []
    told.notifying.turn()
    told.notifying.close()

    assert told.titles(1) == ["Inbox scanner is not available"]


def test_the_switch_is_told_of_a_trouble_and_of_its_end_at_once(told: Told) -> None:
    told.notifying.turn()
    told.gate.account.trouble(AccountTrouble("401", hint="Mend it."))
    told.hear(PAUSED)
    told.notifying.turn()
    told.beats.wait_for(1)
    told.hear({"event": "account.resumed", "level": "info", "account": "main"})
    told.notifying.turn()
    told.beats.wait_for(2)

    assert told.beats.taken == [Beat("main: 401"), Beat()]


def test_the_switch_hears_nothing_while_the_main_loop_does_not_turn(told: Told) -> None:
    told.notifying.turn()
    told.clock.time += 3600

    told.notifying.close()

    assert told.beats.taken == []


def test_it_is_the_turn_that_gives_the_sign_of_life(told: Told) -> None:
    told.notifying.turn()
    told.clock.time += 3600
    told.notifying.turn()
    told.beats.wait_for(1)

    assert told.beats.taken == [Beat()]


def test_a_daemon_that_broke_says_so_on_its_way_out(told: Told) -> None:
    told.notifying.turn()
    told.hear(BROKE)

    told.notifying.close()

    assert told.titles(1) == ["ingestd stopped"]
    assert told.beats.taken == [Beat("The disk failed.")]


def test_an_end_that_was_asked_for_is_no_news(told: Told) -> None:
    told.notifying.turn()
    told.hear({"event": "daemon.stopped", "level": "info"})

    told.notifying.close()

    assert (told.messages.taken, told.beats.taken) == ([], [])
