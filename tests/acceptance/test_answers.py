"""What Kanbert answers, or does not, to the real command over real connections."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ingestd.cli.samples import pdf
from ingestd.sandbox import Fault, Kind
from tests.acceptance.running import Daemon, Site
from tests.kanbert.servers import answer, answering, serving
from tests.workbench import CREATE, LocalKanbert

ONE = pdf("Invoice 1")


@contextmanager
def delivering_one(site: Site) -> Iterator[Daemon]:
    """A run with one document, which the daemon has delivered at the end."""
    (site.inbox() / "one.pdf").write_bytes(ONE)
    with site.run() as daemon:
        yield daemon
        daemon.wait_for("document.delivered")
        assert daemon.stop() == 0
    assert site.files() == {"done/one.pdf": ONE}
    assert site.work() == []


UNHEARD = {
    "and then hung": (Fault(kind=Kind.COMMIT_THEN_HANG, operation=CREATE), "2s"),
    # waited for for 20 s
    "5 s after its 504": (Fault(kind=Kind.LATE_COMMIT, operation=CREATE, commit_after=5), "10s"),
}


@pytest.mark.parametrize(("fault", "timeout"), UNHEARD.values(), ids=UNHEARD)
def test_a_create_that_was_carried_out_unheard_is_found(
    site: Site, local_kanbert: LocalKanbert, fault: Fault, timeout: str
) -> None:
    site.account["timeout"] = f'"{timeout}"'
    local_kanbert.faults.add(fault)

    with delivering_one(site) as daemon:
        daemon.wait_for("document.ambiguous")

    assert local_kanbert.store.count() == local_kanbert.journal.count(CREATE) == 1
    assert daemon.all("document.recovered")


def test_a_create_carried_out_later_than_anybody_waits_still_makes_one_invoice(
    site: Site, local_kanbert: LocalKanbert
) -> None:
    site.account["timeout"] = '"1s"'  # so it is waited for for 2 s only
    local_kanbert.faults.add(Fault(kind=Kind.LATE_COMMIT, operation=CREATE, commit_after=8))

    with delivering_one(site) as daemon:
        daemon.wait_for("document.delivered")
        journal = local_kanbert.journal
        assert journal.wait_for(lambda _: bool(journal.entries(CREATE)[0].outcome), seconds=60)

    assert local_kanbert.store.count() == 1


def test_who_is_redirected_to_hears_neither_of_the_token_nor_of_the_file(
    site: Site, local_kanbert: LocalKanbert
) -> None:
    with serving(answering(answer(200, b'{"data": []}'))) as elsewhere:
        to = {"Location": f"http://{elsewhere.address}/api/v1/incoming-invoices"}
        local_kanbert.faults.add(Fault(status=307, headers=to, times=None))
        with delivering_one(site) as daemon:
            paused = daemon.wait_for("account.paused")
            local_kanbert.faults.clear()

    assert elsewhere.connections == 0
    assert paused["level"] == "error"
    assert not daemon.all("document.failed")


def test_a_token_that_may_only_read_moves_nothing_until_it_may_write(
    site: Site, local_kanbert: LocalKanbert
) -> None:
    local_kanbert.faults.add(Fault(status=403, operation=CREATE, times=None))

    with delivering_one(site) as daemon:
        daemon.wait_for("account.paused")
        local_kanbert.faults.clear()
        os.utime(site.token_file)  # as whoever writes a new one does
        daemon.wait_for("account.resumed")

    assert len(daemon.all("account.paused")) == len(daemon.all("account.resumed")) == 1


def test_after_an_outage_the_oldest_files_go_first(site: Site, local_kanbert: LocalKanbert) -> None:
    site.account["concurrency"] = "1"
    names = [f"{number:02}.pdf" for number in range(20)]
    oldest_first = [*names[::2], *names[1::2]]
    for minutes, name in enumerate(reversed(oldest_first), start=60):
        _drop(site.inbox() / name, minutes)
    local_kanbert.faults.add(Fault(status=503, times=None))

    with site.run() as daemon:
        daemon.wait_for("account.paused")
        local_kanbert.faults.clear()
        daemon.wait_for("document.delivered", len(names))
        assert daemon.stop() == 0

    assert [line["path"] for line in daemon.all("document.delivered")] == oldest_first
    assert local_kanbert.store.count() == len(names)


def _drop(path: Path, minutes: int) -> None:
    """Drop a file that was written so long ago."""
    path.write_bytes(pdf(path.name))
    when = path.stat().st_mtime - 60 * minutes
    os.utime(path, (when, when))


WRONG, RIGHT = '{ supplier_id = "nobody" }', '{ tags = ["scanner"] }'


def test_once_a_wrong_setting_is_right_what_it_failed_is_delivered_from_the_inbox(
    site: Site, local_kanbert: LocalKanbert
) -> None:
    site.options["fields"], site.account["concurrency"] = WRONG, "1"
    names = {f"{number}.pdf" for number in range(5)}
    for name in names:
        (site.inbox() / name).write_bytes(pdf(name))
    with site.run() as daemon:
        daemon.wait_for("setting.suspect")
        daemon.wait_until(lambda: len(daemon.all("document.failed")) == 3)
        assert daemon.stop() == 0
    failed = {path.name for path in site.inbox().glob("failed/*.pdf")}
    assert len(failed) == 3
    assert set(site.files()) & names == names - failed
    assert len(daemon.all("setting.suspect")) == 1

    for name in failed:
        (site.inbox() / "failed" / name).rename(site.inbox() / name)
    site.options["fields"] = RIGHT
    with site.run() as daemon:
        daemon.wait_for("document.delivered", 5)
        assert daemon.stop() == 0

    assert {path.name for path in site.inbox().glob("done/*.pdf")} == names
    assert local_kanbert.store.count() == 5


def test_a_wrong_setting_pauses_its_own_inbox_and_no_other_of_the_account(
    site: Site, local_kanbert: LocalKanbert
) -> None:
    site.account["concurrency"] = "1"
    site.inboxes.append("mailbox")
    site.inbox("mailbox").mkdir()
    settings = site.write_settings()
    settings.write_text(
        settings.read_text().replace("[inboxes.mailbox]", f"fields = {WRONG}\n[inboxes.mailbox]")
    )
    with site.run_with(settings) as daemon:
        for number in range(6):
            (site.inbox() / f"{number}.pdf").write_bytes(pdf(f"scanned {number}"))
        suspect = daemon.wait_for("setting.suspect")
        for number in range(4):
            (site.inbox("mailbox") / f"{number}.pdf").write_bytes(pdf(f"mailed {number}"))
        daemon.wait_for("document.delivered", 4, inbox="mailbox")
        assert daemon.stop() == 0

    assert suspect["setting"] == "inboxes.scanner.fields.supplier_id"
    assert local_kanbert.store.count() == 4
    assert len(daemon.all("document.failed", inbox="scanner")) == 3
    assert len(list(site.inbox().glob("*.pdf"))) == 3
    assert not daemon.all("account.paused")
