from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from watchdog.observers.api import BaseObserver
from watchdog.observers.inotify_c import (
    CallbackId,
    InotifyConstants,
    InotifyEvent,
    Mask,
    WatchDescriptor,
)

from ingestd.errors import InboxUnavailable
from ingestd.intake.inotify import Reader
from ingestd.intake.watch import Hint
from tests.intake.hearing import PATIENTLY, Heard, Watching, assert_hints_flow, emitter_of

MAX_QUEUED = Path("/proc/sys/fs/inotify/max_queued_events")


def only(kind: type[threading.Thread]) -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if isinstance(thread, kind)]


def reader() -> Reader:
    (found,) = only(Reader)
    assert isinstance(found, Reader)
    return found


def test_a_healthy_watch_is_left_alone(root: Path, watching: Watching, heard: Heard) -> None:
    watcher = watching()
    emitter = emitter_of(root)

    assert watcher.ensure_alive() == ()
    assert emitter_of(root) is emitter
    assert (watcher.mode, watcher.trouble) == ("native", "")
    assert_hints_flow(root, heard)


def test_an_inbox_that_was_deleted_and_made_again_is_watched_again(
    root: Path, watching: Watching, heard: Heard
) -> None:
    watcher, emitter = watching(), emitter_of(root)
    shutil.rmtree(root)
    emitter.join(PATIENTLY)
    with pytest.raises(InboxUnavailable, match="does not exist"):
        watcher.ensure_alive()
    root.mkdir()

    assert watcher.ensure_alive() != ()
    assert_hints_flow(root, heard)


def test_an_inbox_replaced_by_a_rename_is_watched_again(
    root: Path, tmp_path: Path, watching: Watching, heard: Heard
) -> None:
    watcher = watching()
    (tmp_path / "new").mkdir()
    root.rename(tmp_path / "old")
    (tmp_path / "new").rename(root)

    assert watcher.ensure_alive() == ("its folder was replaced by another",)
    assert_hints_flow(root, heard)


def test_a_symlink_that_leads_elsewhere_is_followed_there(
    root: Path, tmp_path: Path, watching: Watching, heard: Heard
) -> None:
    link, other = tmp_path / "link", tmp_path / "other"
    other.mkdir()
    link.symlink_to(root)
    watcher = watching(link)
    link.unlink()
    link.symlink_to(other)

    assert watcher.ensure_alive() == ("its folder was replaced by another",)
    assert_hints_flow(other, heard)


def test_a_dead_emitter_is_replaced(root: Path, watching: Watching, heard: Heard) -> None:
    watcher, emitter = watching(), emitter_of(root)
    emitter.stop()
    emitter.join(PATIENTLY)

    assert watcher.ensure_alive() == ("the thread that sorts its events had stopped",)
    assert_hints_flow(root, heard)


def test_a_dead_dispatcher_is_replaced(root: Path, watching: Watching, heard: Heard) -> None:
    watcher = watching()
    (dispatcher,) = only(BaseObserver)
    assert isinstance(dispatcher, BaseObserver)
    dispatcher.stopped_event.set()
    (root / "invoice.pdf").write_bytes(b"%PDF-")  # wakes it
    dispatcher.join(PATIENTLY)

    assert watcher.ensure_alive() == ("the thread that hands its events out had stopped",)
    assert_hints_flow(root, heard)


def test_a_dead_reader_is_replaced(root: Path, watching: Watching, heard: Heard) -> None:
    watcher, dead = watching(), reader()
    dead.stopped_event.set()
    (root / "invoice.pdf").write_bytes(b"%PDF-")  # wakes it
    dead.join(PATIENTLY)

    assert watcher.ensure_alive() == ("the thread that reads its events had stopped",)
    assert_hints_flow(root, heard)


def test_an_unmounted_filesystem_is_noticed_and_watched_again(
    root: Path, watching: Watching, heard: Heard
) -> None:
    watcher = watching()
    unmounted = Mask(InotifyConstants.IN_UNMOUNT)
    reader().handle_event(InotifyEvent(WatchDescriptor(1), unmounted, 0, b""))

    heard.until(Hint(None))
    assert watcher.ensure_alive() == ("its filesystem was unmounted",)
    assert_hints_flow(root, heard)


def test_lost_events_are_a_reason_to_list(watching: Watching, heard: Heard) -> None:
    watcher = watching()

    overflow = InotifyEvent(WatchDescriptor(-1), InotifyConstants.IN_Q_OVERFLOW, 0, b"")
    reader().handle_event(overflow)

    heard.until(Hint(None))
    assert watcher.ensure_alive() == ()


class Held(Reader):
    """Reads nothing more until it is let go."""

    def __init__(self, on_loss: Callable[[], None]) -> None:
        super().__init__(on_loss)
        self.holds, self.go_on = threading.Event(), threading.Event()

    def handle_event(self, event: InotifyEvent) -> None:
        self.holds.set()
        self.go_on.wait()
        super().handle_event(event)


@pytest.fixture
def lost() -> threading.Event:
    return threading.Event()


@pytest.fixture
def held(lost: threading.Event) -> Iterator[Held]:
    reader = Held(lost.set)
    reader.start()
    yield reader
    reader.go_on.set()
    reader.stop()
    reader.join(PATIENTLY)


class Ignored:
    """Takes events, and does nothing with them."""

    def on_event(self, event: InotifyEvent) -> None:
        pass

    def on_watch_deleted(self, wd: WatchDescriptor) -> None:
        pass

    on_queue_overflow = staticmethod(lambda: None)


def test_a_queue_that_really_overflows_is_noticed(
    root: Path, held: Held, lost: threading.Event
) -> None:
    mask = Mask(InotifyConstants.IN_CREATE | InotifyConstants.IN_DELETE)
    held.add_callback(os.fsencode(root), mask, Ignored(), CallbackId(1))
    (root / "first.pdf").touch()
    assert held.holds.wait(PATIENTLY)

    for _ in range(int(MAX_QUEUED.read_text()) // 2 + 1000):  # two events each
        (root / "more.pdf").touch()
        (root / "more.pdf").unlink()
    held.go_on.set()

    assert lost.wait(PATIENTLY)


def test_a_subfolder_without_a_watch_is_noticed(
    root: Path, watching: Watching, heard: Heard
) -> None:
    watcher = watching(recursive=True)
    reader().out_of_watches = True

    assert watcher.ensure_alive() == ("there was no watch left for a subfolder",)
    assert_hints_flow(root, heard)


def test_a_receiver_that_fails_loses_its_hint_and_not_the_watch(
    root: Path, watching: Watching, heard: Heard
) -> None:
    def fail_once(hint: Hint) -> None:
        heard(hint)
        if hint.path == "bad.pdf":
            raise ValueError("no")

    watcher = watching(on_hint=fail_once)
    (root / "bad.pdf").write_bytes(b"%PDF-")
    heard.until(Hint("bad.pdf"))

    assert_hints_flow(root, heard)
    assert watcher.ensure_alive() == ("a hint was lost: ValueError('no')",)
    assert watcher.ensure_alive() == ()
