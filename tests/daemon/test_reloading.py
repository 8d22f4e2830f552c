"""A daemon in this process that is asked to read its settings again, in the middle of it all."""

from __future__ import annotations

import io
import json
import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from ingestd import config
from ingestd.cli.samples import pdf
from ingestd.daemon import Parts, Signals, Source, Times, wire
from ingestd.daemon.fleet import Fleet
from ingestd.daemon.observers import Post, Relief
from ingestd.daemon.plan import NOTHING, Changes
from ingestd.daemon.reloading import LONGEST_READING, MOST_HANGING, Reloading
from ingestd.daemon.turnover import Turnover
from ingestd.daemon.workshop import Prepared
from ingestd.errors import SettingsError
from ingestd.observe import Audience, open_log, read_report
from tests.daemon.doubles import FakeClock
from tests.workbench import LocalKanbert

TURNS = 600
"""Of the loop, until a test says that something did not happen."""

Script = Iterator[Callable[[], bool]]
"""Does something, and yields what the loop is to wait for."""


@dataclass
class Site:
    """A state folder, inboxes, and settings that are in no file."""

    folder: Path
    kanbert: LocalKanbert
    output: io.StringIO = field(default_factory=io.StringIO)
    taken: list[config.Settings] = field(default_factory=list)
    clock: Callable[[], float] = Times().clock
    read: Callable[[], config.Settings] = field(init=False)
    given: dict[str, Any] = field(init=False)

    def __post_init__(self) -> None:
        self.given = {
            "state_dir": self.folder / "state",
            "accounts": {"main": {"base_url": self.kanbert.base_url, "token": self.kanbert.token}},
            "inboxes": {},
        }
        self.add("scanner")
        self.read = self.settings

    def settings(self) -> config.Settings:
        return config.Settings.model_validate(deepcopy(self.given))

    def _read_now(self) -> config.Settings:
        return self.read()

    def add(self, name: str) -> Path:
        path = self.folder / name
        path.mkdir()
        self.given["inboxes"][name] = {"path": path, "settle": "100ms", "watch": "native"}
        return path

    @contextmanager
    def wired(self) -> Iterator[tuple[Parts, Signals]]:
        (self.folder / "state").mkdir()
        audience = Audience()
        log = open_log(self.output, level="debug", audience=audience)
        source = Source(self._read_now, self.taken.append)
        with Signals(reloads=True) as signals:
            parts = wire(
                self.settings(),
                signals=signals,
                log=log,
                audience=audience,
                times=Times(clock=self.clock),
                again=source,
            )
            try:
                yield parts, signals
            finally:
                parts.close()

    def run(self, script: Callable[[Parts], Script]) -> None:
        """Run until the script is at its end."""
        with self.wired() as (parts, _):
            steps = script(parts)
            awaited = [lambda: True]
            turns = iter(range(TURNS))

            def over() -> bool:
                assert next(turns, None) is not None, self.output.getvalue()
                while awaited[-1]():
                    step = next(steps, None)
                    if step is None:
                        return True
                    awaited.append(step)
                return False

            parts.conductor.run(until=over)

    def said(self, event: str, number: int = 1) -> Callable[[], bool]:
        return lambda: len(self.events(event)) >= number

    def events(self, event: str) -> list[dict[str, Any]]:
        lines = [json.loads(line) for line in self.output.getvalue().splitlines()]
        return [line for line in lines if line["event"] == event]


def hang_up() -> None:
    os.kill(os.getpid(), signal.SIGHUP)


@pytest.fixture
def site(tmp_path: Path, local_kanbert: LocalKanbert) -> Site:
    return Site(tmp_path, local_kanbert)


def test_what_is_read_takes_effect_and_is_told(site: Site) -> None:
    def script(_: Parts) -> Script:
        path = site.add("mail")
        hang_up()
        yield site.said("settings.reloaded")
        (path / "one.pdf").write_bytes(pdf("one"))
        yield site.said("document.delivered")

    site.run(script)

    assert site.events("settings.reloaded")[0]["added"] == ["inboxes.mail"]
    assert [set(settings.inboxes) for settings in site.taken] == [{"scanner", "mail"}]


