"""Every exception of ingestd, each with what to do about it.

    IngestdError
    ├── SettingsError            the settings cannot be used
    ├── InboxUnavailable         a folder is missing, not mounted, read-only or somebody else's
    ├── FolderUnusable           documents cannot be put away where they are to go
    ├── DocumentGone             a file left, or changed, before it was claimed: nothing to do
    ├── DocumentChanged          a claimed file is still being written: it goes back to the inbox
    ├── UnfitDocument            this document can never be delivered: it goes to failed/
    │   └── TooLarge             it has too many bytes
    ├── NoEInvoice               an XML holds no invoice to read: the document goes without it
    ├── LedgerUnusable           the ledger cannot be opened or written
    │   ├── StaleState           somebody else moved this document on
    │   ├── ContentUnderWay      another document with the same content is being created
    │   └── ContentDelivered     another document with the same content became an invoice
    ├── NotThisOne               Kanbert takes others, but not this document
    ├── NotItsTurn               another document is being made smaller
    ├── AskLater                 a create's result is not known yet
    ├── StorageFailed            the disk may have lost data: stop and start again
    └── KanbertError             an answer of Kanbert's, or the lack of one
        ├── Unavailable          nothing was carried out: try again later
        ├── OutcomeUnknown       it may have been carried out: ask before trying again
        ├── AccountTrouble       the account or its settings are wrong: no document's fault
        ├── Refused              this request is wrong: trying again cannot help
        │   └── ExternalIdTaken  an invoice with this external_id exists already
        └── NotFound             no such invoice or booking

The four kinds of `KanbertError` are the rows of the table "what an answer means".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType


class IngestdError(Exception):
    """Something a person can act on.

    `str(error)` says in one sentence what happened, `hint` what to do next (may be empty).
    """

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class SettingsError(IngestdError):
    """The settings cannot be used as they are."""


class InboxUnavailable(IngestdError):
    """An inbox cannot be served now; its documents stay where they are."""


class FolderUnusable(IngestdError):
    """Documents cannot be put away where they are to go: done, failed or duplicates."""


class DocumentGone(IngestdError):
    """A file left its inbox, or changed, between being seen and being claimed."""


class DocumentChanged(IngestdError):
    """A claimed file changed while it was read, so its writer is not done with it."""


class UnfitDocument(IngestdError):
    """A document that can never be delivered as it is; the message is meant for a bookkeeper."""


class TooLarge(UnfitDocument):
    """A document with too many bytes."""

    def __init__(self, size: int, most: int, why: str = "") -> None:
        """Say so.

        :param most: bytes that can be delivered.
        :param why: what else was tried, in sentences; may be empty.
        """
        super().__init__(
            f"The file has {size:,} bytes; more than {most:,} cannot be delivered. {why}".rstrip(),
            hint="Scan it with a lower resolution or split it, and try again with that.",
        )


class NoEInvoice(IngestdError):
    """An XML is no invoice, or none that can be read; its document is delivered all the same."""


class LedgerUnusable(IngestdError):
    """The ledger cannot be opened, read or written."""


class StaleState(LedgerUnusable):
    """A document was not in the state it was to be moved on from."""


class ContentUnderWay(LedgerUnusable):
    """Another document with the same content is being created right now; its result decides."""


class ContentDelivered(LedgerUnusable):
    """Other documents with the same content became invoices that are to be considered first."""

    def __init__(self, invoices: dict[str, str]) -> None:
        """Say which: their external_ids by their ids."""
        super().__init__("The same content became an invoice already.")
        self.invoices = invoices


class NotItsTurn(IngestdError):
    """A document has to be made smaller, and another one is just now."""


class AskLater(IngestdError):
    """A create's result is not known yet, and Kanbert may still be at it."""


class StorageFailed(IngestdError):
    """Writing through to the disk failed, so what was written may be lost.

    Linux reports such an error once and then forgets it; a second fsync would answer "fine" for
    data that is gone. The process must end and look at the disk afresh.
    """


@dataclass(frozen=True, slots=True)
class Answer:
    """What Kanbert said, as far as it said anything; every field may be empty."""

    status: int | None = None
    """HTTP status, None where no answer came."""
    message: str = ""
    """The server's own words."""
    fields: Mapping[str, Sequence[str]] = field(default_factory=lambda: MappingProxyType({}))
    """Messages by request field, e.g. `{"vats.0.vat": ["must be a number"]}`."""
    request_id: str = ""
    """The server's id of the request, for its operator's logs."""
    retry_after: float | None = None
    """Seconds the server asked to wait."""


class NotThisOne(IngestdError):
    """Kanbert takes other documents, but not this one, for whatever reason it gave."""

    def __init__(self, why: KanbertError) -> None:
        super().__init__(
            f"Kanbert takes other documents, but not this one: {why}",
            hint="It is tried again every few minutes. Look for it in Kanbert; if it is not there, "
            "enter it by hand, and take the file out of the inbox.",
        )


class KanbertError(IngestdError):
    """A call to Kanbert that did not do what was asked; `answer` holds what was said."""

    def __init__(self, message: str, *, hint: str = "", answer: Answer | None = None) -> None:
        super().__init__(message, hint=hint)
        self.answer = answer or Answer()


class Unavailable(KanbertError):
    """Kanbert did not carry out the request: no connection, 408, 425, 429 or 503. Try later."""


class OutcomeUnknown(KanbertError):
    """The request may have been carried out: timeout, reset, 500, 502, 504, unreadable answer."""


class AccountTrouble(KanbertError):
    """The token, its rights or the address are wrong, whatever document is sent."""


class Refused(KanbertError):
    """Kanbert understood the request and will not carry it out: 400, 409, 413, 415, 422 and kin."""


class ExternalIdTaken(Refused):
    """An invoice with this `external_id` exists already."""


class NotFound(KanbertError):
    """There is no such invoice or booking in this account, or it is not the account's to see."""
