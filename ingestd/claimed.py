"""What was claimed, read once: a document, and what belongs to it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from ingestd.describe import LARGEST_SIDECAR, alone, said_in
from ingestd.errors import DocumentChanged, TooLarge, UnfitDocument
from ingestd.identity import given_id, ids_of
from ingestd.intake import Content, inspect, read_sidecar, still_holds, unchanged
from ingestd.kanbert import CreateInvoice
from ingestd.model import NO_COPY, Document, State
from ingestd.observe import Log
from ingestd.once import once
from ingestd.request import Request, request_for
from ingestd.shrink import Shrunk
from ingestd.sidecars import EINVOICE, FIELDS
from ingestd.stages import Stages


class Claimed:
    """The files of one document in `work/`.

    Whatever it is asked raises `UnfitDocument` if they can never be delivered, `DocumentChanged` if
    they are still being written, `StorageFailed` if the disk could not store them, and OSError if
    they cannot be read.
    """

    def __init__(self, document: Document, stages: Stages, *, sidecars: bool = True) -> None:
        """Make one; no `sidecars` if it was claimed just now, and nothing with it."""
        self._document = document
        self._stages = stages
        self._may_have_sidecars = sidecars
        self.path = stages.workplace.file(document.id, document.name)
        """Where the document is, until it is put away."""
        self.made: Mapping[str, int] = {}
        """How its smaller copy was made just now, for the log; empty while none was."""
        self._read: Content | None = None

    @once
    def content(self) -> Content:
        """The document itself."""
        document = self._document
        try:
            content = inspect(self.path, max_size=self._stages.largest)
        except UnfitDocument as unfit:
            raise self._unless_accepted(alone(document.name) or unfit) from None
        if document.sha256 not in {"", content.sha256}:
            raise _changed(document)
        self._read = content
        return content

    def may_be_put_away(self, document: Document) -> bool:
        """Whether the file still holds what was sent, unless that was nothing.

        A writer may have kept it open. What was never sent must not lie among the delivered.

        :param document: as far as it has come by now.
        """
        return document.state is State.FAILED or self._is_as_read(document)

    def _is_as_read(self, document: Document) -> bool:
        try:
            if self._read is None:  # not by this process, or before it was put off
                return unchanged(self.path, document.size, document.sha256)
            return still_holds(self.path, self._read.data)
        except OSError as error:  # an open file does not say which one it is
            raise OSError(error.errno, error.strerror, os.fspath(self.path)) from error

    @once
    def shrunk(self) -> Shrunk | None:
        """The smaller copy that is sent in its place; None where the document itself fits."""
        content, stages = self.content, self._stages
        if not self._is_too_large:
            return None
        # fit when it was accepted, and unfit now: that is the copy, and not the document, changed
        if content.media_type != "application/pdf" or stages.shrink is None:
            raise TooLarge(len(content.data), stages.max_size)
        shrunk = stages.shrink(content.data)
        self.made = {"sent_dpi": shrunk.dpi, "sent_quality": shrunk.quality}
        return shrunk

    @once
    def sent(self) -> Content:
        """What is sent of it."""
        content = self.content
        return Content.of(self.shrunk.data, content.media_type) if self.shrunk else content

    @property
    def facts(self) -> Iterator[Mapping[str, Any]]:
        """Yield what the ledger is to know of it, bit by bit: until something makes it unfit."""
        content = self.content
        yield {"size": len(content.data), "md5": content.md5, "sha256": content.sha256}
        yield {"external_id": self.given_id or ids_of(content.sha256)[0]}
        if self._is_too_large:  # Kanbert may have a copy already, which need not be made again
            yield self._stages.ledger.copy_of(self._document.account, content.sha256) or self.copy

    @property
    def copy(self) -> Mapping[str, Any]:
        """What the ledger is to know of the smaller copy.

        One that came out otherwise than an earlier one (pikepdf or Pillow was updated) is still
        kept from becoming a second invoice: by its document's `external_id`.
        """
        if not self.shrunk:
            return NO_COPY
        sent = self.sent
        return {"sent_size": len(sent.data), "sent_md5": sent.md5, "sent_sha256": sent.sha256}

    @property
    def note(self) -> str:
        """How the smaller copy was made; empty where there is none."""
        if not self.shrunk:
            return ""
        return f"a copy, its images at {self.shrunk.dpi} dpi and quality {self.shrunk.quality}"

    @property
    def beside(self) -> Sequence[Path]:
        """The files that belong to it, and are still in its folder."""
        if not self._may_have_sidecars:  # nobody but us puts anything there
            return ()
        return self._stages.workplace.sidecars(self._document.id, self._document.name)

    @once
    def sidecars(self) -> dict[str, bytes]:
        """What is in the files that belong to it, by their names."""
        found: dict[str, bytes] = {}
        if not self._may_have_sidecars:
            return found
        for path in self.beside:
            says_fields = path.suffix.lower() in FIELDS
            most = LARGEST_SIDECAR if says_fields else self._stages.max_size
            found[path.name] = read_sidecar(path, max_size=most)
        # another machine may have taken all of it over, and then none is found here
        self.path.lstat()
        return found

    @once
    def said(self) -> dict[str, Any]:
        """The create fields that its sidecar gives it."""
        try:
            return said_in(self.sidecars, CreateInvoice)
        except UnfitDocument as unfit:
            raise self._unless_accepted(unfit) from None

    @property
    def given_id(self) -> str:
        """The `external_id` that its sender gave it; empty if none."""
        return given_id(self.said.get("external_id"))

    @property
    def _is_too_large(self) -> bool:
        return len(self.content.data) > self._stages.max_size

    def request(self, document: Document, log: Log) -> Request:
        """What Kanbert is asked to create.

        :param document: as far as it has come by now.
        """
        stages, beside = self._stages, self.sidecars
        return request_for(
            document,
            self.content,
            stages.rules,
            stages.external_origin,
            log,
            einvoices={name: beside[name] for name in beside if name.lower().endswith(EINVOICE)},
            said=self.said,
        )

    def _unless_accepted(self, unfit: UnfitDocument) -> Exception:
        """What is unfit now was fit when it was accepted, so somebody changed it."""
        return _changed(self._document) if self._document.sha256 else unfit


def _changed(document: Document) -> DocumentChanged:
    return DocumentChanged(f"{document.name} is not what was accepted.")
