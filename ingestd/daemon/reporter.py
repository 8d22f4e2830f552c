"""What is said of an inbox's documents.

In the log one line for each outcome, and each complaint once; and to whoever asks, what keeps which
of them from going on now.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from types import MappingProxyType

from ingestd.errors import (
    ContentUnderWay,
    FolderUnusable,
    InboxUnavailable,
    IngestdError,
    LedgerUnusable,
    Refused,
    StaleState,
)
from ingestd.model import OUTCOMES, Document, Outcome
from ingestd.observe import MOST_DOCUMENTS, DocumentReport, Log

_NOTHING: Mapping[str, int] = MappingProxyType({})


class Reporter:
    """Speaks for one inbox; used by all its workers."""

    def __init__(self, inbox: str, log: Log, *, changed: Callable[[], None] = lambda: None) -> None:
        """Say nothing yet.

        :param changed: told when `held` is another.
        """
        self._inbox = inbox
        self._changed = changed
        self._log = log
        self._lock = threading.Lock()
        self._kept_back: dict[tuple[str, ...], set[str]] = {}  # names, by what was said
        self._held: dict[str, DocumentReport] = {}  # by name

    def outcome(
        self, document: Document, seconds: float, made: Mapping[str, int] = _NOTHING
    ) -> None:
        """Say how a document's way ended, and how long it took since it was last taken up.

        :param made: how its smaller copy was made, if it was meanwhile.
        """
        self._forget(document.name)
        facts = {
            "document": document.id,
            "path": document.name,
            "md5": document.md5,
            "sent_md5": document.sent_md5,
            "sent_size": document.sent_size,
            **made,
            "invoice_id": document.invoice_id,
            "attempt": document.attempts,
            "reason": document.reason,
            "duration_ms": round(seconds * 1000),
        }
        say = self._log.warning if document.outcome is Outcome.FAILED else self._log.info
        say(f"document.{document.outcome}", **{key: fact for key, fact in facts.items() if fact})

    def complain(self, document: Document, error: Exception) -> None:
        """Say once what keeps documents from going on; they are tried again quietly."""
        self._hold(DocumentReport(document.name, _sentence(error), _advice(error)))
        told = document.state in OUTCOMES
        if not self._is_new((_whose(document, error), str(told), str(error)), document.name):
            return
        known = isinstance(error, IngestdError | OSError)
        # of one that Kanbert has already, nobody would see that it is not in its folder
        say = self._log.error if told else self._log.warning
        say(
            "document.deferred",
            document=document.id,
            path=document.name,
            error=str(error),
            hint=_advice(error),
            exc_info=None if known else error,
        )

    def stumbled(self, document: Document, error: Exception) -> None:
        """Say what nobody thought of, each time; called where it was caught."""
        self._hold(DocumentReport(document.name, _sentence(error), _FOR_BUGS))
        self._log.exception("document.deferred", document=document.id)

    @property
    def held(self) -> list[DocumentReport]:
        """The documents that cannot go on, as far as is known, each with the last complaint."""
        with self._lock:
            return list(self._held.values())

    def goes_on(self, name: str) -> None:
        """What was said of a document last keeps it no more; it may come to no outcome yet."""
        self._keep_held(lambda other: other != name)

    def _hold(self, said: DocumentReport) -> None:
        with self._lock:
            before = self._held.get(said.path)
            self._held[said.path] = said
            # of more than are named nobody need hear at once
            new = said != before and len(self._held) <= MOST_DOCUMENTS
        if new:
            self._changed()

    def _keep_held(self, is_held: Callable[[str], bool]) -> None:
        with self._lock:
            before = len(self._held)
            self._held = {name: said for name, said in self._held.items() if is_held(name)}
            changed = len(self._held) < before
        if changed:
            self._changed()

    def _is_new(self, complaint: tuple[str, ...], name: str) -> bool:
        with self._lock:
            new = complaint not in self._kept_back
            self._kept_back.setdefault(complaint, set()).add(name)
        return new

    def _forget(self, name: str) -> None:
        """A document went on: what kept it back is over once it keeps back no other."""
        self._keep(lambda other: other != name)

    def keep(self, names: Collection[str]) -> None:
        """The same for all documents but these: they are not there any more."""
        self._keep(names.__contains__)

    def _keep(self, is_kept_back: Callable[[str], bool]) -> None:
        self._keep_held(is_kept_back)
        with self._lock:
            for complaint, names in list(self._kept_back.items()):
                left = self._kept_back[complaint] = set(filter(is_kept_back, names))
                if not left:
                    del self._kept_back[complaint]

    def __bool__(self) -> bool:
        """Whether something was said that is not known to be over."""
        return bool(self._kept_back or self._held)

    def returned(self, document: Document, path: Path, why: str) -> None:
        """Say that a document waits in the inbox again."""
        self._log.debug("document.deferred", document=document.id, path=str(path), reason=why)

    def suspect(self, field: str, refusal: Refused) -> str:
        """Say that a setting of the inbox is to blame; returns that in short."""
        setting = f"inboxes.{self._inbox}.fields.{field}"
        self._log.error(
            "setting.suspect",
            setting=setting,
            error=str(refusal),
            hint="Correct it, then `ingestd reload`, or start ingestd again; "
            "the inbox is paused until then.",
        )
        return f"The setting {setting} is probably wrong: {refusal}"


_FOR_BUGS = "This is a mistake in ingestd: the log has more of it. It is tried again."


def _sentence(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}." if error.filename else f"{error.strerror}."
    return str(error) or type(error).__name__


def _whose(document: Document, error: Exception) -> str:
    """What a complaint is about: one document, or (empty) what all of them share."""
    match error:
        case StaleState() | ContentUnderWay():
            return document.name
        case InboxUnavailable() | LedgerUnusable() | FolderUnusable():
            return ""
        case _:
            return document.name


def _advice(error: Exception) -> str:
    if isinstance(error, PermissionError):
        return "Give the user that ingestd runs as the right to read and move this file."
    return getattr(error, "hint", "")
