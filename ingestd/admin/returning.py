"""Moving documents back into their inbox, for another try."""

from __future__ import annotations

import contextlib
import errno
from pathlib import Path

from ingestd import moves, storing
from ingestd.config import Inbox
from ingestd.errors import InboxUnavailable, IngestdError
from ingestd.filing import part_name
from ingestd.intake import is_marked
from ingestd.names import names_like

SIDECARS = (".toml", ".json")


def put_into(inbox: Inbox, document: Path, name: str) -> Path:
    """Move a document that was put away, and its sidecars, into its inbox under a free name.

    A daemon that watches the inbox takes it for any other arrival.

    :param name: the name it is to have or be like, relative to the inbox; its folders count only
        where the inbox looks into folders.
    :returns: where it is now.
    :raises InboxUnavailable: if the folder is not there, or its share is not mounted.
    :raises IngestdError: if it cannot be moved; nothing was.
    """
    require_marker(inbox.path)
    folder = inbox.path / Path(name).parent if inbox.recursive else inbox.path
    sidecars = sidecars_of(document)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        target = _move(document, folder, Path(name).name)
        for sidecar in sidecars:
            with contextlib.suppress(FileExistsError):  # somebody's; ours stays where it was
                _move_to(sidecar, target.with_name(_renamed(sidecar, document, target)))
    except OSError as error:
        raise IngestdError(
            f"{document.name} cannot be put back into {folder}: {error.strerror}.",
            hint="Make room there, or run this as the user that ingestd runs as.",
        ) from error
    return target


def require_marker(root: Path) -> None:
    """Make sure that a folder is an inbox, and not what an unmounted share leaves at its path.

    :raises InboxUnavailable: if it is not, or that cannot be told.
    """
    if not is_marked(root):
        raise InboxUnavailable(
            f"The folder {root} is not known to be the inbox: it has no marker.",
            hint="Mount the share it lies on; or run ingestd once, if the inbox is a new one.",
        )


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


def sidecars_of(document: Path) -> list[Path]:
    """The files beside a document that belong to it: `invoice.toml`, `invoice.pdf.json`."""
    names = [f"{base}{suffix}" for base in (document.stem, document.name) for suffix in SIDECARS]
    found = (document.with_name(name) for name in names if name != document.name)
    return [path for path in found if path.is_file() and not path.is_symlink()]


def _renamed(sidecar: Path, document: Path, target: Path) -> str:
    """What a sidecar is called beside its document's new name."""
    if sidecar.name.startswith(document.name):
        return target.name + sidecar.name.removeprefix(document.name)
    return target.stem + sidecar.name.removeprefix(document.stem)
