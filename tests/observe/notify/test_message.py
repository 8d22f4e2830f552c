"""The words of messages."""

from __future__ import annotations

import pytest

from ingestd.observe.notify.heard import Remark, Trouble
from ingestd.observe.notify.message import (
    Message,
    of_end,
    of_remarks,
    of_silence,
    of_test,
    of_trouble,
)

FAILED = Remark("document.failed", "scanner", "a.pdf", "It is empty.", "Scan it again.")

TEXTS: dict[str, tuple[Message, str, str]] = {
    "a trouble": (
        of_trouble(
            "account.paused", [Trouble("account.paused", "main", "Kanbert said 401.", "Mend it.")]
        ),
        "Account main is paused",
        "main: Kanbert said 401.\nMend it.",
    ),
    "two of them": (
        of_trouble(
            "inbox.unavailable",
            [Trouble("inbox.unavailable", name, "It is away.", "Mount it.") for name in "ab"],
        ),
        "2 inboxes are not available",
        "a: It is away.\nb: It is away.\nMount it.",
    ),
    "an end": (
        of_end("account.paused", ["main"]),
        "Account main is back",
        "main: all is well again.",
    ),
    "a failed document": (
        of_remarks("document.failed", [FAILED], 0),
        "A document failed",
        "scanner: a.pdf: It is empty.\nScan it again.",
    ),
    "many of them": (
        of_remarks("document.failed", [FAILED], 12),
        "13 documents failed",
        "scanner: a.pdf: It is empty.\n… and 12 more.\nScan it again.",
    ),
    "a name from a stranger": (
        of_remarks("document.failed", [Remark("document.failed", "s", "a\n\x1b[2Jb", "r")], 0),
        "A document failed",
        "s: a\\n\\x1b[2Jb: r",
    ),
    "silence": (
        of_silence([("scanner", "the last was on 2026-05-01 at 12:00.")], 1),
        "No document for 1 working day",
        (
            "scanner: the last was on 2026-05-01 at 12:00.\n"
            "Look whether the scanner, or whatever else writes there, still does."
        ),
    ),
    "a test": (of_test(), "This is a test", "Messages of ingestd arrive here."),
}


@pytest.mark.parametrize(("message", "title", "text"), TEXTS.values(), ids=TEXTS)
def test_a_message_reads(message: Message, title: str, text: str) -> None:
    assert (message.title, message.text) == (title, text)
