"""The kernel's file events by way of watchdog, with what watchdog keeps to itself.

Seen with watchdog 7.1 and Linux 6: when the queue overflows, or the folder is unmounted, the
observer only writes a log line or nothing at all, and stays "alive"; a subfolder for which no
watch is left is left out in silence. `Reader` notices these three.

Nothing is heard of what leaves. Each claim would wake three threads, and watchdog holds everything
back for half a second after a move, waiting for its other half: each claimed file would delay the
hint of the next. A folder that moves within the inbox is watched where it went all the same: it is
taken for one that comes from elsewhere, and the kernel knows it again.

Importing this fails where there is no inotify.
"""

from __future__ import annotations

import errno
import os
import threading
import warnings
from collections.abc import Callable

from watchdog.events import (
    DirCreatedEvent,
    DirMovedEvent,
    FileClosedEvent,
    FileCreatedEvent,
    FileMovedEvent,
    FileSystemEvent,
    FileSystemEventHandler,
)
from watchdog.observers.api import BaseObserver
from watchdog.observers.inotify import InotifyFullEmitter
from watchdog.observers.inotify_c import (
    CallbackId,
    InotifyConstants,
    InotifyEvent,
    InotifyFD,
    Mask,
    WatchCallback,
    WatchDescriptor,
)
from watchdog.utils import BaseThread

# Of a folder that is made with others in it, watchdog hears twice. That is harmless.
warnings.filterwarnings("ignore", "Callback with id", RuntimeWarning)

# An allow-list: reading a file is an event too (opened, closed without writing), so that a
# watcher that takes every event is woken by its own reading, for ever.
_FILE_EVENTS: list[type[FileSystemEvent]] = [FileCreatedEvent, FileClosedEvent, FileMovedEvent]
_FOLDER_EVENTS: list[type[FileSystemEvent]] = [DirCreatedEvent, DirMovedEvent]


class Ears:
    """Listens to one folder with an inotify instance and threads of its own.

    Starting raises `OSError`: ENOSPC where the kernel has not enough watches left for the folder
    and those below it, EMFILE where it has no more instances. `on_event` and `on_loss` (events
    were lost: list again) are called on these threads, and `on_watch` on the
    one that starts it, for each folder. Folders below for which `leaves_out` says so are not
    listened to.
    """

    def __init__(
        self,
        folder: str,
        *,
        recursive: bool,
        on_event: Callable[[FileSystemEvent], None],
        on_loss: Callable[[], None],
        on_watch: Callable[[], None] = lambda: None,
        leaves_out: Callable[[str], bool] = lambda _: False,
    ) -> None:
        self._reader = Reader(on_loss, on_watch, leaves_out)
        self._observer = BaseObserver(Emitter, inotify_fd=self._reader)
        self._reader.start()
        try:
            self._listen(folder, on_event, recursive=recursive)
        except BaseException:
            self.close()
            raise

    def _listen(
        self, folder: str, on_event: Callable[[FileSystemEvent], None], *, recursive: bool
    ) -> None:
        self._observer.schedule(
            _Handler(on_event),
            folder,
            recursive=recursive,
            event_filter=_FILE_EVENTS + (_FOLDER_EVENTS if recursive else []),
        )
        self._observer.start()
        if self._reader.out_of_watches:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), folder)

    def ailments(self) -> tuple[str, ...]:
        """Say why nothing more will be heard; empty where all is well."""
        # the emitter of a folder that was deleted stops by itself
        emitters = self._observer.emitters
        deaf = not emitters or not all(_runs(emitter) for emitter in emitters)
        signs = {
            "its filesystem was unmounted": self._reader.unmounted,
            "there was no watch left for a subfolder": self._reader.out_of_watches,
            "the thread that reads its events had stopped": not _runs(self._reader),
            "the thread that sorts its events had stopped": deaf,
            "the thread that hands its events out had stopped": not _runs(self._observer),
        }
        return tuple(what for what, is_so in signs.items() if is_so)

    def close(self) -> None:
        """Stop listening and join the threads; may block where a mount hangs."""
        self._observer.stop()
        self._reader.stop()
        for thread in (self._observer, self._reader):
            if thread.is_alive():
                thread.join()


def _runs(thread: BaseThread) -> bool:
    return thread.is_alive() and thread.should_keep_running()


class Reader(InotifyFD):
    """Reads one inotify instance, and notices what watchdog only logs or drops."""

    def __init__(
        self,
        on_loss: Callable[[], None],
        on_watch: Callable[[], None] = lambda: None,
        leaves_out: Callable[[str], bool] = lambda _: False,
    ) -> None:
        super().__init__()
        self.unmounted = False
        self.out_of_watches = False
        self._on_loss = on_loss
        self._on_watch = on_watch
        self._leaves_out = leaves_out

    def handle_event(self, event: InotifyEvent) -> None:
        """Note lost events and an unmounted folder, then let watchdog have the event."""
        if event.mask & InotifyConstants.IN_UNMOUNT:
            self.unmounted = True
            self._on_loss()
        if event.is_queue_overflow:
            self._on_loss()
        super().handle_event(event)

    def add_callback(
        self, path: bytes, mask: Mask, callback: WatchCallback, id_: CallbackId
    ) -> WatchDescriptor:
        """Add a watch, noting if there is none left.

        watchdog passes over any error below the root, so that is how a folder is left out.
        """
        if threading.current_thread() is not self:  # which adds those that appear later
            self._on_watch()
        if self._leaves_out(os.fsdecode(path)):
            raise OSError(errno.EPERM, "It is not to be watched.", path)
        try:
            return super().add_callback(path, mask, callback, id_)
        except OSError as error:
            self.out_of_watches = self.out_of_watches or error.errno == errno.ENOSPC
            raise


class Emitter(InotifyFullEmitter):
    """Sorts the events of one folder."""

    def get_event_mask_from_filter(self) -> Mask:
        """What the kernel is to tell: all that watchdog asks for but what leaves."""
        return Mask(super().get_event_mask_from_filter() & ~InotifyConstants.IN_MOVED_FROM)

    def on_thread_stop(self) -> None:
        """Take no more events; one that was read meanwhile is let go in silence.

        watchdog forgets its watches here, and logs an error when it is to hand out such an event
        without them.
        """
        if self._inotify is not None:
            self._inotify.deactivate()


class _Handler(FileSystemEventHandler):
    def __init__(self, on_event: Callable[[FileSystemEvent], None]) -> None:
        self._on_event = on_event

    def dispatch(self, event: FileSystemEvent) -> None:
        self._on_event(event)
