"""One inbox with all its folders: each looked at by somebody of its own, for each may hang."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path

from ingestd import config
from ingestd.admin.doctor import inbox
from ingestd.admin.doctor.errand import Errand, Silent, came_back
from ingestd.admin.doctor.finding import Finding
from ingestd.admin.doctor.inbox_look import SeenInbox, look_at_inbox
from ingestd.admin.doctor.place import Place
from ingestd.admin.doctor.put_away import look_at_folder, of_folder
from ingestd.admin.doctor.state import State
from ingestd.admin.doctor.watches import count_folders
from ingestd.intake import Remembered

_PUT_AWAY = ("done", "failed", "duplicates")


def put_away(given: config.Inbox) -> dict[str, Path]:
    """The folders that documents are put away in, by their settings; each once."""
    named = {key: getattr(given, key) for key in _PUT_AWAY if getattr(given, key)}
    return {key: given.folder(folder) for key, folder in named.items()}


def outside_of(given: config.Inbox) -> set[Path]:
    """Those of them that are not in the inbox."""
    return {top for top in put_away(given).values() if given.path not in (top, *top.parents)}


class InboxRound:
    """What is looked at for one inbox, and said of it."""

    def __init__(
        self,
        name: str,
        given: config.Inbox,
        remembered: Remembered | None,
        outside: Mapping[Path, Remembered | None],
        *,
        patience: float,
    ) -> None:
        """Send everybody off.

        :param remembered: what the ledger knows of the inbox's folder.
        :param outside: and of the folders that are not in it.
        :param patience: seconds for each of them.
        """
        self._subject = f"inbox {name}"
        self._given = given
        self.places: list[Place] = []
        """What was seen of its folders, and is on a filesystem that answers."""
        self.watched = 0
        """How many folders the kernel has to watch for it."""
        look = partial(look_at_inbox, given.path, remembered)
        self._inbox = Errand(look, patience=patience)
        self._below = Errand(partial(watched_by, given), patience=patience)
        self._folders = {
            key: Errand(
                partial(look_at_folder, top, outside.get(top), outside=top in outside),
                patience=patience,
            )
            for key, top in put_away(given).items()
        }

    def findings(self, state: State | None) -> Iterator[Finding]:
        """Say how it stands.

        :param state: what was seen of the state folder.
        """
        folder = f"{self._subject}: folder"
        seen, findings = came_back(self._inbox, folder, str(self._given.path))
        yield from findings
        if seen is not None:
            self.places.append(seen.place)
            yield from self._of_inbox(seen, state)
        for key, top in put_away(self._given).items():
            if seen is not None or top in outside_of(self._given):
                yield from self._of_folder(key, top, seen.place if seen else None)

    def _of_inbox(self, seen: SeenInbox, state: State | None) -> Iterator[Finding]:
        given = self._given
        yield from inbox.of_inbox(
            self._subject,
            seen,
            watch=given.watch,
            recursive=given.recursive,
            put_away=[os.path.relpath(top, given.path) for top in put_away(given).values()],
        )
        if state is not None:
            yield from inbox.of_holder(f"{self._subject}: folder", seen.holder, state.holder)
        if inbox.natively(given.watch, seen.place.mount):
            self.watched = self._count()

    def _of_folder(self, key: str, top: Path, inbox: Place | None) -> Iterator[Finding]:
        subject = f"{self._subject}: {key}"
        found, findings = came_back(self._folders[key], subject, str(top))
        yield from findings
        if found is not None:
            self.places.append(found.place)
            yield from of_folder(subject, found, inbox)

    def _count(self) -> int:
        try:
            return self._below.result()
        except Silent:
            return 1


def watched_by(given: config.Inbox) -> int:
    """How many folders of an inbox are watched."""
    return count_folders(given.path, skip=put_away(given).values()) if given.recursive else 1
