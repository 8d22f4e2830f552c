from __future__ import annotations

import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from watchdog.observers.api import EventQueue, ObservedWatch
from watchdog.observers.inotify import InotifyWatchGroup
from watchdog.observers.inotify_c import InotifyConstants, InotifyEvent, WatchDescriptor
from watchdog.observers.inotify_move_event_grouper import PathedInotifyEvent

from ingestd.errors import InboxUnavailable
from ingestd.intake.inotify import Emitter, Reader
from ingestd.intake.watch import Hint, Watcher
from tests.intake.hearing import PATIENTLY, Heard, Watching, assert_hints_flow


def test_an_inbox_that_was_missing_at_the_start_is_watched_once_it_is_there(
    root: Path, heard: Heard
) -> None:
    missing = root / "later"
    watcher = Watcher(missing, recursive=False, poll=False, on_hint=heard)
    with pytest.raises(InboxUnavailable, match="later does not exist"):
        watcher.start()
    missing.mkdir()

    assert watcher.ensure_alive() == ("it was not watched",)
    assert_hints_flow(missing, heard)
    watcher.stop()


def test_each_folder_that_it_begins_to_watch_is_a_step_and_one_that_appears_later_is_none(
    root: Path, watching: Watching, heard: Heard
) -> None:
    steps = list[str]()
    for number in range(9):
        (root / str(number)).mkdir()

    watching(recursive=True, on_step=lambda: steps.append("watched"))
    begun = len(steps)
    (root / "later").mkdir()
    heard.until(Hint(None))
    assert_hints_flow(root, heard, "later/invoice.pdf")

    assert begun == len(steps) == 10


def test_a_file_is_no_inbox(root: Path, heard: Heard) -> None:
    (root / "file").write_bytes(b"")

    with pytest.raises(InboxUnavailable, match="is not a folder"):
        Watcher(root / "file", recursive=False, poll=True, on_hint=heard).start()


def test_polling_needs_no_threads_and_has_no_trouble(root: Path, heard: Heard) -> None:
    before = threading.enumerate()
    watcher = Watcher(root, recursive=False, poll=True, on_hint=heard)

    watcher.start()

    assert threading.enumerate() == before
    assert (watcher.mode, watcher.trouble) == ("poll", "")
    shutil.rmtree(root)
    root.mkdir()
    assert watcher.ensure_alive() == ()


def test_stopping_ends_all_threads_for_good(watching: Watching) -> None:
    before = set(threading.enumerate())
    watcher = watching()

    watcher.stop()

    assert set(threading.enumerate()) <= before
    assert watcher.ensure_alive() != ()  # and does not begin again
    assert set(threading.enumerate()) <= before


class Stopping(InotifyWatchGroup):
    """Reads an event just when its emitter is stopped."""

    stop: Callable[[], None]

    def read_event(self) -> PathedInotifyEvent:
        self.stop()
        created = InotifyEvent(WatchDescriptor(1), InotifyConstants.IN_CREATE, 0, b"invoice.pdf")
        return PathedInotifyEvent(created, b"/scans/invoice.pdf")


def test_stopping_just_when_an_event_was_read_is_no_error(
    root: Path, caplog: pytest.LogCaptureFixture
) -> None:
    reader = Reader(on_loss=lambda: None)
    emitter = Emitter(EventQueue(), ObservedWatch(str(root), recursive=False), inotify_fd=reader)
    emitter._inotify = group = Stopping(reader, bytes(root))  # noqa: SLF001 - as it does itself
    group.stop = emitter.stop

    emitter.queue_events(0.0)

    assert not emitter.should_keep_running()
    assert [record.message for record in caplog.records] == []
    reader.start()  # only one that runs closes what it opened
    reader.stop()
    reader.join(PATIENTLY)


def test_stopping_does_not_wait_for_what_hangs(root: Path, watching: Watching) -> None:
    hanging, go_on = threading.Event(), threading.Event()

    def hang(_: Hint) -> None:
        hanging.set()
        go_on.wait(PATIENTLY)

    watcher = watching(on_hint=hang)
    (root / "invoice.pdf").write_bytes(b"%PDF-")
    hanging.wait(PATIENTLY)

    stopping = threading.Thread(target=watcher.stop, kwargs={"timeout": 0.05})
    stopping.start()
    stopping.join(PATIENTLY / 2)

    assert not stopping.is_alive()
    go_on.set()


NO_FILES_LEFT = """
import os, resource, sys
from pathlib import Path
from ingestd.intake import inotify, watch
watcher = watch.Watcher(Path(sys.argv[1]), recursive=True, poll=False, on_hint=print)
lowest_free = os.open("/", os.O_RDONLY)
os.close(lowest_free)
soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (lowest_free + 1, hard))
watcher.start()
resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
print(watcher.mode, watcher.trouble, watcher.ensure_alive())
"""


def test_where_nothing_is_left_to_watch_with_it_polls_and_says_why(root: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", NO_FILES_LEFT, root], capture_output=True, text=True, check=True
    )

    assert done.stdout.startswith("poll there are no inotify instances")
    assert done.stdout.endswith("left ()\n")


NO_WATCHES_LEFT = """
import ctypes, os, sys
from pathlib import Path
from ingestd.intake import watch
libc, NEW_USER = ctypes.CDLL(None, use_errno=True), 0x10000000
limit = Path("/proc/sys/user/max_inotify_watches")
user = os.geteuid()
if libc.unshare(NEW_USER) != 0:
    sys.exit(77)
try:
    Path("/proc/self/uid_map").write_text(f"0 {user} 1")
    limit.write_text("0")
except OSError:
    sys.exit(77)
watcher = watch.Watcher(Path(sys.argv[1]), recursive=False, poll=False, on_hint=print)
watcher.start()
print(watcher.mode, watcher.trouble, watcher.ensure_alive())
"""


def test_where_the_limit_of_watches_is_reached_it_polls_and_says_why(root: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", NO_WATCHES_LEFT, root], capture_output=True, text=True, check=False
    )
    if done.returncode == 77:
        pytest.skip("this process may not make a user namespace")

    assert done.stdout == (
        "poll the kernel has no inotify watches left (fs.inotify.max_user_watches) ()\n"
    )
