"""Texts that came from files or servers, made fit for a terminal and a line of the log."""

from __future__ import annotations


def printable(text: str) -> str:
    r"""`text` with control, bidirectional and undecodable characters as escapes (`\n`, `\x1b`)."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)
