"""From the inboxes and accounts that there are to those that there are to be."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from types import SimpleNamespace
from typing import Any

import pytest

from ingestd import config
from ingestd.daemon.connections import Connection
from ingestd.daemon.fleet import Fleet, Station
from ingestd.daemon.observers import Relief
from ingestd.daemon.plan import InboxPlan, Plan, changes, plan_of
from ingestd.daemon.turnover import Turnover
from ingestd.daemon.workshop import Prepared

PATIENCE = 30.0


class Account:
    def __init__(self, name: str) -> None:
        self.name = name
        self.being_asked = False
        self.greeted = threading.Event()
        self.closed = False

    def greet(self) -> None:
        self.greeted.set()

    def connection(self) -> Connection:
        made: Any = SimpleNamespace(close=lambda: None)
        client: Any = SimpleNamespace(close=lambda: setattr(self, "closed", True))
        account: Any = self
        return Connection(account, client, made)


class Doubled:
    """A station whose documents in hand are finished when a test says so."""

    def __init__(self, plan: InboxPlan, account: object) -> None:
        self.started = self.stopped = self.unlocked = False
        self.finished = threading.Event()
        intake: Any = SimpleNamespace(
            run=lambda: self.finished.wait(PATIENCE),
            stop=lambda: setattr(self, "stopped", True),
            let_go=lambda: setattr(self, "unlocked", True),
        )
        lane: Any = SimpleNamespace(
            name=plan.name,
            account=account,
            start=lambda: setattr(self, "started", True),
            finish=lambda: None,
            join=lambda: self.finished.wait(PATIENCE),
        )
        self.station = Station(intake, lane)


class Site:
    """A turnover, and what it is given."""

    def __init__(self) -> None:
        self.fleet = Fleet()
        self.left: list[tuple[str, Plan]] = []
        self._woken = threading.Semaphore(0)
        self.turnover = Turnover(self.fleet, left=self._note, wake=lambda: None)
        self.made: dict[str, list[Doubled]] = {}
        self.accounts: dict[str, list[Account]] = {}

    def _note(self, plan: InboxPlan, there_is: Plan) -> None:
        self.left.append((plan.name, there_is))
        self._woken.release()

    def prepared(self, plan: Plan) -> Prepared:
        """What the workshop makes of it."""
        before = self.turnover.plan
        accounts = changes(before.accounts, plan.accounts)
        inboxes = changes(before.inboxes, plan.inboxes)
        for name in accounts.begun:
            self.accounts.setdefault(name, []).append(Account(name))
        for name in inboxes.begun:
            account = self.accounts[plan.inboxes[name].account][-1]
            self.made.setdefault(name, []).append(Doubled(plan.inboxes[name], account))
        return Prepared(
            plan,
            accounts,
            inboxes,
            {name: self.accounts[name][-1].connection() for name in accounts.begun},
            {name: self.made[name][-1].station for name in inboxes.begun},
            Relief({}, []),
        )

    def begin(self, **inboxes: Mapping[str, Any]) -> None:
        self.turnover.begin(self.prepared(plan(**inboxes)))
        for station in self.fleet.stations:
            station.start()

    def take_up(self, **inboxes: Mapping[str, Any]) -> None:
        self.turnover.take_up(self.prepared(plan(**inboxes)))

    def finish(self, name: str) -> None:
        """Let the first by that name end, and the loop have its turn."""
        self.made[name][0].finished.set()
        assert self._woken.acquire(timeout=PATIENCE)
        self.turnover.turn()

    def at_work(self) -> list[str]:
        return [station.lane.name for station in self.fleet.stations]

    def started(self, name: str) -> list[bool]:
        return [one.started for one in self.made[name]]


ACCOUNT = {"base_url": "https://api.example.com", "token": "a-token"}


def plan(accounts: Mapping[str, Any] | None = None, **inboxes: Mapping[str, Any]) -> Plan:
    return plan_of(_settings(accounts, inboxes), [])


def _settings(accounts: Mapping[str, Any] | None, inboxes: Mapping[str, Any]) -> config.Settings:
    given = {name: {"account": "main", **inbox} for name, inbox in inboxes.items()}
    return config.Settings.model_validate(
        {"accounts": accounts or {"main": ACCOUNT}, "inboxes": given}
    )


A, B = {"path": "/a"}, {"path": "/b"}
OTHER_A, NEWEST_A = {"path": "/a", "done": "away"}, {"path": "/a", "done": "far"}


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site()
    yield site
    for doubles in site.made.values():
        for one in doubles:
            one.finished.set()


def test_what_is_new_begins_at_once_and_what_stays_notices_nothing(site: Site) -> None:
    site.begin(a=A)
    (a,) = site.fleet.stations

    site.take_up(a=A, b=B)

    assert site.at_work() == ["a", "b"]
    assert site.fleet.stations[0] is a
    assert (site.started("a"), site.started("b")) == ([True], [True])
    assert not site.made["a"][0].stopped


def test_what_is_taken_out_is_in_the_fleet_until_it_is_finished(site: Site) -> None:
    site.begin(a=A, b=B)

    site.take_up(b=B)
    meanwhile, leaving = site.at_work(), site.fleet.stations[0].leaving
    site.finish("a")

    assert (meanwhile, leaving) == (["a", "b"], True)
    assert site.at_work() == ["b"]
    assert (site.made["a"][0].stopped, site.made["a"][0].unlocked) == (True, True)
    assert site.left == [("a", plan(b=B))]


def test_what_changed_begins_when_its_predecessor_is_finished(site: Site) -> None:
    site.begin(a=A)

    site.take_up(a=OTHER_A)
    before = site.started("a")
    site.finish("a")

    assert (before, site.started("a")) == ([True, False], [True, True])
    assert site.at_work() == ["a"]
    assert not site.fleet.stations[0].leaving


def test_an_inbox_by_another_name_waits_for_its_folder(site: Site) -> None:
    site.begin(a=A)

    site.take_up(renamed=A)
    before = site.started("renamed")
    site.finish("a")

    assert (before, site.started("renamed")) == ([False], [True])


def test_one_that_never_finishes_holds_up_nobody_else(site: Site) -> None:
    site.begin(a=A)

    site.take_up(a=OTHER_A, b=B)

    assert (site.started("a"), site.started("b")) == ([True, False], [True])


def test_the_newest_settings_win_where_they_change_again_meanwhile(site: Site) -> None:
    site.begin(a=A)

    site.take_up(a=OTHER_A)
    site.take_up(a=NEWEST_A)
    site.finish("a")

    assert site.started("a") == [True, False, True]
    assert site.at_work() == ["a"]


def test_what_waits_and_is_taken_out_again_never_begins(site: Site) -> None:
    site.begin(a=A)

    site.take_up(a=OTHER_A)
    site.take_up(b=B)
    site.finish("a")

    assert site.started("a") == [True, False]
    assert site.at_work() == ["b"]


def test_what_is_as_it_was_once_more_begins_anew(site: Site) -> None:
    site.begin(a=A)

    site.take_up(b=B)
    site.take_up(a=A, b=B)
    site.finish("a")

    assert site.started("a") == [True, True]
    assert site.at_work() == ["b", "a"]


def test_a_new_account_is_greeted_and_in_the_fleet(site: Site) -> None:
    site.begin(a=A)

    site.take_up(accounts={"main": ACCOUNT, "other": ACCOUNT}, a=A)

    assert [account.name for account in site.fleet.accounts] == ["main", "other"]
    assert site.accounts["other"][0].greeted.wait(PATIENCE)
    assert not site.accounts["main"][0].greeted.is_set()


def test_an_account_is_closed_when_the_last_inbox_that_delivered_to_it_is_finished(
    site: Site,
) -> None:
    site.begin(a=A)
    first = site.accounts["main"][0]

    site.take_up(accounts={"main": {**ACCOUNT, "concurrency": 2}}, a=A)
    in_use = first.closed
    site.finish("a")

    assert (in_use, first.closed) == (False, True)
    assert not site.accounts["main"][1].closed


def test_an_account_is_not_closed_while_a_probe_waits_for_its_answer(site: Site) -> None:
    site.begin(a=A)
    first = site.accounts["main"][0]
    first.being_asked = True

    site.take_up(accounts={"main": {**ACCOUNT, "concurrency": 2}}, a=A)
    site.finish("a")
    while_asked = first.closed
    first.being_asked = False
    site.turnover.turn()

    assert (while_asked, first.closed) == (False, True)


def test_at_the_end_all_accounts_are_closed(site: Site) -> None:
    site.begin(a=A)
    site.take_up(accounts={"main": {**ACCOUNT, "concurrency": 2}}, a=A)

    site.turnover.close()

    assert [account.closed for account in site.accounts["main"]] == [True, True]
