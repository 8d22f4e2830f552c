"""Moving documents back into their inbox, for another try."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from ingestd import moves, storing
from ingestd.admin.taking import rules_of
from ingestd.config import Inbox
from ingestd.errors import InboxUnavailable, IngestdError
from ingestd.filing import move_anywhere
from ingestd.intake import is_marked, takes
from ingestd.names import names_like
from ingestd.sidecars import (
    alone_beside,
    fits,
    is_called_like_one,
    renamed,
    say_the_same,
    sidecars_of,
)

Move = Callable[[Path, Path], None]


def put_into(
    inbox: Inbox,
    document: Path,
    name: str,
    *,
    move: Move = move_anywhere,
) -> Path:
    """Move a document that was put away, and its sidecars, into its inbox under a free name.

    A daemon that watches the inbox takes it for any other arrival. A sidecar that lies alone under
    its own name came for it: it was corrected there, or a move died after it.

    :param name: the name it is to have or be like, relative to the inbox; its folders count only
        where the inbox looks into them.
    :returns: where it is now.
    :raises InboxUnavailable: if the folder is not there, or its share is not mounted.
    :raises IngestdError: if it cannot be moved, the inbox would not take it, or two sidecars would
        come together; nothing was moved.
    """
    require_marker(inbox.path)
    require_taken(inbox, Path(name).name)
    folder = _folder_for(inbox, Path(name))
    with _told_why_not(document, folder):
        folder.mkdir(parents=True, exist_ok=True)
        return _move_all(document, folder, Path(name).name, move)


def require_returnable(inbox: Inbox, document: Path, name: str) -> None:
    """Make sure, as far as looking shows it, that `put_into` would put a document back.

    :raises InboxUnavailable, IngestdError: as `put_into`.
    """
    require_marker(inbox.path)
    require_taken(inbox, Path(name).name)
    folder = _folder_for(inbox, Path(name))
    with _told_why_not(document, folder):
        _require_writable(document, folder)
        _require_one_of_a_kind(document, folder / Path(name).name)


@contextmanager
def _told_why_not(document: Path, folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        _require_writable(document, folder)  # which says more than the error
        raise IngestdError(
            f"{document.name} cannot be put back into {folder}: {error.strerror}.",
            hint="Make room there, or run this as the user that ingestd runs as.",
        ) from error


def _require_writable(document: Path, folder: Path) -> None:
    """Make sure that a document may be taken out of its folder, and put into another.

    :param folder: need not be there yet.
    :raises IngestdError: if it may not.
    """
    there = next(path for path in (folder, *folder.parents) if path.exists())
    for place, what in ((document.parent, "taken out of"), (there, "put back into")):
        if not os.access(place, os.W_OK | os.X_OK):
            raise IngestdError(
                f"{document.name} cannot be {what} {place}: it may not be written to.",
                hint="Run this as the user that ingestd runs as, or let that user write there.",
            )


def _require_one_of_a_kind(document: Path, own: Path) -> None:
    """Make sure that no sidecar waits under a document's own name which says what its own says.

    :raises IngestdError: if one does.
    """
    for waiting in _waiting_for(own):
        for sidecar in sidecars_of(document):
            if say_the_same(sidecar, waiting) and not moves.same_file(sidecar, waiting):
                raise IngestdError(
                    f"{document.name} cannot be put back with its {sidecar.name}: "
                    f"{waiting} waits for it already.",
                    hint="Take away the one of the two that is not meant.",
                )


def require_marker(root: Path) -> None:
    """Make sure that a folder is an inbox, and not what an unmounted share leaves at its path.

    :raises InboxUnavailable: if it is not, or that cannot be told.
    """
    if not is_marked(root):
        raise InboxUnavailable(
            f"The folder {root} is not known to be the inbox: it has no marker.",
            hint="Mount the share it lies on; or run ingestd once, if the inbox is a new one.",
        )


def require_taken(inbox: Inbox, name: str) -> None:
    """Make sure that an inbox takes a file of this name: in it, others lie for ever.

    :raises IngestdError: if it does not.
    """
    if not takes(rules_of(inbox), name):
        raise IngestdError(
            f"{name} is none of the files that the inbox takes.",
            hint="Add it to include, or deliver it with ingestd upload.",
        )


def _folder_for(inbox: Inbox, name: Path) -> Path:
    """The folder that a name has in an inbox, if files there are taken; else the inbox itself."""
    rules, root = rules_of(inbox), _real(inbox.path)
    wanted = root / name.parent
    # a symlink may lead out of the inbox, or to where documents are put away
    if not takes(rules, str(name)) or _real(wanted) != wanted or root not in wanted.parents:
        return inbox.path
    put_away = (_real(path) for path in rules.skip)
    if any(wanted.is_relative_to(path) and not root.is_relative_to(path) for path in put_away):
        return inbox.path
    return inbox.path / name.parent


def _real(path: Path) -> Path:
    return Path(os.path.realpath(path))


def _move_all(document: Path, folder: Path, name: str, move: Move) -> Path:
    own = folder / name
    _require_one_of_a_kind(document, own)
    _finish(document, own)
    sidecars = sidecars_of(document)
    for target in (folder / like for like in names_like(name)):
        beside = [renamed(path, document, target) for path in sidecars]
        is_own_name = target == own and not is_called_like_one(name)
        # of another's sidecar this document's fields would be taken
        if os.path.lexists(target) or not fits(target, beside, is_own_name=is_own_name):
            continue
        # the document last: a daemon may claim it as soon as it is there, with what lies beside it
        pairs = list(zip(sidecars, beside, strict=True))
        with contextlib.suppress(FileExistsError):  # somebody was faster
            moves.move_together([*pairs, (document, target)], move)
            storing.fsync_folder(folder)
            return target
    raise AssertionError("there are names without end")


def _finish(document: Path, own: Path) -> None:
    """Finish what died between link and unlink of a sidecar, which is in both folders since."""
    waiting = _waiting_for(own)
    for sidecar in sidecars_of(document):
        there = renamed(sidecar, document, own)
        if there in waiting and moves.same_file(sidecar, there):
            sidecar.unlink()


def _waiting_for(own: Path) -> list[Path]:
    """The sidecars that a document gets which is put back under its own name."""
    # beside another document of that name they are that one's, and this one is called otherwise
    return [] if os.path.lexists(own) else alone_beside(own)