def test_an_account_that_changed_is_delivered_to(site: Site) -> None:
    def script(parts: Parts) -> Script:
        yield site.said("inbox.watching")
        before = parts.fleet.accounts
        site.given["accounts"]["main"]["concurrency"] = 1
        hang_up()
        yield site.said("inbox.watching", 2)
        (site.folder / "scanner" / "one.pdf").write_bytes(pdf("one"))
        yield site.said("document.delivered")
        assert parts.fleet.accounts != before

    site.run(script)

    assert site.events("settings.reloaded")[0]["changed"] == ["accounts.main", "inboxes.scanner"]


def test_an_address_that_its_file_holds_by_now_is_gone_by(site: Site) -> None:
    (file := site.folder / "hook").write_text("http://127.0.0.1:9/old")
    site.given["notify"] = {"webhook_url_file": file}

    def script(_: Parts) -> Script:
        yield site.said("inbox.watching")
        hang_up()
        yield site.said("settings.reloaded")
        file.write_text("http://127.0.0.1:9/new")
        hang_up()
        yield site.said("settings.reloaded", 2)

    site.run(script)

    assert [line.get("changed") for line in site.events("settings.reloaded")] == [None, ["notify"]]


def test_what_is_refused_is_told_with_what_to_do_and_changes_nothing(site: Site) -> None:
    def refuse() -> config.Settings:
        raise SettingsError("It is broken.", hint="Mend it.")

    def script(parts: Parts) -> Script:
        before = parts.fleet.stations
        yield site.said("inbox.watching")
        site.read = refuse
        hang_up()
        yield site.said("settings.refused")
        assert parts.fleet.stations is before

    site.run(script)

    (refused,) = site.events("settings.refused")
    assert (refused["level"], refused["error"], refused["hint"]) == (
        "error",
        "It is broken.",
        "Mend it.",
    )
    report = read_report(site.folder / "state")
    assert report is not None
    assert report.settings is not None
    assert (report.settings.error, report.settings.hint) == ("It is broken.", "Mend it.")
    assert site.taken == []


def test_a_mistake_of_ours_in_reading_them_ends_nothing(site: Site) -> None:
    def stumble() -> config.Settings:
        raise ZeroDivisionError("by zero")

    def script(_: Parts) -> Script:
        site.read = stumble
        hang_up()
        yield site.said("settings.refused")
        site.read = site.settings
        hang_up()
        yield site.said("settings.reloaded")

    site.run(script)

    assert "ZeroDivisionError" in site.events("settings.refused")[0]["exception"]


def test_what_was_asked_for_while_they_are_read_has_them_read_once_more(site: Site) -> None:
    go_on, readings = threading.Event(), []

    def slowly() -> config.Settings:
        readings.append(site.settings())
        assert go_on.wait(30)
        return readings[-1]

    def script(_: Parts) -> Script:
        site.read = slowly
        hang_up()
        yield lambda: len(readings) == 1
        site.add("mail")  # too late for this reading
        hang_up()
        hang_up()
        go_on.set()
        yield site.said("inbox.watching", 2)

    site.run(script)

    assert [len(settings.inboxes) for settings in readings] == [1, 2]


def test_observers_have_a_turn_while_they_are_read_and_one_afterwards(site: Site) -> None:
    go_on, seen = threading.Event(), list[bool]()

    def slowly() -> config.Settings:
        assert go_on.wait(30)
        return site.settings()

    def script(parts: Parts) -> Script:
        def look() -> bool:
            if not seen or seen[-1] != parts.fleet.reloading:
                seen.append(parts.fleet.reloading)
            go_on.set()
            return len(seen) == 3

        site.read = slowly
        seen.append(parts.fleet.reloading)
        hang_up()
        yield look

    site.run(script)

    assert seen == [False, True, False]


