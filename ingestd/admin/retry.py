"""Putting failed documents back into their inbox."""

from __future__ import annotations

import contextlib
import errno
import itertools
import os
from dataclasses import dataclass
from pathlib import Path

from ingestd import moves, storing
from ingestd.admin.folders import failed_documents
from ingestd.config import Inbox
from ingestd.errors import InboxUnavailable, IngestdError
from ingestd.filing import SUFFIX, part_name
from ingestd.intake import is_marked
from ingestd.names import names_like

SIDECARS = (".toml", ".json")


@dataclass(frozen=True, slots=True)
class Failed:
    """A document in a failed folder."""

    inbox: str
    name: str
    """Relative to the failed folder."""
    path: Path


def failed_in(name: str, inbox: Inbox) -> list[Failed]:
    """The failed documents of an inbox; sidecars are not listed by themselves."""
    folder = inbox.folder(inbox.failed)
    paths = list(failed_documents(folder))
    beside = {sidecar for path in paths for sidecar in _sidecars(path)}
    return [
        Failed(name, str(path.relative_to(folder)), path) for path in paths if path not in beside
    ]


def named(name: str, failed: list[Failed]) -> list[Failed]:
    """Those of the failed documents that a name means: a path, or the last part of one."""
    path = Path(os.path.abspath(name))
    return [
        one
        for one in failed
        if name in (one.name, Path(one.name).name) or path == one.path.absolute()
    ]


def put_back(failed: Failed, inbox: Inbox) -> Path:
    """Move a failed document, and its sidecars, into its inbox under a free name like its own.

    Its reason file is removed. A daemon that watches the inbox takes it for any other arrival.

    :returns: where it is now.
    :raises InboxUnavailable: if the folder is not there, or its share is not mounted.
    :raises IngestdError: if it cannot be moved; nothing was.
    """
    if not is_marked(inbox.path):
        raise InboxUnavailable(
            f"The folder {inbox.path} is not known to be the inbox: it has no marker.",
            hint="Mount the share it lies on; or run ingestd once, if the inbox is a new one.",
        )
    folder = inbox.path / Path(failed.name).parent if inbox.recursive else inbox.path
    sidecars = _sidecars(failed.path)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        target = _move(failed.path, folder, _own_name(failed.path))
        for sidecar in sidecars:
            with contextlib.suppress(FileExistsError):  # somebody's; ours stays beside the reason
                _move_to(sidecar, target.with_name(_renamed(sidecar, failed.path, target)))
        failed.path.with_name(failed.path.name + SUFFIX).unlink(missing_ok=True)
    except OSError as error:
        raise IngestdError(
            f"{failed.name} cannot be put back into {folder}: {error.strerror}.",
            hint="Make room there, or run this as the user that ingestd runs as.",
        ) from error
    return target


def _move(source: Path, folder: Path, name: str) -> Path:
    for like in names_like(name):
        with contextlib.suppress(FileExistsError):
            _move_to(source, folder / like)
            return folder / like
    raise AssertionError("there are names without end")


def _move_to(source: Path, target: Path) -> None:
    try:
        moves.move(source, target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        moves.copy_across(source, target, passing_by=target.with_name(part_name(source)))
    storing.fsync_folder(target.parent)


def _own_name(document: Path) -> str:
    """The name it had in the inbox; in the failed folder it may have got a number."""
    reason = document.with_name(document.name + SUFFIX)
    with contextlib.suppress(OSError):
        for line in reason.read_text("utf-8", errors="replace").splitlines():
            key, _, value = line.partition(": ")
            name = Path(value).name
            if key == "document" and document.name in itertools.islice(names_like(name), 100):
                return name
    return document.name


def _sidecars(document: Path) -> list[Path]:
    """The files beside a document that belong to it: `invoice.toml`, `invoice.pdf.json`."""
    names = [f"{base}{suffix}" for base in (document.stem, document.name) for suffix in SIDECARS]
    found = (document.with_name(name) for name in names if name != document.name)
    return [path for path in found if path.is_file() and not path.is_symlink()]


def _renamed(sidecar: Path, document: Path, target: Path) -> str:
    """What a sidecar is called beside its document's new name."""
    if sidecar.name.startswith(document.name):
        return target.name + sidecar.name.removeprefix(document.name)
    return target.stem + sidecar.name.removeprefix(document.stem)
