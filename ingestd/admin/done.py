"""The documents that lie where they were put away as done."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from stat import S_ISREG

from ingestd.admin.returning import require_marker
from ingestd.config import Inbox, Settings
from ingestd.errors import InboxUnavailable
from ingestd.filing import SUFFIX
from ingestd.intake import Look, excluded
from ingestd.sidecars import is_called_like_one, owners

OnTrouble = Callable[[str, OSError], None]
"""Told which folder or file could not be looked at."""


@dataclass(frozen=True, slots=True)
class DoneFile:
    """A document under `done/`."""

    path: str
    look: Look


def tops_of(inbox: Inbox) -> list[Path]:
    """Where the documents of an inbox are put away as done; one may lie in another."""
    return sorted({inbox.folder(inbox.done), inbox.folder(inbox.duplicates or inbox.done)})


def skipped_below(top: Path, settings: Settings) -> frozenset[str]:
    """Folders below this one that hold something else: inboxes, failed documents, others' done."""
    folders = {
        folder
        for inbox in settings.inboxes.values()
        for folder in (inbox.path, inbox.folder(inbox.failed), *tops_of(inbox))
    }
    return frozenset(str(folder) for folder in folders if top in folder.parents)


def require_top(inbox: Inbox, top: Path, *, used: bool) -> None:
    """Make sure that a folder is the one that is meant, and not what an unmounted share left.

    :param used: whether documents are known to have been put away there.
    :raises InboxUnavailable: if it is not.
    """
    inside = inbox.path in top.parents
    if inside:
        require_marker(inbox.path)
    if os.path.lexists(top):
        if not inside:  # then it has a marker of its own
            require_marker(top)
    elif used:
        raise InboxUnavailable(
            f"The folder {top} is not there, but documents were put away in it.",
            hint="Mount the share it lies on, or correct the settings of the inbox.",
        )


def paths_below(top: Path, skip: Collection[str], on_trouble: OnTrouble) -> Iterator[str]:
    """Yield the path of every document below a folder, a folder's by name before what is below it.

    What vanishes meanwhile is passed over.
    """
    folders = [str(top)]
    while folders:
        folder = folders.pop()
        names: set[str] = set()
        below: list[str] = []
        try:
            with os.scandir(folder) as children:
                for child in children:
                    if excluded(child.name):
                        continue
                    if child.is_dir(follow_symlinks=False):
                        below += [child.path] if child.path not in skip else []
                    elif child.is_file(follow_symlinks=False):
                        names.add(child.name)
        except FileNotFoundError:
            continue
        except OSError as error:
            on_trouble(folder, error)
        for name in _documents(names):
            yield os.path.join(folder, name)
        folders += sorted(below, reverse=True)


def _documents(names: Collection[str]) -> Iterator[str]:
    """Those of the names in a folder that are documents: no reason files, and no sidecars.

    What is called like a sidecar, and is nobody's, is a document only with a reason beside it: it
    failed as one.
    """
    alike = owners(filter(is_called_like_one, names), names)
    for name in sorted(names):  # in a set they lie otherwise in each process
        if name.endswith(SUFFIX):
            continue
        if name not in alike or (not alike[name] and f"{name}{SUFFIX}" in names):
            yield name


def look_at(path: str, since: datetime | None, on_trouble: OnTrouble) -> DoneFile | None:
    """A file as it is now; None if it is gone, or was neither changed nor put there since then."""
    try:
        found = os.lstat(path)
    except FileNotFoundError:
        return None
    except OSError as error:
        on_trouble(path, error)
        return None
    # being moved there changes the second one only
    changed = max(found.st_mtime, found.st_ctime)
    if not S_ISREG(found.st_mode) or (since and changed < since.timestamp()):
        return None
    return DoneFile(path, Look.of(found))


def name_below(top: Path, path: str, layout: str) -> str:
    """The name a file had in its inbox, as far as its place tells: without the layout's folders."""
    parts = Path(path).relative_to(top).parts
    below = parts[len(Path(layout).parts) :]
    return str(Path(*(below or parts[-1:])))
