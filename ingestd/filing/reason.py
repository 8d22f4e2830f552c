"""The text beside a failed document: why it failed and what to do, for the person who finds it."""

from __future__ import annotations

from datetime import datetime

from ingestd.model import Document

SUFFIX = ".reason.txt"
"""Added to the document's whole name."""

DEFAULT_ADVICE = "Correct it and drop it into the inbox again."


def reason_text(document: Document, when: datetime) -> str:
    """Compose a reason file: one sentence; what to do; an empty line; `key: value` lines.

    Nothing that a file's name or a server's answer holds can start a line of its own.
    """
    facts = {
        "document": document.name,
        "inbox": document.inbox,
        "time": when.isoformat(timespec="seconds"),
        "size": "" if document.size is None else str(document.size),
        "md5": document.md5,
        "id": document.id,
    }
    lines = [_one_line(document.reason), _one_line(document.advice or DEFAULT_ADVICE), ""]
    lines += [f"{key}: {_one_line(value)}" for key, value in facts.items() if value]
    return "\n".join(lines) + "\n"


def _one_line(text: str) -> str:
    return "".join(c if c.isprintable() else " " for c in " ".join(text.split()))
