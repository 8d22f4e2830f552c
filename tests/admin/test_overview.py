from __future__ import annotations

import contextlib
import os
import sqlite3
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ingestd.admin import InboxOverview, Overview, overview_of
from ingestd.admin.folders import Seen
from ingestd.config import Settings
from ingestd.daemon import lock_state
from ingestd.errors import LedgerUnusable
from ingestd.ledger import KnownInbox, Ledger
from ingestd.model import Outcome, State
from ingestd.observe import AccountReport, DocumentReport, InboxReport, Report, write_report
from tests.hardship import bound_by_rights
from tests.ledger.documents import bring, document
from tests.workbench import new_ledger, now

NOW = datetime(2026, 5, 4, 15, 0, tzinfo=UTC)
PAUSED = AccountReport("paused", NOW, "no token", "Give it one.", NOW + timedelta(seconds=5))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "scans/.ingestd/work/id-1").mkdir(parents=True)
    (tmp_path / "scans/failed").mkdir()
    return Settings(
        accounts={"main": {"base_url": "https://kanbert.test/api", "token": "x"}},
        inboxes={"scanner": {"path": str(tmp_path / "scans")}},
    )


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    ledger = new_ledger(tmp_path)
    yield ledger
    ledger.close()


def seen(settings: Settings, tmp_path: Path, ledger: Ledger | None = None) -> Overview:
    return overview_of(settings, tmp_path, ledger, NOW)


def scanner(overview: Overview) -> InboxOverview:
    (inbox,) = overview.inboxes
    return inbox


def report(**inboxes: InboxReport) -> Report:
    return Report(4711, "1.2.3", NOW, accounts={"main": PAUSED}, inboxes=inboxes)


def test_what_lies_in_the_folders_is_counted(settings: Settings, tmp_path: Path) -> None:
    scans = tmp_path / "scans"
    for name in ("new.pdf", "old.pdf", "failed/a.pdf", "failed/a.pdf.reason.txt", "letter.txt"):
        (scans / name).write_bytes(b"")
    (scans / ".ingestd/work/id-1/b.pdf").write_bytes(b"")
    os.utime(scans / "old.pdf", (1000, 1000))

    found = scanner(seen(settings, tmp_path))

    assert (found.waiting, found.in_flight, found.in_failed) == (2, 1, 1)
    assert found.oldest_waiting == datetime.fromtimestamp(1000, UTC)


def test_what_came_to_an_outcome_today_is_counted(
    settings: Settings, tmp_path: Path, ledger: Ledger
) -> None:
    for number, (state, outcome) in enumerate(
        [(State.UPLOADED, Outcome.DELIVERED)] * 2 + [(State.FAILED, Outcome.FAILED)]
    ):
        one = bring(ledger, document(number), state, outcome=outcome)
        ledger.advance(one, State.FILED)
    bring(ledger, document(9), State.UPLOADED, outcome=Outcome.DELIVERED)  # not filed yet

    today = scanner(overview_of(settings, tmp_path, ledger, now()))
    tomorrow = scanner(overview_of(settings, tmp_path, ledger, now() + timedelta(days=1)))

    assert (today.delivered_today, today.failed_today, today.duplicate_today) == (2, 1, 0)
    assert (tomorrow.delivered_today, tomorrow.failed_today) == (0, 0)


def test_without_a_daemon_its_old_report_is_not_believed(
    settings: Settings, tmp_path: Path
) -> None:
    write_report(tmp_path, report(scanner=InboxReport("native")))

    found = seen(settings, tmp_path)

    assert (found.running, found.pid, found.ledger) == (False, None, False)
    assert found.accounts[0].state == "unknown"
    assert scanner(found).watch == ""


def test_what_a_daemon_says_of_itself_is_shown(settings: Settings, tmp_path: Path) -> None:
    with lock_state(tmp_path):
        write_report(tmp_path, report(scanner=InboxReport("poll")))

        found = seen(settings, tmp_path)

    assert (found.running, found.pid, found.version, found.started) == (True, 4711, "1.2.3", NOW)
    account = found.accounts[0]
    assert (account.state, account.error, account.next_probe) == (
        "paused",
        "no token",
        PAUSED.next_probe,
    )
    assert scanner(found).watch == "poll"
    assert found.needs_a_person


def test_a_daemon_without_a_report_is_running_all_the_same(
    settings: Settings, tmp_path: Path
) -> None:
    with lock_state(tmp_path):
        (tmp_path / "report.json").write_text('{"pid": ')

        found = seen(settings, tmp_path)

    assert (found.running, found.pid) == (True, None)


def test_a_missing_folder_is_said_and_needs_a_person(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "scans").rename(tmp_path / "elsewhere")

    found = seen(settings, tmp_path)

    assert "does not exist" in scanner(found).error
    assert found.needs_a_person


def test_a_folder_that_hangs_keeps_nobody_waiting_for_long(
    settings: Settings, tmp_path: Path
) -> None:
    go_on = threading.Event()

    def hang(_: object) -> Seen:
        go_on.wait()
        return Seen()

    found = overview_of(settings, tmp_path, None, NOW, look_at=hang, longest_look=0.01)
    go_on.set()

    assert "does not answer" in scanner(found).error


