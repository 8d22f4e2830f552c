"""A disk that is full, or may not be written: documents wait, and go on when it is over."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ingestd.cli.samples import pdf
from tests.acceptance.running import Site
from tests.hardship import bound_by_rights, fill, make_room, read_only, small_filesystem
from tests.workbench import CREATE, LocalKanbert

NAMES = [f"{number}.pdf" for number in range(5)]
LARGE = pdf("Invoice 1", padding=b"%" * 200_000)


def drop(site: Site) -> None:
    for name in NAMES:
        (site.inbox() / name).write_bytes(pdf(name))


def assert_each_delivered_once(site: Site, kanbert: LocalKanbert) -> None:
    assert site.files() == {f"done/{name}": pdf(name) for name in NAMES}
    assert kanbert.store.count() == kanbert.journal.count(CREATE) == len(NAMES)
    assert site.work() == []


@pytest.mark.in_a_file
def test_a_full_state_folder_keeps_the_files_in_the_inbox_until_there_is_room(
    site: Site, local_kanbert: LocalKanbert
) -> None:
    with small_filesystem(site.folder / site.state, "1m") as state:
        with site.run() as daemon:
            daemon.wait_for("inbox.watching")
            fill(state)
            drop(site)
            daemon.wait_for("document.deferred")
            assert daemon.stop() == 0
        assert len(daemon.all("document.deferred")) == 1
        assert set(site.files()) == set(NAMES)
        assert local_kanbert.journal.count(CREATE) == 0

        make_room(state)
        assert site.once().returncode == 0

    assert_each_delivered_once(site, local_kanbert)


def test_a_full_done_folder_keeps_what_was_delivered_in_work_and_it_is_not_sent_again(
    site: Site, local_kanbert: LocalKanbert
) -> None:
    with small_filesystem(site.inbox() / "done", "512k") as done:
        fill(done)
        with (done / "ballast").open("r+b") as ballast:
            ballast.truncate(ballast.seek(0, os.SEEK_END) - len(LARGE) // 2)
        (site.inbox() / "one.pdf").write_bytes(LARGE)
        with site.run() as daemon:
            named = daemon.wait_for("document.deferred", level="error")
            assert daemon.stop() == 0
        assert os.listdir(done) == ["ballast"]
        assert [path.name for path in site.work()[0].iterdir()] == ["one.pdf"]

        make_room(done)
        assert site.once().returncode == 0

        assert site.files() == {"done/one.pdf": LARGE}
    assert str(done) in named["error"]
    assert local_kanbert.store.count() == local_kanbert.journal.count(CREATE) == 1
    assert site.work() == []


def test_an_inbox_that_becomes_read_only_is_named_once_and_goes_on_when_it_is_not(
    site: Site, local_kanbert: LocalKanbert
) -> None:
    with bound_by_rights(site.run) as daemon:
        daemon.wait_for("inbox.watching")
        with read_only(site.inbox()):
            drop(site)
            named = daemon.wait_for("document.deferred")
        daemon.wait_for("document.delivered", len(NAMES))
        assert daemon.stop() == 0

    # one that was refused just before may be looked at just after the right came back
    of_all = [line for line in daemon.all("document.deferred") if line["error"] == named["error"]]
    assert f"Nothing may be moved out of the inbox {site.inbox()}" in named["error"]
    assert len(of_all) == 1
    assert_each_delivered_once(site, local_kanbert)


def test_a_file_that_may_not_be_read_is_named_once_and_the_others_are_delivered(
    site: Site, local_kanbert: LocalKanbert
) -> None:
    drop(site)
    barred: Path = site.inbox() / NAMES[2]
    barred.chmod(0)
    with bound_by_rights(site.run) as daemon:
        named = daemon.wait_for("document.deferred")
        daemon.wait_for("document.delivered", len(NAMES) - 1)
        assert site.files()[NAMES[2]] == pdf(NAMES[2])

        barred.chmod(0o600)
        daemon.wait_for("document.delivered", len(NAMES))
        assert daemon.stop() == 0

    assert named["path"] == NAMES[2]
    assert len(daemon.all("document.deferred")) == 1
    assert_each_delivered_once(site, local_kanbert)
