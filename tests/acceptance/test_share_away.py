"""A share that is not where its inbox is: unmounted, swapped, mounted again."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingestd.cli.samples import pdf
from tests.acceptance.running import Site
from tests.mounting import bind, mounts_allowed, unmount

ONE, TWO = pdf("Invoice 1"), pdf("Invoice 2")


@pytest.fixture
def point(site: Site) -> Iterator[Path]:
    """Where the share of the inbox `mailbox` is mounted."""
    site.inboxes.append("mailbox")
    with mounts_allowed(site.inbox("mailbox")) as point:
        yield point


@pytest.fixture
def server(site: Site, point: Path) -> Path:
    """What is on the share; mounted and served once."""
    folder = site.folder / "server"
    folder.mkdir()
    (folder / "one.pdf").write_bytes(ONE)
    bind(folder, point)
    assert site.once().returncode == 0
    assert (folder / "done/one.pdf").read_bytes() == ONE
    return folder


def tree(folder: Path) -> dict[str, int]:
    """Everything in a folder, and when it was last written."""
    return {str(path): path.lstat().st_mtime_ns for path in [folder, *folder.rglob("*")]}


def test_nothing_is_made_or_taken_where_a_share_is_missing_and_it_is_served_again_by_itself(
    site: Site, point: Path, server: Path
) -> None:
    with site.run() as daemon:
        daemon.wait_for("inbox.watching", inbox="mailbox")
        (point / "two.pdf").write_bytes(TWO)
        daemon.wait_for("document.delivered", inbox="mailbox")

        unmount(point)
        daemon.wait_for("inbox.unavailable", inbox="mailbox")
        (point / "stray.pdf").write_bytes(pdf("stray"))
        before = tree(point)
        (site.inbox() / "three.pdf").write_bytes(pdf("three"))
        daemon.wait_for("document.delivered", inbox="scanner")
        assert tree(point) == before

        bind(server, point)
        (server / "four.pdf").write_bytes(pdf("four"))
        daemon.wait_for("inbox.back", inbox="mailbox")
        daemon.wait_for("document.delivered", inbox="mailbox", path="four.pdf")
        daemon.stop()

    unmount(point)
    assert tree(point) == before
    assert len(daemon.all("inbox.unavailable")) == 1


def test_a_share_that_is_missing_is_waited_for_across_restarts(
    site: Site, point: Path, server: Path
) -> None:
    unmount(point, flags=0)  # plainly: nothing holds on to it after the daemon's end
    (server / "two.pdf").write_bytes(TWO)
    before = tree(point)
    for _ in range(2):
        with site.run() as daemon:
            named = daemon.wait_for("inbox.unavailable", inbox="mailbox")
            assert daemon.stop() == 0
        assert "not mounted" in named["error"]
        assert tree(point) == before

    with site.run() as daemon:
        daemon.wait_for("inbox.unavailable", inbox="mailbox")
        bind(server, point)
        daemon.wait_for("inbox.back", inbox="mailbox")
        daemon.wait_for("document.delivered", inbox="mailbox", path="two.pdf")


def test_another_inbox_s_share_at_the_path_is_not_touched(
    site: Site, point: Path, server: Path
) -> None:
    other = site.folder / "other"
    (other / ".ingestd/work").mkdir(parents=True)
    (other / ".ingestd/inbox.json").write_text('{"id": "another"}')
    (other / "theirs.pdf").write_bytes(TWO)
    before = tree(other)
    with site.run() as daemon:
        daemon.wait_for("inbox.watching", inbox="mailbox")
        bind(other, point)
        named = daemon.wait_for("inbox.unavailable", inbox="mailbox")
        assert "another inbox (another instead of" in named["error"]

        unmount(point)
        (server / "two.pdf").write_bytes(TWO)
        daemon.wait_for("document.delivered", inbox="mailbox", path="two.pdf")

    assert tree(other) == before


def test_an_inbox_deleted_on_its_share_is_marked_anew_with_a_warning(
    site: Site, point: Path, server: Path
) -> None:
    settings = site.write_settings()
    settings.write_text(settings.read_text().replace('mailbox"', 'mailbox/in"'))
    (server / "in").mkdir()
    with site.run_with(settings) as daemon:
        daemon.wait_for("inbox.watching", inbox="mailbox")
        shutil.rmtree(point / "in")
        daemon.wait_for("inbox.unavailable", inbox="mailbox")
        (server / "in").mkdir()
        (server / "in/two.pdf").write_bytes(TWO)
        renewed = daemon.wait_for("inbox.back", inbox="mailbox")
        daemon.wait_for("document.delivered", inbox="mailbox")

    assert (renewed["level"], renewed["reason"]) == ("warning", "The folder was made anew.")
    assert os.listdir(server / "in/done") == ["two.pdf"]


def test_another_folder_by_an_old_name_in_the_settings_is_another_inbox(site: Site) -> None:
    assert site.once().returncode == 0
    settings = site.write_settings()
    (site.folder / "elsewhere").mkdir()
    settings.write_text(settings.read_text().replace('scanner"', 'elsewhere"'))

    with site.run_with(settings) as daemon:
        daemon.wait_for("inbox.watching")

    assert not daemon.all("inbox.back")
    first, second = site.inbox(), site.folder / "elsewhere"
    markers = {(folder / ".ingestd/inbox.json").read_text() for folder in (first, second)}
    assert len(markers) == 2