def test_an_outage_alone_needs_nobody(settings: Settings, tmp_path: Path) -> None:
    outage = Report(1, "1", NOW, {"main": AccountReport("paused", NOW, "503")}, {})
    with lock_state(tmp_path):
        write_report(tmp_path, outage)

        assert not seen(settings, tmp_path).needs_a_person


def test_documents_that_cannot_go_on_need_a_person(settings: Settings, tmp_path: Path) -> None:
    held = (DocumentReport("a.pdf", "done/ is full", "Make room."),)
    with lock_state(tmp_path):
        write_report(
            tmp_path, Report(1, "1", NOW, {}, {"scanner": InboxReport(documents=held, further=2)})
        )

        found = seen(settings, tmp_path)

    assert (scanner(found).documents, scanner(found).further) == (held, 2)
    assert found.needs_a_person


def test_a_ledger_that_cannot_be_read_hides_no_folder(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "scans/new.pdf").write_bytes(b"")
    unusable = LedgerUnusable("The ledger is damaged.", hint="Run it.")

    found = overview_of(settings, tmp_path, unusable, NOW)

    assert (found.error, found.hint, found.ledger) == ("The ledger is damaged.", "Run it.", False)
    assert scanner(found).waiting == 1
    assert found.needs_a_person


def test_a_ledger_that_fails_while_it_is_read_hides_no_folder(
    settings: Settings, tmp_path: Path, ledger: Ledger
) -> None:
    (tmp_path / "scans/new.pdf").write_bytes(b"")
    with contextlib.closing(sqlite3.connect(tmp_path / "ledger.sqlite3")) as other:
        other.execute("DROP TABLE documents")

    found = seen(settings, tmp_path, ledger)

    assert found.error
    assert scanner(found).waiting == 1


def test_a_state_folder_of_another_user_is_said(settings: Settings, tmp_path: Path) -> None:
    with lock_state(tmp_path):
        (tmp_path / "lock").chmod(0o000)  # and held no more: the kernel's table does not tell

    found = bound_by_rights(lambda: seen(settings, tmp_path))

    assert found.running is None
    assert "Permission denied" in found.error
    assert "sudo -u ingestd" in found.hint
    assert found.needs_a_person


def test_a_served_inbox_that_lost_its_marker_needs_a_person(
    settings: Settings, tmp_path: Path, ledger: Ledger
) -> None:
    ledger.remember_inbox("scanner", KnownInbox(str(tmp_path / "scans"), "an-id", "", "", ""))

    found = seen(settings, tmp_path, ledger)

    assert "has no marker" in scanner(found).error
    assert found.needs_a_person


def test_an_inbox_that_was_never_served_is_no_trouble(
    settings: Settings, tmp_path: Path, ledger: Ledger
) -> None:
    assert not seen(settings, tmp_path, ledger).needs_a_person


def test_a_failed_folder_that_cannot_be_read_needs_a_person(
    settings: Settings, tmp_path: Path
) -> None:
    (tmp_path / "scans/new.pdf").write_bytes(b"")
    (tmp_path / "scans/failed").chmod(0o000)

    found = bound_by_rights(lambda: seen(settings, tmp_path))

    (tmp_path / "scans/failed").chmod(0o755)
    assert "cannot be looked at: Permission denied" in scanner(found).error
    assert scanner(found).waiting == 1


def test_a_document_that_was_closed_since_the_daemon_told_of_it_is_not_told(
    settings: Settings, tmp_path: Path, ledger: Ledger
) -> None:
    closed = ledger.advance(bring(ledger, document(1), State.FAILED), State.FILED)
    missing = bring(ledger, document(2), State.UPLOADED)
    told = tuple(
        DocumentReport(one.name, "Its file is gone.", "Look for it.", one.id)
        for one in (closed, missing, document(3))
    )
    without_id = DocumentReport("odd.pdf", "It is a pipe.")
    with lock_state(tmp_path):
        write_report(tmp_path, report(scanner=InboxReport(documents=(*told, without_id))))

        by_ledger, alone = seen(settings, tmp_path, ledger), seen(settings, tmp_path)

    assert scanner(by_ledger).documents == (*told[1:], without_id)
    assert scanner(alone).documents == (*told, without_id)


def test_only_documents_count_as_failed(settings: Settings, tmp_path: Path) -> None:
    for name in ("a.pdf", "a.toml", "a.pdf.reason.txt", "alone.toml", "Thumbs.db"):
        (tmp_path / "scans/failed" / name).write_bytes(b"")

    assert scanner(seen(settings, tmp_path)).in_failed == 1


def test_a_daemon_of_another_user_is_seen_to_run(settings: Settings, tmp_path: Path) -> None:
    with lock_state(tmp_path):
        (tmp_path / "lock").chmod(0o000)

        assert bound_by_rights(lambda: seen(settings, tmp_path)).running is True
