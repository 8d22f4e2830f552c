"""What lies in an inbox right now: the truth that every event is only a hint of."""

from __future__ import annotations

import os
import re
import stat
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from fnmatch import translate
from pathlib import Path

from ingestd.intake.pairing import Entry, Folder, Oddity
from ingestd.intake.settle import Look
from ingestd.intake.stamps import NO_PROOF, Stamps
from ingestd.intake.unavailable import unavailable
from ingestd.regular import kind_of
from ingestd.sidecars import FIELDS, is_called_like_one

BUILT_IN_EXCLUDES = (
    # dotfiles; also .ingestd, ._* (macOS), .stfolder and .stversions (Syncthing), .zfs (snapshots),
    # .@__thumb (QNAP's previews) and .Trash-1000 (the bin of Linux desktops)
    ".*",
    "~$*",  # an office program's lock file
    "*.part",
    "*.tmp",
    "*.crdownload",
    "Thumbs.db",
    "desktop.ini",
    "@eaDir",  # Synology's index
    "#recycle",  # Synology's bin
    "#snapshot",  # Synology's snapshots, each of them the whole share once more
    "@Recycle",  # QNAP's bin
    "@Recently-Snapshot",  # QNAP's snapshots
    "$RECYCLE.BIN",  # Windows' bin, on disks that it formatted
    "System Volume Information",
    "lost+found",  # at the top of ext4, and root's alone
)
"""Names of files and folders that are never inbox content, whatever the settings include."""


@dataclass(frozen=True, slots=True)
class Rules:
    """Which files of an inbox are documents.

    Patterns are those of `fnmatch`, are held against names rather than paths, and do not
    distinguish case. `exclude` adds to `BUILT_IN_EXCLUDES` and holds for folders as well.
    """

    include: tuple[str, ...] = ("*.pdf",)
    exclude: tuple[str, ...] = ()
    recursive: bool = False
    skip: frozenset[Path] = frozenset()
    """Absolute paths of folders that are not inbox content: done, failed, duplicates."""
    sidecars: bool = False
    """Whether documents have files beside them that belong to them (see `ingestd.sidecars`); those
    that are called like e-invoices only if `include` takes them."""


@dataclass(frozen=True, slots=True)
class Listing:
    """What lay in an inbox; no list is in any order."""

    entries: list[Entry] = field(default_factory=list)
    alone: list[Entry] = field(default_factory=list)
    """Sidecars without a document."""
    oddities: list[Oddity] = field(default_factory=list)


class _Names:
    """A set of patterns, translated once."""

    def __init__(self, patterns: Iterable[str]) -> None:
        alternatives = "|".join(translate(unicodedata.normalize("NFC", p)) for p in patterns)
        self._match = re.compile(alternatives or r"(?!)", re.IGNORECASE).match

    def __contains__(self, name: str) -> bool:
        # macOS sends "ü" as "u" and a combining mark, settings hold it as one character
        plain = name if name.isascii() else unicodedata.normalize("NFC", name)
        return self._match(plain) is not None


_BUILT_IN = _Names(BUILT_IN_EXCLUDES)


def excluded(name: str) -> bool:
    """Tell whether a file or folder of this name is never inbox content."""
    return name in _BUILT_IN


def takes(rules: Rules, path: str) -> bool:
    """Tell whether a file of this path, relative to the inbox, is a document by its names."""
    *folders, name = Path(path).parts
    exclude = _Names((*BUILT_IN_EXCLUDES, *rules.exclude))
    if folders and not rules.recursive:
        return False
    return name in _Names(rules.include) and not any(part in exclude for part in (*folders, name))


def list_inbox(
    root: Path,
    rules: Rules,
    *,
    on_child: Callable[[], None] = lambda: None,
    known: Callable[[str], Look | None] = lambda _: None,
    stamps: Stamps = NO_PROOF,
) -> Listing:
    """List the documents-to-be below `root`; nothing is opened, no symlink followed.

    `on_child` is called for everything that is found, on the way. `known` tells the look that is
    remembered of a path: where nothing changed it is taken, for the next listing of 100,000 files
    not to make as many new ones. Of the others `stamps` tell whether they lay still.

    Raises `InboxUnavailable` where the root itself cannot be read. Anything that goes wrong
    below it is an oddity and does not stop the rest.
    """
    return _Walk(root, rules, on_child, known, stamps).listing()


class _Walk:
    """One listing under way."""

    def __init__(
        self,
        root: Path,
        rules: Rules,
        on_child: Callable[[], None],
        known: Callable[[str], Look | None],
        stamps: Stamps,
    ) -> None:
        self._root = root
        self._on_child = on_child
        self._known = known
        self._stamps = stamps
        self._include = _Names(rules.include)
        self._exclude = _Names((*BUILT_IN_EXCLUDES, *rules.exclude))
        self._recursive = rules.recursive
        self._skip = rules.skip
        self._sidecars = rules.sidecars
        self._found = Listing()
        self._folders = [("", 0.0)]
        """Those to be listed yet, and when those above them were changed last."""

    def listing(self) -> Listing:
        top = os.path.realpath(self._root) if self._recursive else os.fspath(self._root)
        # resolved, so that /srv/link/done is known again as /srv/scans/done
        skip = {os.path.realpath(path) for path in self._skip} if self._recursive else set()
        while self._folders:
            folder, changed = self._folders.pop()
            path = os.path.join(top, folder)
            if path in skip:
                continue
            try:
                self._list_folder(path, folder, changed)
            except OSError as error:
                if not folder:
                    raise unavailable(self._root, error) from error
                self._odd(folder, f"could not be read: {error.strerror}")
        return self._found

    def _list_folder(self, path: str, folder: str, changed: float) -> None:
        here = Folder()
        if folder:  # not of the inbox: that is changed by every claim
            changed = max(changed, os.stat(path).st_ctime)
        with os.scandir(path) as children:
            for child in children:
                self._on_child()
                if child.name in self._exclude:
                    continue
                relative = f"{folder}/{child.name}" if folder else child.name
                try:
                    self._list_child(child, relative, here, changed)
                except FileNotFoundError:
                    continue  # it left between being named and being looked at
                except OSError as error:
                    self._odd(relative, f"could not be looked at: {error.strerror}")
        self._found.entries.extend(here.documents())
        self._found.alone.extend(here.alone)
        self._found.oddities.extend(here.oddities)

    def _list_child(
        self, child: os.DirEntry[str], relative: str, here: Folder, changed: float
    ) -> None:
        if child.is_dir(follow_symlinks=False):
            if self._recursive:
                self._folders.append((relative, changed))
            return
        sidecar = self._sidecars and is_called_like_one(child.name)
        included = child.name in self._include
        if not included and not (sidecar and child.name.lower().endswith(FIELDS)):
            return
        found = child.stat(follow_symlinks=False)
        look = self._known(relative)
        lay_still = look is None and self._stamps.prove(found, changed)
        if look is None or not look.is_of(found):
            look = Look.of(found)
        one: Entry | Oddity = Entry(relative, look, is_sidecar=sidecar, lay_still=lay_still)
        if not stat.S_ISREG(found.st_mode):
            one = Oddity(relative, f"is {kind_of(found.st_mode)}", found.st_ino)
        here.add(child.name, one, sidecar=sidecar, included=included)

    def _odd(self, path: str, what: str, inode: int = 0) -> None:
        self._found.oddities.append(Oddity(path, what, inode))
