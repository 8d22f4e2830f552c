"""What an event of the log means to people, or that it means nothing to them."""

from __future__ import annotations

from typing import Any

import pytest

from ingestd.observe.notify.heard import Heard, Over, Remark, Settled, Trouble, understood

OF_INBOX = {"inbox": "scanner", "account": "main"}

MEANINGS: dict[str, tuple[dict[str, Any], Heard | None]] = {
    "a wrong token": (
        {
            "event": "account.paused",
            "level": "error",
            "account": "main",
            "error": "401",
            "hint": "h",
        },
        Trouble("account.paused", "main", "401", "h"),
    ),
    "an outage": (
        {"event": "account.paused", "level": "warning", "account": "main", "error": "503"},
        Trouble("account.paused", "main", "503", passes=True),
    ),
    "an account back": (
        {"event": "account.resumed", "level": "info", "account": "main"},
        Over("account.paused", "main"),
    ),
    "an inbox away": (
        {"event": "inbox.unavailable", "level": "error", **OF_INBOX, "error": "away"},
        Trouble("inbox.unavailable", "scanner", "away", passes=True),
    ),
    "an inbox that is not in the settings": (
        {
            "event": "inbox.unavailable",
            "level": "error",
            "inbox": "old",
            "path": "/s",
            "error": "e",
        },
        Remark("inbox.orphaned", "old", "/s", "e"),
    ),
    "an inbox back": (
        {"event": "inbox.back", "level": "info", **OF_INBOX},
        Over("inbox.unavailable", "scanner"),
    ),
    "a wrong setting": (
        {"event": "setting.suspect", "level": "error", **OF_INBOX, "error": "refused"},
        Trouble("setting.suspect", "scanner", "refused"),
    ),
    "a failed document": (
        {"event": "document.failed", "level": "warning", **OF_INBOX, "path": "a", "reason": "r"},
        Remark("document.failed", "scanner", "a", "r"),
    ),
    "a document that is gone": (
        {
            "event": "document.failed",
            "level": "error",
            **OF_INBOX,
            "path": "a",
            "error": "document_missing",
            "hint": "Look for it.",
        },
        Remark("document.failed", "scanner", "a", "document_missing", "Look for it."),
    ),
    "a create without an answer": (
        {"event": "document.ambiguous", "level": "warning", **OF_INBOX, "error": "timeout"},
        None,
    ),
    "a document of another account": (
        {"event": "document.ambiguous", "level": "error", **OF_INBOX, "path": "a", "error": "e"},
        Remark("document.ambiguous", "scanner", "a", "e"),
    ),
    "a document that waits for a person": (
        {"event": "document.deferred", "level": "warning", **OF_INBOX, "path": "a", "hint": "h"},
        Remark("document.deferred", "scanner", "a", "", "h", passes=True),
    ),
    "a document that waits for itself": (
        {"event": "document.deferred", "level": "warning", **OF_INBOX, "path": "a", "reason": "r"},
        None,
    ),
    "a mistake of ours": (
        {"event": "document.deferred", "level": "error", **OF_INBOX, "document": "id-1"},
        Remark("document.deferred", "scanner", "id-1", "", passes=True),
    ),
    "a delivery": (
        {"event": "document.delivered", "level": "info", **OF_INBOX, "path": "a"},
        Settled("scanner", "a"),
    ),
    "a duplicate": (
        {"event": "document.duplicate", "level": "info", **OF_INBOX, "path": "a"},
        Settled("scanner", "a"),
    ),
    "a ledger set aside": (
        {"event": "ledger.set_aside", "level": "error", "path": "/l", "error": "e", "hint": "h"},
        Remark("ledger.set_aside", "", "/l", "e", "h"),
    ),
    "an end that was asked for": ({"event": "daemon.stopped", "level": "info"}, None),
    "an end that was not": (
        {"event": "daemon.stopped", "level": "error", "error": "disk"},
        Remark("daemon.stopped", "", "", "disk"),
    ),
    "a notification that failed": (
        {"event": "notification.failed", "level": "warning", "error": "e"},
        None,
    ),
}


@pytest.mark.parametrize(("event", "meaning"), MEANINGS.values(), ids=MEANINGS)
def test_an_event_means(event: dict[str, Any], meaning: Heard | None) -> None:
    assert understood(event) == meaning


def test_an_event_without_any_field_is_taken_as_it_is() -> None:
    assert understood({"event": "account.paused"}) == Trouble("account.paused", "", "")
    assert understood({}) is None
