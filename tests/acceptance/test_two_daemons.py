"""Two real processes: on one inbox, or with one document."""

from __future__ import annotations

import signal
from functools import partial
from pathlib import Path

from ingestd.cli.samples import pdf
from ingestd.sandbox import Fault, Kind
from tests.acceptance.running import Daemon, Site
from tests.places import Place
from tests.workbench import CREATE, LocalKanbert

ONE, TWO = pdf("Invoice 1"), pdf("Invoice 2")


def has_outcome(daemon: Daemon) -> bool:
    return daemon.all("document.delivered") + daemon.all("document.duplicate") != []


def test_a_second_daemon_serves_what_is_free_and_takes_over_when_the_first_is_killed(
    site: Site, new_place: Place
) -> None:
    with new_place() as another_ledger, site.run() as first:
        first.wait_for("inbox.watching")
        site.state, site.ledger = "another-state", another_ledger
        site.inboxes.append("mailbox")
        site.inbox("mailbox").mkdir()
        with site.run() as second:
            refused = second.wait_for("inbox.unavailable", inbox="scanner")
            (site.inbox("mailbox") / "one.pdf").write_bytes(ONE)
            second.wait_for("document.delivered", inbox="mailbox")

            first.stop(signal.SIGKILL)
            (site.inbox() / "two.pdf").write_bytes(TWO)
            second.wait_for("document.delivered", inbox="scanner")

    assert str(site.inbox()) in refused["error"]
    assert len(second.all("inbox.unavailable")) == len(second.all("inbox.back")) == 1
    assert site.files() == {"done/two.pdf": TWO}


def test_one_document_dropped_on_two_machines_at_once_becomes_one_invoice(
    site: Site, tmp_path: Path, local_kanbert: LocalKanbert, new_place: Place
) -> None:
    (tmp_path / "another").mkdir()
    another = Site(tmp_path / "another", site.base_url, site.token)
    for one in (site, another):
        one.account["timeout"] = '"20s"'
    # the first to create is slow enough for the second to find nothing when it checks
    local_kanbert.faults.add(Fault(kind=Kind.DELAY, operation=CREATE, delay=2.0))
    with new_place() as another.ledger, site.run() as first, another.run() as second:
        first.wait_for("inbox.watching")
        second.wait_for("inbox.watching")
        (site.inbox() / "one.pdf").write_bytes(ONE)
        (another.inbox() / "two.pdf").write_bytes(ONE)
        for daemon in (first, second):
            daemon.wait_until(partial(has_outcome, daemon))

    assert (site.files(), another.files()) == ({"done/one.pdf": ONE}, {"done/two.pdf": ONE})
    assert site.work() + another.work() == []
    assert local_kanbert.store.count() == 1
    assert not first.all("document.failed") + second.all("document.failed")
