"""What is new is made, and what was made is let go of again where any of it cannot be."""

from __future__ import annotations

import io
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import pytest

from ingestd import config
from ingestd.daemon.observers import Observer, Observers, Post
from ingestd.daemon.plan import NOTHING, plan_of
from ingestd.daemon.shrinking import Shrinkers
from ingestd.daemon.workshop import Workshop
from ingestd.errors import SettingsError
from ingestd.observe import open_log
from tests.daemon.test_plan import NEW, settings


class Made:
    """A workshop, and what it made by name."""

    def __init__(self, *posts: Post) -> None:
        self.connections: dict[str, Any] = {}
        self.closed: list[str] = []
        self.stations: dict[str, Any] = {}
        connecting: Any = SimpleNamespace(connect=self._connect)
        equipping: Any = SimpleNamespace(station=self._station)
        observers = Observers(posts, open_log(io.StringIO()))
        self.workshop = Workshop(connecting, equipping, Shrinkers(), observers)

    def _connect(self, name: str, *_: object) -> object:
        made = SimpleNamespace(close=lambda: self.closed.append(name))
        self.connections[name] = made
        return made

    def _station(self, plan: Any, connection: object, _: object) -> object:
        self.stations[plan.name] = connection
        return plan.name


def test_at_the_start_everything_is_made() -> None:
    made = Made()

    prepared = made.workshop.prepare(settings(), NOTHING, {})

    assert prepared.connections == made.connections
    assert list(prepared.stations) == ["scanner", "mail"]
    assert made.stations == {
        "scanner": made.connections["main"],
        "mail": made.connections["other"],
    }
    assert made.closed == []


@pytest.mark.parametrize(
    ("after", "accounts", "inboxes"),
    [
        ({}, [], []),
        ({"inboxes__new": NEW}, [], ["new"]),
        ({"inboxes__mail__done": "away"}, [], ["mail"]),
        ({"accounts__other__concurrency": 2}, ["other"], ["mail"]),
        ({"inboxes__mail": None}, [], []),
    ],
)
def test_then_what_is_new_or_another(
    after: Mapping[str, Any], accounts: list[str], inboxes: list[str]
) -> None:
    made, before = Made(), plan_of(settings(), [])
    at_hand: Any = {"main": "main at hand", "other": "other at hand"}

    prepared = made.workshop.prepare(settings(**after), before, at_hand)

    assert (list(prepared.connections), list(prepared.stations)) == (accounts, inboxes)
    to = {name: made.stations[name] for name in inboxes}
    expected = {"new": "main at hand", "mail": made.connections.get("other", "other at hand")}
    assert to == {name: expected[name] for name in inboxes}


def test_where_something_cannot_be_made_the_rest_is_let_go_of() -> None:
    def refuse(_: config.Settings) -> Observer | None:
        raise SettingsError("It is not installed.")

    made = Made(Post(lambda _: None, refuse))

    with pytest.raises(SettingsError):
        made.workshop.prepare(settings(), NOTHING, {})

    assert sorted(made.closed) == ["main", "other"]


def test_what_is_not_needed_after_all_is_let_go_of() -> None:
    made = Made()

    made.workshop.prepare(settings(), NOTHING, {}).close()

    assert made.closed == ["main", "other"]
