"""Watching one inbox: hints that something may have arrived, and a watch that stays awake.

A hint is never the truth, the listing is; where hints fail, the next listing finds the file. So
everything here may be late or lost, but must not die unnoticed or hang its caller.
"""

from __future__ import annotations

import errno
import os
import threading
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from watchdog.events import (
    DirCreatedEvent,
    DirMovedEvent,
    FileClosedEvent,
    FileCreatedEvent,
    FileMovedEvent,
    FileSystemEvent,
)
from watchdog.utils import UnsupportedLibcError

from ingestd.intake.listing import excluded
from ingestd.intake.unavailable import unavailable

if TYPE_CHECKING:
    from ingestd.intake.inotify import Ears

Mode = Literal["native", "poll"]

STOPPING = 5.0
"""Seconds that stopping waits for threads that may hang in a dead mount; they are daemons."""

_NO_EARS = {
    errno.ENOSPC: "the kernel has no inotify watches left (fs.inotify.max_user_watches)",
    errno.EMFILE: (
        "there are no inotify instances (fs.inotify.max_user_instances) or open files left"
    ),
    errno.ENFILE: "the system has too many files open",
    errno.ENOSYS: "this system has no inotify",
}
"""What makes watching impossible, but not listing."""


@dataclass(frozen=True, slots=True)
class Hint:
    """Something may have arrived."""

    path: str | None
    """Relative to the inbox, as in a listing; None: anything, list it."""
    arrived_whole: bool = False
    """It was moved to this name by a rename, so nobody is still copying it there."""


def hint_of(event: FileSystemEvent, folder: str) -> Hint | None:
    """Translate an event below `folder` (as watched: symlinks resolved); None if it means nothing.

    Seen with watchdog 7.1: a file moved in from elsewhere is a move without a source. For the
    files in a folder that is moved or created it makes events up; those prove nothing.
    """
    match event:
        case FileMovedEvent():
            path, whole = event.dest_path, not event.is_synthetic
        case FileCreatedEvent() | FileClosedEvent() | DirCreatedEvent():
            path, whole = event.src_path, False
        case DirMovedEvent():
            path, whole = event.dest_path, False
        case _:
            return None
    relative = _below(folder, os.fsdecode(path))
    if not relative or _excluded(relative):
        return None
    return Hint(None if event.is_directory else relative, arrived_whole=whole)


def left_out(path: str, folder: str, skip: Iterable[str]) -> bool:
    """Whether no hint is needed of a folder: it lies below `folder`, but no document does in it."""
    relative = _below(folder, path)
    skipped = (one for one in skip if _below(folder, one))
    return _excluded(relative) or any(path == one or _below(one, path) for one in skipped)


def _excluded(relative: str) -> bool:
    return any(excluded(name) for name in relative.split("/"))


def _below(folder: str, path: str) -> str:
    inside = os.path.join(folder, "")
    return path.removeprefix(inside) if path.startswith(inside) else ""


@dataclass(frozen=True, slots=True)
class _Place:
    """What the inbox's path led to."""

    folder: str
    """Symlinks resolved: a symlink that is watched gives no events."""
    device: int
    inode: int


def _place(root: Path) -> _Place:
    # Opened, not only looked at: a folder that may not be read can be watched without an error,
    # but is silent.
    try:
        fd = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as error:
        raise unavailable(root, error) from error
    try:
        found = os.fstat(fd)
    finally:
        os.close(fd)
    return _Place(os.path.realpath(root), found.st_dev, found.st_ino)


