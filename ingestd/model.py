"""What a document is, and the states it may be in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any


class State(StrEnum):
    """How far a document has come; what depends on a change waits until the ledger has it."""

    CLAIMED = "claimed"
    """Moved into `work/`; not looked into yet."""
    ACCEPTED = "accepted"
    """Fit to be sent, hashes known; nothing was sent that could have made an invoice."""
    UPLOADING = "uploading"
    """A create is under way."""
    UNKNOWN = "unknown"
    """A create was sent and its result is not known: ask before creating again."""
    UPLOADED = "uploaded"
    """Kanbert holds the invoice that this document became."""
    DUPLICATE = "duplicate"
    """Kanbert knew this content before; nothing was created."""
    FAILED = "failed"
    """It can never be delivered as it is."""
    FILED = "filed"
    """Put away in its last folder. Final."""
    RELEASED = "released"
    """Put back into the inbox; its next claim is a new document. Final.

    Nothing was sent of it; or it was changed after it had been read, and what lies there now is
    not what the outcome is about.
    """


NEXT: Mapping[State, frozenset[State]] = MappingProxyType(
    {
        State.CLAIMED: frozenset({State.ACCEPTED, State.FAILED, State.RELEASED}),
        # to uploaded: the check found the invoice an earlier attempt of ours had made
        State.ACCEPTED: frozenset(
            {State.UPLOADING, State.UPLOADED, State.DUPLICATE, State.FAILED, State.RELEASED}
        ),
        # back to accepted: Kanbert certainly created nothing
        State.UPLOADING: frozenset(
            {State.UPLOADED, State.DUPLICATE, State.UNKNOWN, State.ACCEPTED, State.FAILED}
        ),
        State.UNKNOWN: frozenset({State.UPLOADED, State.DUPLICATE, State.ACCEPTED, State.FAILED}),
        # to released: the file does not hold the bytes any more that Kanbert has
        State.UPLOADED: frozenset({State.FILED, State.RELEASED}),
        State.DUPLICATE: frozenset({State.FILED, State.RELEASED}),
        State.FAILED: frozenset({State.FILED}),
        State.FILED: frozenset(),
        State.RELEASED: frozenset(),
    }
)
"""The states each state may be followed by."""


ENDS = frozenset(state for state, following in NEXT.items() if not following)
"""The states that nothing follows."""

CREATE_SENT = frozenset({State.UPLOADING, State.UNKNOWN})
"""The states in which Kanbert may be making an invoice, or have made it."""

AS_FORESEEN = frozenset({State.UNKNOWN, State.UPLOADED, State.FILED})
"""The states in which a document still goes where it was to go when its upload began."""


class Outcome(StrEnum):
    """How a document's way ended."""

    DELIVERED = "delivered"
    DUPLICATE = "duplicate"
    FAILED = "failed"


OUTCOMES: Mapping[State, Outcome] = MappingProxyType(
    {
        State.UPLOADED: Outcome.DELIVERED,
        State.DUPLICATE: Outcome.DUPLICATE,
        State.FAILED: Outcome.FAILED,
    }
)
"""The outcome that each state before filing stands for."""


NO_COPY: Mapping[str, Any] = MappingProxyType(
    {"sent_size": None, "sent_md5": "", "sent_sha256": ""}
)
"""What is remembered of a document in whose place nothing is sent, as its facts."""


@dataclass(frozen=True, slots=True)
class Document:
    """One claimed file, as the ledger remembers it.

    A fact that is not known yet is empty (strings) or None (numbers, times).
    """

    id: str
    """Also the name of its folder below `work/`."""
    inbox: str
    account: str
    name: str
    """Path relative to the inbox, as it was found; may hold surrogates (see `os.fsdecode`)."""
    state: State
    claimed_at: datetime
    updated_at: datetime
    size: int | None = None
    """Bytes."""
    md5: str = ""
    sha256: str = ""
    external_id: str = ""
    """What Kanbert is asked to know it by."""
    outcome: Outcome | None = None
    invoice_id: str = ""
    reason: str = ""
    """Why it failed, or which invoices it duplicates; one sentence."""
    advice: str = ""
    """What a person can do about it; one sentence."""
    attempts: int = 0
    """Creates begun."""
    destination: str = ""
    """Absolute path it was filed under, or is about to be; or will be, if its upload succeeds."""
    sent_size: int | None = None
    """Bytes of the smaller copy that is sent in its place.

    None where the file itself is sent, or nobody knows what an invoice was made with.
    """
    sent_md5: str = ""
    sent_sha256: str = ""

    @property
    def md5_at_kanbert(self) -> str:
        """By what Kanbert knows its content, if it does."""
        return self.sent_md5 or self.md5

    @property
    def sha256_at_kanbert(self) -> str:
        """Of what Kanbert has of it, if it does."""
        return self.sent_sha256 or self.sha256

    @classmethod
    def claimed(
        cls, document_id: str, inbox: str, account: str, name: str, now: datetime
    ) -> Document:
        """A document that was just moved into `work/`."""
        return cls(document_id, inbox, account, name, State.CLAIMED, claimed_at=now, updated_at=now)
