"""How everything stands at a moment, for metrics and health."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AccountNow:
    """How an account stands."""

    name: str
    error: str = ""
    """Why it is not used; empty where it is."""
    hint: str = ""


@dataclass(frozen=True, slots=True)
class InboxNow:
    """How an inbox stands."""

    name: str
    error: str = ""
    """Why no documents are taken from it; empty where they are."""
    hint: str = ""
    waiting: int = 0
    in_flight: int = 0
    held: int = 0
    """Documents that cannot go on by themselves, as far as is known, and what is no file."""
    oldest: float = 0.0
    """Seconds since the first document was seen that has no outcome yet; 0.0 without any."""


@dataclass(frozen=True, slots=True)
class Now:
    """All of it."""

    accounts: tuple[AccountNow, ...] = ()
    inboxes: tuple[InboxNow, ...] = ()
