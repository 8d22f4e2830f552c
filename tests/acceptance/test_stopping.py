"""Ends, kills and starts again: nothing lost, nothing twice."""

from __future__ import annotations

import os
import signal
import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, suppress

import pytest

from ingestd.cli.samples import pdf
from ingestd.sandbox import Fault, Kind
from tests.acceptance.running import COMMAND, Site
from tests.daemon.carrying import until
from tests.workbench import CHECK, CREATE, LocalKanbert

ONE = pdf("Invoice 1")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_in_good_order(site: Site, number: signal.Signals) -> None:
    with site.run() as daemon:
        daemon.wait_for("inbox.watching")

        code = daemon.stop(number)

    assert code == 0
    assert daemon.all("daemon.stopped")
    assert "Traceback" not in daemon.output


def test_what_is_in_flight_is_finished_first(site: Site, local_kanbert: LocalKanbert) -> None:
    site.account["timeout"] = '"20s"'
    local_kanbert.faults.add(Fault(operation=CREATE, kind=Kind.DELAY, delay=1.0))
    with site.run() as daemon:
        (site.inbox() / "one.pdf").write_bytes(ONE)
        assert local_kanbert.journal.wait_for(
            lambda entries: CREATE in {entry.operation for entry in entries}
        )

        code = daemon.stop()

    assert code == 0
    assert site.files() == {"done/one.pdf": ONE}
    assert site.work() == []


@pytest.fixture
def full_pipe() -> Iterator[int]:
    """A pipe with no room left, that nobody reads: what is written to it hangs."""
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    with suppress(BlockingIOError):
        while True:
            os.write(writing, bytes(65536))
    os.set_blocking(writing, True)
    yield writing
    os.close(reading)
    os.close(writing)


@pytest.mark.in_a_file
def test_a_log_that_nobody_reads_keeps_it_from_ending_no_longer_than_all_else(
    site: Site, full_pipe: int
) -> None:
    command = [*COMMAND, "--config", str(site.write_settings()), "run"]
    with subprocess.Popen(command, stderr=full_pipe) as process, ExitStack() as ending:
        ending.callback(process.kill)
        until((site.folder / site.state / "ledger.sqlite3").exists)  # it hears signals by then

        def asked_again() -> bool:
            process.send_signal(signal.SIGTERM)
            return process.poll() is not None

        until(asked_again)
        assert process.returncode == 0


def test_after_a_restart_nothing_happens_twice(site: Site, local_kanbert: LocalKanbert) -> None:
    (site.inbox() / "one.pdf").write_bytes(ONE)
    with site.run() as daemon:
        daemon.wait_for("document.delivered")
        daemon.stop()
    asked = local_kanbert.journal.count(CREATE) + local_kanbert.journal.count(CHECK)

    with site.run() as daemon:
        daemon.wait_for("inbox.watching")
        (site.inbox() / "two.pdf").write_bytes(pdf("two"))
        daemon.wait_for("document.delivered", path="two.pdf")

    now_asked = local_kanbert.journal.count(CREATE) + local_kanbert.journal.count(CHECK)
    assert now_asked == asked + 2


@pytest.mark.parametrize("killed_after", [1, 20, 45])
def test_killed_in_the_middle_every_document_is_delivered_once(
    site: Site, local_kanbert: LocalKanbert, killed_after: int
) -> None:
    contents = {f"scan-{number:03}.pdf": pdf(f"Invoice {number}") for number in range(60)}
    for name, content in contents.items():
        (site.inbox() / name).write_bytes(content)
    with site.run() as daemon:
        daemon.wait_for("document.delivered", killed_after)
        os.kill(daemon.process.pid, signal.SIGKILL)
        daemon.wait()

    with site.run() as daemon:
        daemon.wait_until(lambda: len(_done(site)) == 60 and not site.work())

    assert site.files() == {f"done/{name}": content for name, content in contents.items()}
    hashes = Counter(invoice.sha256 for invoice in local_kanbert.store.invoices())
    assert (len(hashes), set(hashes.values())) == (60, {1})


def test_a_second_daemon_with_the_same_state_refuses_to_start(site: Site) -> None:
    with site.run() as first:
        first.wait_for("inbox.watching")

        with site.run() as second:
            code = second.wait()

    assert code == 2
    assert "Another ingestd is running" in second.output


def test_a_second_daemon_on_the_same_inbox_leaves_it_alone(site: Site) -> None:
    with site.run() as first:
        first.wait_for("inbox.watching")
        site.state = "another-state"

        with site.run() as second:
            second.wait_for("inbox.unavailable")

            (site.inbox() / "one.pdf").write_bytes(ONE)
            first.wait_for("document.delivered")
    assert not second.all("document.delivered")


def _done(site: Site) -> list[str]:
    done = site.inbox() / "done"
    return os.listdir(done) if done.is_dir() else []
