"""What the log says of an inbox's documents: one line for each outcome, each complaint once."""

from __future__ import annotations

from pathlib import Path

from ingestd.errors import IngestdError, Refused
from ingestd.model import OUTCOMES, Document, Outcome
from ingestd.observe import Log


class Reporter:
    """Speaks for one inbox; used by all its workers."""

    def __init__(self, inbox: str, log: Log) -> None:
        self._inbox = inbox
        self._log = log
        self._complaints: dict[str, set[str]] = {}

    def outcome(self, document: Document, seconds: float) -> None:
        """Say how a document's way ended, and how long it took since it was last taken up."""
        self._complaints.pop(document.name, None)
        facts = {
            "document": document.id,
            "path": document.name,
            "md5": document.md5,
            "invoice_id": document.invoice_id,
            "attempt": document.attempts,
            "reason": document.reason,
            "duration_ms": round(seconds * 1000),
        }
        say = self._log.warning if document.outcome is Outcome.FAILED else self._log.info
        say(f"document.{document.outcome}", **{key: fact for key, fact in facts.items() if fact})

    def complain(self, document: Document, error: Exception) -> None:
        """Say once what keeps a document from going on; it is tried again quietly."""
        said = self._complaints.setdefault(document.name, set())
        if str(error) in said:
            return
        said.add(str(error))
        known = isinstance(error, IngestdError | OSError)
        # of one that Kanbert has already, nobody would see that it is not in its folder
        say = self._log.error if document.state in OUTCOMES else self._log.warning
        say(
            "document.deferred",
            document=document.id,
            path=document.name,
            error=str(error),
            hint=getattr(error, "hint", ""),
            exc_info=None if known else error,
        )

    def returned(self, document: Document, path: Path, why: str) -> None:
        """Say that a document waits in the inbox again."""
        self._log.debug("document.deferred", document=document.id, path=str(path), reason=why)

    def suspect(self, field: str, refusal: Refused) -> None:
        """Say that a setting of the inbox is to blame."""
        self._log.error(
            "setting.suspect",
            setting=f"inboxes.{self._inbox}.fields.{field}",
            error=str(refusal),
            hint="Correct it and start ingestd again; the inbox is paused until then.",
        )