def test_settings_that_do_not_answer_are_given_up_and_the_loop_goes_on(site: Site) -> None:
    clock, go_on, readings = FakeClock(), threading.Event(), []
    site.clock = clock

    def hang() -> config.Settings:
        readings.append(go_on.wait(30))
        return site.settings()

    def script(parts: Parts) -> Script:
        site.read = hang
        hang_up()
        yield lambda: parts.fleet.reloading
        clock.time += LONGEST_READING
        yield site.said("settings.refused")
        site.read = site.settings
        site.add("mail")
        hang_up()
        yield site.said("settings.reloaded")
        go_on.set()  # and what was given up is told to nobody
        yield (
            lambda: (
                bool(readings) and "reload" not in [thread.name for thread in threading.enumerate()]
            )
        )

    site.run(script)

    assert "does not answer" in site.events("settings.refused")[0]["error"]
    assert len(site.taken) == 1


def test_settings_that_hang_are_begun_a_few_times_and_no_more_until_they_answer(
    site: Site,
) -> None:
    clock, go_on, readings = FakeClock(), threading.Event(), list[threading.Thread]()
    site.clock = clock

    def hang() -> config.Settings:
        readings.append(threading.current_thread())
        assert go_on.wait(30)
        return site.settings()

    def script(parts: Parts) -> Script:
        site.read = hang
        for number in range(1, MOST_HANGING + 1):
            hang_up()
            yield lambda: parts.fleet.reloading
            clock.time += LONGEST_READING
            yield site.said("settings.refused", number)
        hang_up()
        yield site.said("settings.refused", MOST_HANGING + 1)
        go_on.set()
        yield lambda: not any(reading.is_alive() for reading in readings)
        hang_up()
        yield site.said("settings.reloaded")

    site.run(script)

    assert "it never ended" in site.events("settings.refused")[-1]["error"]
    assert len(readings) == MOST_HANGING + 1


class Doubled:
    """A reload whose settings are made into what a test says."""

    def __init__(self, state_dir: Path, prepare: Callable[[], object]) -> None:
        self.clock = FakeClock()
        self.observers: list[Relief] = []
        self.woken = threading.Semaphore(0)
        self.settings = config.Settings.model_validate(
            {"state_dir": state_dir, "accounts": {"main": {"base_url": "https://api.example.com"}}}
        )
        workshop: Any = SimpleNamespace(
            prepare=lambda *_: prepare(),
            observers=SimpleNamespace(take_up=self.observers.append),
        )
        signals: Any = SimpleNamespace(hangups=1, wake=self.woken.release)
        fleet = Fleet()
        self.reloading = Reloading(
            self.settings,
            fleet,
            Turnover(fleet, left=lambda *_: None, wake=lambda: None),
            workshop,
            Source(lambda: self.settings, lambda _: None),
            signals=signals,
            log=open_log(io.StringIO()),
            times=Times(clock=self.clock),
        )


def test_what_was_made_of_settings_that_came_too_late_is_let_go_of(tmp_path: Path) -> None:
    go_on, closed = threading.Event(), threading.Event()

    def prepare() -> object:
        go_on.wait(30)
        return SimpleNamespace(close=closed.set)

    doubled = Doubled(tmp_path, prepare)
    doubled.reloading.turn()
    doubled.clock.time += LONGEST_READING
    doubled.reloading.turn()
    go_on.set()

    assert closed.wait(30)


def test_observers_of_what_changed_take_their_posts(tmp_path: Path) -> None:
    doubled, closed = Doubled(tmp_path, lambda: prepared), list[str]()
    observer: Any = SimpleNamespace(close=lambda: closed.append("closed"))
    post = Post(lambda _: None, lambda _: observer)
    relief = Relief({}, [(post, observer)])
    prepared = Prepared(NOTHING, Changes(), Changes(), {}, {}, relief)

    doubled.reloading.turn()
    assert doubled.woken.acquire(timeout=30)
    doubled.reloading.turn()

    assert (doubled.observers, closed) == ([relief], [])