class Watcher:
    """Watches one inbox.

    Natively, by inotify: three threads, hints within milliseconds. Or, where `poll` is set or
    the kernel has no watches left, not at all: the caller's listing at its poll interval does
    all that a polling observer could, without a second picture of the folder in memory.

    `on_hint` is called on the watch's threads and must be quick. It never hears of names that
    are excluded everywhere, such as `.ingestd`, nor of what happens in the folders `skip`: each
    document passes through several of those. `start` and `ensure_alive` belong to one thread,
    `stop` may come from any. The first two call `on_step` for each folder that they begin to
    watch: that takes long where there are many.
    """

    def __init__(
        self,
        root: Path,
        *,
        recursive: bool,
        poll: bool,
        on_hint: Callable[[Hint], None],
        on_step: Callable[[], None] = lambda: None,
        skip: Collection[Path] = (),
    ) -> None:
        self._root = root
        self._skip = skip
        self._recursive = recursive
        self._on_hint = on_hint
        self._on_step = on_step
        self._mode: Mode = "poll" if poll else "native"
        self._trouble = ""
        self._ears: Ears | None = None
        self._place: _Place | None = None
        self._lost_hint = ""
        self._stopped = False

    @property
    def mode(self) -> Mode:
        """Whether hints come, or the caller has to list at its poll interval."""
        return self._mode

    @property
    def trouble(self) -> str:
        """Why this polls without having been asked to; empty where it does not."""
        return self._trouble

    def start(self) -> None:
        """Begin to watch.

        Raises `InboxUnavailable` where the folder cannot be opened; `ensure_alive` begins then
        as soon as it can be.
        """
        self._stopped = False
        self._arm(_place(self._root))

    def ensure_alive(self) -> tuple[str, ...]:
        """Make sure that hints come; to be called with every regular listing.

        Returns what was wrong, for the log, empty if nothing; it has been put right by then.
        Raises `InboxUnavailable` where the folder cannot be opened.
        """
        place = _place(self._root)
        wrong = self._what_is_wrong(place)
        if wrong:
            self._disarm(STOPPING)
            self._arm(place)
        lost, self._lost_hint = self._lost_hint, ""
        return (*wrong, lost) if lost else wrong

    def stop(self, timeout: float = STOPPING) -> None:
        """Stop watching; returns after `timeout` seconds even where a mount hangs."""
        self._stopped = True
        self._disarm(timeout)

    def _what_is_wrong(self, place: _Place) -> tuple[str, ...]:
        if self._mode == "poll":
            return ()
        if self._ears is None:
            return ("it was not watched",)
        wrong = self._ears.ailments()
        return wrong if place == self._place else (*wrong, "its folder was replaced by another")

    def _arm(self, place: _Place) -> None:
        if self._mode == "poll":
            return
        try:
            self._ears = self._ears_at(place.folder)
        except OSError as error:
            trouble = _NO_EARS.get(error.errno or 0)
            if trouble is None:
                raise unavailable(self._root, error) from error
            self._mode, self._trouble = "poll", trouble
        self._place = place
        if self._stopped:  # by another thread, while this one hung in a mount
            self._disarm(STOPPING)

    def _ears_at(self, folder: str) -> Ears:
        try:
            # only here: importing it fails where there is no inotify
            from ingestd.intake.inotify import Ears  # noqa: PLC0415
        except (ImportError, UnsupportedLibcError) as error:
            raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS)) from error
        skip = [os.path.realpath(path) for path in self._skip] if self._recursive else []
        return Ears(
            folder,
            recursive=self._recursive,
            on_event=lambda event: self._hear(hint_of(event, folder)),
            on_loss=lambda: self._hear(Hint(None)),
            on_watch=self._on_step,
            leaves_out=lambda path: left_out(path, folder, skip),
        )

    def _disarm(self, timeout: float) -> None:
        ears, self._ears = self._ears, None
        if ears is not None:
            # on a thread of its own: those that it joins may hang in a dead mount
            closing = threading.Thread(target=ears.close, name="unwatch", daemon=True)
            closing.start()
            closing.join(timeout)

    def _hear(self, hint: Hint | None) -> None:
        if hint is None or self._stopped:
            return
        try:
            self._on_hint(hint)
        except Exception as error:  # noqa: BLE001 - it would silently end watchdog's thread
            self._lost_hint = f"a hint was lost: {error!r}"
