"""A disk that fails: the process ends, and the next one goes on from there."""

from __future__ import annotations

import errno

import pytest

from ingestd.cli.samples import pdf
from tests.acceptance.running import Site
from tests.hardship import where_the_disk_answers
from tests.workbench import CREATE, LocalKanbert

ONE = pdf("Invoice 1")

FAILING = {"the document": ["fsync"], "the ledger": ["fdatasync", "fsync"]}
"""What cannot be written through; SQLite does it by fdatasync where it was built so."""


@pytest.mark.in_a_file
@pytest.mark.parametrize("calls", FAILING.values(), ids=FAILING)
def test_a_disk_that_fails_ends_the_process_and_the_next_start_recovers(
    site: Site, local_kanbert: LocalKanbert, calls: list[str]
) -> None:
    assert site.once().returncode == 0  # the inbox is marked and the ledger made
    (site.inbox() / "one.pdf").write_bytes(ONE)

    with where_the_disk_answers(errno.EIO, calls, site.run) as daemon:
        ended = daemon.wait_for("daemon.stopped")
        assert daemon.wait() == 1
    assert "could not store" in ended["error"]
    assert "dmesg" in ended["hint"]
    assert local_kanbert.journal.count(CREATE) == 0
    assert site.files() == {}
    assert len(site.work()) == 1

    with site.run() as daemon:
        daemon.wait_for("document.delivered")
        assert daemon.stop() == 0

    assert site.files() == {"done/one.pdf": ONE}
    assert local_kanbert.store.count() == local_kanbert.journal.count(CREATE) == 1
    assert site.work() == []


def test_a_run_that_ends_by_itself_says_so_too(site: Site) -> None:
    assert site.once().returncode == 0
    (site.inbox() / "one.pdf").write_bytes(ONE)

    ended = where_the_disk_answers(errno.EIO, ["fsync"], site.once)

    assert ended.returncode == 1
    assert "could not store" in ended.stderr
    assert site.once().returncode == 0
    assert site.files() == {"done/one.pdf": ONE}
