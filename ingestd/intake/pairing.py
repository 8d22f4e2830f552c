"""Which files of a folder are documents, and which belong to them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from ingestd.intake.settle import Look
from ingestd.sidecars import owners


@dataclass(frozen=True, slots=True)
class Entry:
    """A regular file that is to be a document, or to go with one."""

    path: str
    """Relative to the inbox; bytes that are not UTF-8 are kept as surrogates."""
    look: Look
    is_sidecar: bool = False
    sidecars: tuple[Entry, ...] = ()
    """What goes with it, by path."""
    held: bool = False
    """Something beside it, which is among the oddities, keeps it where it is."""
    lay_still: bool = False
    """Its stamps prove that it was quiet for long enough; asked of what was not seen before."""


@dataclass(frozen=True, slots=True)
class Oddity:
    """Something in an inbox that is not opened, or could not be looked at."""

    path: str
    """Relative to the inbox."""
    what: str
    """Completes the sentence "<path> …"."""
    inode: int = 0
    """0 where there is none to tell."""
    hint: str = ""
    """What to do about it."""
    awaited_by: tuple[str, ...] = ()
    """The documents beside it, by name, that are left where they are because of it."""

    @property
    def reason(self) -> str:
        """What a person is told of it."""
        wait = "waits" if len(self.awaited_by) == 1 else "wait"
        documents = " and ".join(self.awaited_by)
        waiting = f"; {documents} {wait} for it" if documents else ""
        return f"It {self.what}, and is left alone{waiting}."


class Folder:
    """What was found in one folder so far."""

    def __init__(self) -> None:
        self.alone: list[Entry] = []
        """Sidecars without a document; to be read after `documents`, as are the oddities."""
        self.oddities: list[Oddity] = []
        self._documents: dict[str, Entry] = {}
        self._sidecars: dict[str, tuple[Entry | Oddity, bool]] = {}

    def add(self, name: str, one: Entry | Oddity, *, sidecar: bool, included: bool) -> None:
        """Add a file.

        :param sidecar: whether it would belong to a document that is called so.
        :param included: whether it is a document where there is none.
        """
        if sidecar:
            self._sidecars[name] = one, included
        elif isinstance(one, Entry):
            self._documents[name] = one
        else:
            self.oddities.append(one)

    def documents(self) -> Iterator[Entry]:
        """The documents, each with its sidecars."""
        found = owners(sorted(self._sidecars), self._documents) if self._sidecars else {}
        for name, documents in found.items():
            one, included = self._sidecars[name]
            if documents:
                self._put_beside(documents, name, one)
            elif included:
                self.add(name, _as_document(one), sidecar=False, included=True)
            elif isinstance(one, Entry):
                self.alone.append(one)
        return iter(self._documents.values())

    def _put_beside(self, documents: list[str], name: str, one: Entry | Oddity) -> None:
        if len(documents) > 1:
            one = Oddity(
                one.path,
                f"may belong to {' or to '.join(documents)}",
                hint=f"Call it {documents[0]}{name[name.rindex('.') :]} if it is that one's.",
            )
        for document in documents:
            entry = self._documents[document]
            if isinstance(one, Entry):
                changed = replace(entry, sidecars=(*entry.sidecars, one))
            else:
                changed = replace(entry, held=True)
            self._documents[document] = changed
        if isinstance(one, Oddity):
            self.oddities.append(replace(one, awaited_by=tuple(documents)))


def _as_document(one: Entry | Oddity) -> Entry | Oddity:
    return replace(one, is_sidecar=False) if isinstance(one, Entry) else one
