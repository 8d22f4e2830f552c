"""What the daemon writes down of itself, when something changes and never as time passes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from ingestd.daemon.fleet import Fleet, Station
from ingestd.daemon.reporting import Reporting
from ingestd.daemon.times import Times
from ingestd.errors import AccountTrouble, InboxUnavailable, Unavailable
from ingestd.intake.pairing import Oddity
from ingestd.observe import (
    MOST_DOCUMENTS,
    DocumentReport,
    InboxReport,
    SettingsReport,
    forget_report,
    read_report,
)
from tests.daemon.carrying import Carrying, until
from tests.workbench import Bench

STATE = 1_800_000_000.0


class Kept:
    """A daemon's report, and the clocks that it is written by."""

    def __init__(self, folder: Path, bench: Bench) -> None:
        self.folder = folder
        self.carrying = Carrying(bench)
        self.account = self.carrying.account
        intake: Any = SimpleNamespace(run=lambda: None, mode="native", trouble=None, left_alone=[])
        times = Times(clock=lambda: self.carrying.time, wall=lambda: STATE + self.carrying.time)
        self.intake = intake
        station = Station(intake, self.carrying.lane)
        self.fleet = Fleet([station], [self.account])
        self.reporting = Reporting(folder, self.fleet, times)
        self.reporting.turn()

    def inbox(self) -> InboxReport:
        """What is written of the inbox."""
        self.reporting.turn()
        report = read_report(self.folder)
        assert report is not None
        return report.inboxes["scanner"]

    def written_again(self) -> bool:
        """Whether the report was written since, if it were to be."""
        (self.folder / "report.json").unlink()
        self.reporting.turn()
        return (self.folder / "report.json").exists()


@pytest.fixture
def kept(tmp_path: Path, bench: Bench) -> Iterator[Kept]:
    kept = Kept(tmp_path, bench)
    yield kept
    kept.carrying.prober.close()


def test_it_says_how_accounts_and_inboxes_stand(kept: Kept) -> None:
    report = read_report(kept.folder)

    assert report is not None
    assert report.accounts["main"].state == "ok"
    assert (report.inboxes["scanner"].mode, report.inboxes["scanner"].error) == ("native", "")


def test_it_says_how_the_last_reading_of_the_settings_went(kept: Kept) -> None:
    first = read_report(kept.folder)
    went = SettingsReport(datetime.now(UTC), "setle is no setting", "Correct it.", ("log.file",))
    kept.fleet.settings = went

    kept.reporting.turn()
    second = read_report(kept.folder)

    assert first is not None
    assert second is not None
    assert (first.settings, second.settings) == (None, went)


def test_what_an_earlier_process_said_can_be_forgotten(kept: Kept) -> None:
    forget_report(kept.folder)
    forget_report(kept.folder)

    assert read_report(kept.folder) is None


def test_it_is_not_written_because_time_passed(kept: Kept) -> None:
    kept.carrying.time += 3600

    assert not kept.written_again()


def test_a_pause_is_written_once_with_when_it_will_be_asked(kept: Kept) -> None:
    kept.account.trouble(AccountTrouble("no token", hint="Give it one."))
    first = kept.written_again()
    kept.carrying.time += 1.0
    again = kept.written_again()

    assert (first, again) == (True, False)


def test_a_pause_has_the_time_of_day(kept: Kept) -> None:
    kept.account.trouble(Unavailable("503"))
    kept.reporting.turn()

    report = read_report(kept.folder)
    assert report is not None
    account = report.accounts["main"]
    assert account.since is not None
    assert account.since.timestamp() == STATE + kept.carrying.time
    assert account.next_probe is not None
    assert 2 <= account.next_probe.timestamp() - account.since.timestamp() <= 5


def test_a_folder_that_cannot_be_used_is_written(kept: Kept) -> None:
    kept.intake.trouble = InboxUnavailable("gone", hint="Mount it.")
    kept.reporting.turn()

    report = read_report(kept.folder)
    assert report is not None
    assert (report.inboxes["scanner"].error, report.inboxes["scanner"].hint) == (
        "gone",
        "Mount it.",
    )


def test_a_state_folder_that_cannot_be_written_stops_nothing(kept: Kept) -> None:
    (kept.folder / "report.json").unlink()
    kept.folder.rename(kept.folder.with_name("away"))
    kept.account.trouble(Unavailable("503"))

    kept.reporting.turn()


def test_documents_that_cannot_go_on_are_written_until_they_do(kept: Kept) -> None:
    (kept.carrying.bench.inbox / "done").write_text("a file in its place")
    kept.carrying.drop("a.pdf")
    kept.carrying.start()
    until(lambda: bool(kept.carrying.lane.held))
    (held,) = kept.inbox().documents
    quiet = kept.written_again()

    (kept.carrying.bench.inbox / "done").unlink()
    kept.carrying.later(60)
    kept.carrying.wait_for(lambda: len(kept.carrying.filed) == 1)
    kept.carrying.at_rest()

    assert (held.path, "done" in held.error) == ("a.pdf", True)
    assert not quiet
    assert kept.inbox().documents == ()


def test_what_is_no_file_is_written_too(kept: Kept) -> None:
    kept.intake.left_alone = [
        Oddity("link.pdf", "is a symbolic link", 7),
        Oddity("link.toml", "is a symbolic link", 8, awaited_by=("link.jpg",)),
    ]

    assert kept.inbox().documents == (
        DocumentReport("link.pdf", "It is a symbolic link, and is left alone."),
        DocumentReport(
            "link.toml", "It is a symbolic link, and is left alone; link.jpg waits for it."
        ),
    )


def test_of_many_documents_some_are_named_and_the_others_counted(kept: Kept) -> None:
    names = [f"{number:03}.pdf" for number in range(MOST_DOCUMENTS + 5)]
    kept.intake.left_alone = [Oddity(name, "is no file") for name in reversed(names)]

    written = kept.inbox()

    assert [document.path for document in written.documents] == names[:MOST_DOCUMENTS]
    assert written.further == 5
