"""Looking at an inbox's folder without leaving anything in it."""

from __future__ import annotations

import itertools
import os
import stat
from dataclasses import dataclass
from pathlib import Path

from ingestd.admin.doctor.place import Place, look_at, stamps_renames, write_trouble
from ingestd.admin.lock_holder import Holder, holder_of
from ingestd.errors import InboxUnavailable
from ingestd.intake import (
    Foreign,
    Judgement,
    Mount,
    NotMounted,
    Remembered,
    judge,
    mounts_below,
    opened,
    read_marker,
)
from ingestd.intake.marker import FOLDER as OUR_FOLDER
from ingestd.intake.marker import WORK as WORK_FOLDER
from ingestd.regular import kind_of

_AT_MOST = 100
"""Names that are looked at to see whether case matters."""


@dataclass(frozen=True, slots=True)
class SeenInbox:
    """What was seen of an inbox's folder."""

    place: Place
    marked: Judgement | InboxUnavailable
    known: bool = True
    """Whether the ledger knows which folder is meant."""
    trouble: str = ""
    """Why nothing can be made where documents are held while they are delivered."""
    in_its_place: str = ""
    """What is there in place of the folder that they are held in."""
    holder: Holder | None = None
    case_matters: bool | None = None
    """None where nothing shows it."""
    stamps_renames: bool = False
    """A file gets another time of change when it is renamed."""
    mounted_below: tuple[str, ...] = ()
    """Paths relative to the inbox."""


def look_at_inbox(path: Path, remembered: Remembered | None) -> SeenInbox:
    """Look at an inbox's folder; nothing is left in it, and nothing that people see is touched.

    :param remembered: what the ledger knows of it.
    :raises InboxUnavailable: if it cannot be opened.
    """
    place = look_at(path, may_be_made=False)
    marked = _judged(path, remembered, place.mount)
    if isinstance(marked, NotMounted | Foreign | InboxUnavailable) or place.lacking:
        return SeenInbox(place, marked, remembered is not None)
    held = _is_folder(path / OUR_FOLDER)
    other = _in_place_of(path / OUR_FOLDER / WORK_FOLDER)
    writable = held and not (other or place.read_only)
    trouble = _trouble_in(path / OUR_FOLDER) if writable else ""
    top = Path(os.path.realpath(path))
    return SeenInbox(
        place,
        marked,
        remembered is not None,
        trouble=trouble,
        in_its_place=other,
        holder=holder_of(path / OUR_FOLDER) if held else None,
        case_matters=case_matters(path),
        stamps_renames=writable and not trouble and stamps_renames(path / OUR_FOLDER),
        mounted_below=tuple({os.path.relpath(m.mount_point, top): m for m in mounts_below(top)}),
    )


def _judged(
    path: Path, remembered: Remembered | None, mount: Mount | None
) -> Judgement | InboxUnavailable:
    try:
        with opened(path) as folder:
            marker = read_marker(folder)
    except InboxUnavailable as error:
        return error
    return judge(marker.id if marker else None, remembered, mount)


def _is_folder(path: Path) -> bool:
    try:
        return stat.S_ISDIR(os.lstat(path).st_mode)
    except FileNotFoundError:
        return False


def _in_place_of(folder: Path) -> str:
    """What is there in its place, in words: empty where it is a folder, or can be made."""
    try:
        mode = os.lstat(folder).st_mode
    except OSError:
        return ""
    if stat.S_ISDIR(mode):
        return ""
    return "a file" if stat.S_ISREG(mode) else kind_of(mode)


def _trouble_in(ours: Path) -> str:
    """Why documents cannot be held there; nothing is made where they are, only beside."""
    work = ours / WORK_FOLDER
    if os.path.lexists(work) and not os.access(work, os.R_OK | os.W_OK | os.X_OK):
        return f"{work} may not be read and written"
    trouble = write_trouble(ours)
    return trouble and f"{ours}: {trouble}"


def case_matters(folder: Path) -> bool | None:
    """Whether a folder tells "a.pdf" from "A.PDF", by looking for what is there in other letters.

    None where nothing is there to look for.
    """
    ours = [OUR_FOLDER] if os.path.lexists(folder / OUR_FOLDER) else []
    with os.scandir(folder) as children:
        some = itertools.islice((child.name for child in children), _AT_MOST)
        for name in itertools.chain(ours, some):
            other = name.swapcase()
            if other != name and os.path.lexists(folder / name):
                try:
                    return not os.path.samestat(os.lstat(folder / name), os.lstat(folder / other))
                except FileNotFoundError:
                    return True
    return None
