"""Putting failed documents back into their inbox."""

from __future__ import annotations

import contextlib
import itertools
import os
from dataclasses import dataclass
from pathlib import Path

from ingestd.admin.folders import failed_documents
from ingestd.admin.returning import put_into, sidecars_of
from ingestd.config import Inbox
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
    """The failed documents of an inbox; sidecars are not listed by themselves."""
    folder = inbox.folder(inbox.failed)
    paths = list(failed_documents(folder))
    beside = {sidecar for path in paths for sidecar in sidecars_of(path)}
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
    name = Path(failed.name).with_name(_own_name(failed.path))
    target = put_into(inbox, failed.path, str(name))
    with contextlib.suppress(OSError):  # it says no more than why it failed then
        failed.path.with_name(failed.path.name + SUFFIX).unlink()
    return target


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
