"""A share whose server is gone, so that whatever is asked of it hangs."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingestd.cli.samples import pdf
from ingestd.sandbox import Entry, Fault, Kind
from tests.acceptance.running import Daemon, Site
from tests.mounting import mounts_allowed
from tests.sharing import Mood, Share
from tests.workbench import CREATE, LocalKanbert

PROMISED = 25.0
"""Seconds that the daemon takes to end, at most."""


@pytest.fixture
def server(tmp_path: Path) -> Path:
    """The folder behind the share, which never hangs."""
    folder = tmp_path / "server"
    folder.mkdir()
    return folder


@pytest.fixture
def share(site: Site, server: Path) -> Iterator[Share]:
    """An inbox `mailbox` that lies on a share."""
    with mounts_allowed(site.inbox("mailbox")) as point:
        share = Share(server, point)
        site.inboxes.append("mailbox")
        yield share
        share.close()


def test_a_share_that_hangs_keeps_no_other_inbox_waiting_and_goes_on_when_it_wakes_up(
    site: Site, server: Path, share: Share
) -> None:
    with site.run() as daemon:
        (server / "a.pdf").write_bytes(pdf("a"))
        daemon.wait_for("document.delivered", inbox="mailbox", path="a.pdf")

        share.become(Mood.HUNG)
        for number in range(5):
            (site.inbox() / f"{number}.pdf").write_bytes(pdf(f"Invoice {number}"))
        daemon.wait_for("document.delivered", 5, inbox="scanner")
        (server / "b.pdf").write_bytes(pdf("b"))
        share.become(Mood.WELL)
        daemon.wait_for("document.delivered", inbox="mailbox", path="b.pdf")

    assert (server / "done/b.pdf").read_bytes() == pdf("b")
    assert not daemon.all("inbox.unavailable")


def test_a_share_that_hangs_at_the_start_keeps_nothing_else_from_starting_or_ending(
    site: Site, server: Path, share: Share
) -> None:
    share.become(Mood.HUNG)
    (site.inbox() / "one.pdf").write_bytes(pdf("one"))

    with site.run() as daemon:
        daemon.wait_for("document.delivered", inbox="scanner")
        began = time.monotonic()
        code = daemon.stop()

    assert code == 0
    assert time.monotonic() - began < PROMISED
    assert list(server.iterdir()) == []


def test_a_share_that_hangs_with_documents_in_hand_does_not_keep_the_daemon_from_ending(
    site: Site, server: Path, share: Share, local_kanbert: LocalKanbert
) -> None:
    site.account["timeout"] = '"20s"'
    contents = {f"{number}.pdf": pdf(f"Invoice {number}") for number in range(3)}
    local_kanbert.faults.add(Fault(operation=CREATE, kind=Kind.DELAY, delay=1.0, times=None))
    with site.run() as daemon:
        daemon.wait_for("inbox.watching", inbox="mailbox")
        for name, content in contents.items():
            (server / name).write_bytes(content)
        assert local_kanbert.journal.wait_for(lambda asked: _creates(asked) == 3, seconds=60)
        share.become(Mood.HUNG)  # before they can be filed

        began = time.monotonic()
        code = daemon.stop()

    assert code == 0
    assert time.monotonic() - began < PROMISED
    assert daemon.all("daemon.stopped")
    share.become(Mood.WELL)
    with site.run() as daemon:
        daemon.wait_until(lambda: _names(server / "done") == set(contents))
    assert local_kanbert.store.count() == local_kanbert.journal.count(CREATE) == 3


def test_stale_handles_stop_an_inbox_until_the_share_answers_again(
    site: Site, server: Path, share: Share
) -> None:
    with site.run() as daemon:
        daemon.wait_for("inbox.watching", inbox="mailbox")
        share.become(Mood.STALE)
        named = daemon.wait_for("inbox.unavailable", inbox="mailbox")
        (server / "a.pdf").write_bytes(pdf("a"))

        share.become(Mood.WELL)
        daemon.wait_for("inbox.back", inbox="mailbox")
        daemon.wait_for("document.delivered", inbox="mailbox", path="a.pdf")

    assert "Stale file handle" in named["error"]
    assert (server / "done/a.pdf").read_bytes() == pdf("a")


def _creates(asked: list[Entry]) -> int:
    return sum(entry.operation == CREATE for entry in asked)


def _names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()} if folder.is_dir() else set()


def reload_without_the_share(site: Site, daemon: Daemon) -> None:
    """Take the inbox on the share out of the settings, and put another in."""
    site.inboxes[:] = ["scanner", "mail"]
    site.inbox("mail").mkdir()
    site.write_settings()
    daemon.process.send_signal(signal.SIGHUP)
    daemon.wait_for("settings.reloaded")


def hang_with_a_document_in_hand(server: Path, share: Share, kanbert: LocalKanbert) -> None:
    """Let the share hang while Kanbert thinks about a document of it."""
    kanbert.faults.add(Fault(operation=CREATE, kind=Kind.DELAY, delay=2.0))
    (server / "a.pdf").write_bytes(pdf("a"))
    assert kanbert.journal.wait_for(
        lambda entries: CREATE in {entry.operation for entry in entries}, seconds=60
    )
    share.become(Mood.HUNG)


def test_a_share_that_hangs_holds_up_no_reload_and_is_let_go_of_when_it_wakes_up(
    site: Site, server: Path, share: Share, local_kanbert: LocalKanbert
) -> None:
    site.account["timeout"] = '"20s"'
    with site.run() as daemon:
        daemon.wait_for("inbox.watching", inbox="mailbox")
        hang_with_a_document_in_hand(server, share, local_kanbert)

        reload_without_the_share(site, daemon)
        (site.inbox("mail") / "one.pdf").write_bytes(pdf("one"))
        daemon.wait_for("document.delivered", inbox="mail")
        left_while_it_hung = daemon.all("inbox.left")
        share.become(Mood.WELL)
        daemon.wait_for("inbox.left", inbox="mailbox")

        assert daemon.stop() == 0

    assert not left_while_it_hung
    assert (server / "done/a.pdf").read_bytes() == pdf("a")


def test_a_share_that_hangs_while_its_inbox_leaves_does_not_keep_the_daemon_from_ending(
    site: Site, server: Path, share: Share, local_kanbert: LocalKanbert
) -> None:
    site.account["timeout"] = '"20s"'
    with site.run() as daemon:
        daemon.wait_for("inbox.watching", inbox="mailbox")
        hang_with_a_document_in_hand(server, share, local_kanbert)
        reload_without_the_share(site, daemon)
        daemon.wait_for("inbox.watching", inbox="mail")

        began = time.monotonic()
        code = daemon.stop()

    assert code == 0
    assert time.monotonic() - began < PROMISED
