"""Whether the daemon is alive, and whether it can do its work."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ingestd.observe.now import AccountNow, InboxNow, Now

LONGEST_PAUSE = 90.0
"""Seconds between two turns of a daemon that is alive; there is one every half minute."""


class Liveness:
    """Tells whether the main thread still turns; it says so, and any thread may ask."""

    def __init__(self, clock: Callable[[], float]) -> None:
        """Begin with a turn.

        :param clock: monotonic seconds.
        """
        self._clock = clock
        self._last = clock()

    def turned(self) -> None:
        """The main thread turned."""
        self._last = self._clock()

    @property
    def alive(self) -> bool:
        """Whether it did so lately."""
        return self._clock() - self._last < LONGEST_PAUSE


def readiness(now: Now) -> dict[str, Any]:
    """Say whether every account can be used and every inbox is served, and why not."""
    parts: list[AccountNow | InboxNow] = [*now.accounts, *now.inboxes]
    return {
        "ready": not any(part.error for part in parts),
        "accounts": {account.name: _stands(account) for account in now.accounts},
        "inboxes": {inbox.name: _stands(inbox) for inbox in now.inboxes},
    }


def _stands(part: AccountNow | InboxNow) -> dict[str, Any]:
    said = {"error": part.error, "hint": part.hint}
    return {"ok": not part.error, **{key: text for key, text in said.items() if text}}
