"""Finishing a filing that was cut short, once the file is at its destination."""

from __future__ import annotations

import stat
from pathlib import Path

from ingestd import storing
from ingestd.filing import bring_after, lay_reason, reason_text
from ingestd.intake import same_bytes, unchanged
from ingestd.model import OUTCOMES, Document, Outcome, State
from ingestd.moves import same_file
from ingestd.sidecars import renamed
from ingestd.stages import Stages


def holds(path: Path, document: Document) -> bool:
    """Whether a file is a document's, by its bytes.

    One that failed because it could not be read, or is a symlink or a pipe, is known by nothing:
    whatever has its name is taken for it.

    :raises OSError: if it is there and cannot be read.
    """
    try:
        if document.sha256:
            return unchanged(path, document.size, document.sha256)
        return not stat.S_ISDIR(path.lstat().st_mode)
    except (FileNotFoundError, NotADirectoryError):
        return False


def was_put_away(document: Document, stages: Stages) -> bool:
    """Whether a document whose answer is not known lies where it goes once it is delivered.

    Its answer came then: the move is on the disk, and what the ledger was told of both was not yet.

    :raises OSError: if what is there cannot be read.
    """
    if not document.destination:
        return False
    destination = Path(document.destination)
    if stages.workplace.may_hold(document.id, document.name):
        # linked there, and its old name not taken away yet
        return same_file(stages.workplace.file(document.id, document.name), destination)
    return holds(destination, document)


def finish_filing(document: Document, stages: Stages) -> bool:
    """Finish the filing of a document by an attempt that died, or failed, after its move.

    :returns: False if its file is not at the destination that was planned for it; then nothing
        was done.
    :raises OSError: if what is there cannot be read, or what is left to do fails.
    :raises StorageFailed: if the disk could not make the move last.
    """
    if document.state not in OUTCOMES or not document.destination:
        return False
    source = stages.workplace.file(document.id, document.name)
    destination = Path(document.destination)
    left = stages.workplace.may_hold(document.id, document.name)
    if not (_is_made_of(source, destination, stages) if left else holds(destination, document)):
        return False
    if left:  # copied or linked, and not removed here yet: perhaps the disk failed then
        storing.fsync_file(destination)
    storing.fsync_folder(destination.parent)  # whoever moved it may have died before that
    if left:
        source.unlink()
    if document.outcome is Outcome.FAILED:
        lay_reason(destination, reason_text(document, stages.now()), source=source)
    _bring_sidecars(document, stages, destination)
    stages.ledger.advance(document, State.FILED, note="found at its destination")
    stages.workplace.clear(document.id)
    return True


def _is_made_of(source: Path, destination: Path, stages: Stages) -> bool:
    """Whether what lies at a destination is a file in `work/`, linked, or its copy.

    Within a filesystem a file is not copied. So equal bytes there are somebody else's file, perhaps
    of the same document dropped again, and no reason to remove this one. Outside of the inbox they
    are: two mounts of one filesystem show as one device, and between them a file is copied.
    """
    if same_file(source, destination):
        return True
    if not same_bytes(source, destination):
        return False
    is_inside = stages.workplace.root in destination.parents
    return not is_inside or source.lstat().st_dev != destination.lstat().st_dev


def _bring_sidecars(document: Document, stages: Stages, destination: Path) -> None:
    source = stages.workplace.file(document.id, document.name)
    bring_after(sidecars_left(document, stages), source, destination)


def sidecars_left(document: Document, stages: Stages) -> list[Path]:
    """Remove from `work/` the sidecars that are beside their filed document as well; the others.

    One was copied, or linked, and not removed here yet; or a power cut brought its old name back.

    :raises OSError: if what is there cannot be read or removed.
    :raises StorageFailed: if the disk failed.
    """
    source = stages.workplace.file(document.id, document.name)
    left = []
    for sidecar in stages.workplace.sidecars(document.id, document.name):
        there = renamed(sidecar, source, Path(document.destination))
        if same_bytes(sidecar, there):
            storing.fsync_file(there)
            storing.fsync_folder(there.parent)
            sidecar.unlink()
        else:
            left.append(sidecar)
    return left
