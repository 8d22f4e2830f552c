"""What lies in the folder of all that is claimed: a folder for each document, by its id."""

from __future__ import annotations

import contextlib
import errno
import os
import re
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from ingestd.sidecars import is_called_like_one


def ids_in(work: Path) -> list[str]:
    """The ids of all folders.

    :raises OSError: if they cannot be seen.
    """
    # a link may lead anywhere, and nobody claimed what is there
    with os.scandir(work) as found:
        return sorted(one.name for one in found if one.is_dir(follow_symlinks=False))


def remove_emptied(folder: Path) -> None:
    """Remove a document's folder, with the folders in it, if no file is there."""
    with contextlib.suppress(OSError):
        folder.rmdir()  # no others are in it, unless the inbox is looked through with its folders
        return
    with contextlib.suppress(OSError):  # a file is in it, or it is gone: either is fine
        for one, _, _ in os.walk(folder, topdown=False):
            os.rmdir(one)


def documents_in(work: Path, shut: Callable[[str, OSError], object]) -> Iterator[tuple[str, str]]:
    """Yield the id and the name of every document; what belongs to one is none.

    Of a folder with nothing but sidecars the first is told. Only the ledger knows whether it was
    claimed for a document itself.

    :param shut: told of each folder that cannot be read though the others can, by its id.
    :raises OSError: if they cannot all be seen.
    """
    for document_id in ids_in(work):
        names = list(_files_below(work / document_id, partial(_pass_over, document_id, shut)))
        documents = [name for name in names if not is_called_like_one(name)]
        for name in documents or names[:1]:
            yield document_id, name


def _files_below(top: Path, on_error: Callable[[OSError], object]) -> Iterator[str]:
    for folder, _, names in os.walk(top, onerror=on_error):
        for name in sorted(names):
            if _REMOVED.fullmatch(name):
                continue
            yield os.path.relpath(os.path.join(folder, name), top)


_REMOVED = re.compile(r"\.nfs[0-9a-f]{24}")
"""What an NFS client calls a file that was removed while a program had it open, until it is closed:
a document that was put away by link and unlink while somebody read it, and is in its place."""

_SHUT = frozenset({errno.EACCES, errno.EPERM, errno.EIO})
"""What reading a folder says where the trouble is its own: its rights, or its place on the disk."""


def _pass_over(document_id: str, shut: Callable[[str, OSError], object], error: OSError) -> None:
    """Pass over a folder that was emptied and removed just now, a stray file, and what is shut."""
    if error.errno in _SHUT:
        shut(document_id, error)
    elif not isinstance(error, FileNotFoundError | NotADirectoryError):
        raise error
