"""Putting failed documents back into their inbox."""

from __future__ import annotations

import contextlib
import itertools
import os
from dataclasses import dataclass
from pathlib import Path

from ingestd.admin.done import require_top
from ingestd.admin.folders import failed_documents, why_unreadable
from ingestd.admin.returning import put_into, require_returnable
from ingestd.config import Inbox
from ingestd.errors import InboxUnavailable
from ingestd.filing import SUFFIX
from ingestd.names import names_like


@dataclass(frozen=True, slots=True)
class Failed:
    """A document in a failed folder."""

    inbox: str
    name: str
    """Relative to the failed folder."""
    path: Path


def failed_in(name: str, inbox: Inbox) -> list[Failed]:
    """The failed documents of an inbox; sidecars are not listed by themselves.

    :raises OSError: if they cannot be looked at.
    """
    folder = inbox.folder(inbox.failed)
    return [Failed(name, str(path.relative_to(folder)), path) for path in failed_documents(inbox)]


def require_failed_in(name: str, inbox: Inbox) -> list[Failed]:
    """The same, after making sure that the inbox is there: in its place, nothing has failed.

    :raises InboxUnavailable: if it is not, or its share is not mounted, or they cannot be read.
    """
    require_top(inbox, inbox.folder(inbox.failed), used=False)
    try:
        return failed_in(name, inbox)
    except OSError as error:
        what, hint = why_unreadable(inbox, error)
        raise InboxUnavailable(what, hint=hint) from error


def named(name: str, failed: list[Failed]) -> list[Failed]:
    """Those of the failed documents that a name means: a path, or else the last part of one."""
    path = Path(os.path.abspath(name))
    exactly = [one for one in failed if name == one.name or path == one.path.absolute()]
    return exactly or [one for one in failed if name == Path(one.name).name]


def put_back(failed: Failed, inbox: Inbox) -> Path:
    """Move a failed document, and its sidecars, into its inbox under a free name like its own.

    Its reason file is removed. A daemon that watches the inbox takes it for any other arrival.

    :returns: where it is now.
    :raises InboxUnavailable: if the folder is not there, or its share is not mounted.
    :raises IngestdError: if it cannot be moved, or the inbox would not take it; nothing was moved.
    """
    target = put_into(inbox, failed.path, _name_in_inbox(failed))
    with contextlib.suppress(OSError):  # it says no more than why it failed then
        failed.path.with_name(failed.path.name + SUFFIX).unlink()
    return target


def require_put_back(failed: Failed, inbox: Inbox) -> None:
    """Make sure, as far as looking shows it, that `put_back` would do so; as that, it raises."""
    require_returnable(inbox, failed.path, _name_in_inbox(failed))


def _name_in_inbox(failed: Failed) -> str:
    """Relative to the inbox."""
    return str(Path(failed.name).with_name(_own_name(failed.path)))


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
