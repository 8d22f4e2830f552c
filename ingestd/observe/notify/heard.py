"""What an event of the log means to people who do not read the log."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any


@dataclass(frozen=True, slots=True)
class Trouble:
    """An account or an inbox cannot be used from now on."""

    kind: str
    """The event: account.paused, inbox.unavailable or setting.suspect."""
    name: str
    reason: str
    hint: str = ""
    passes: bool = False
    """Whether it may be over before anybody could do something about it."""


@dataclass(frozen=True, slots=True)
class Over:
    """The trouble of this kind and name is over."""

    kind: str
    name: str


@dataclass(frozen=True, slots=True)
class Remark:
    """Something that needs a person, and is said once."""

    kind: str
    inbox: str
    path: str
    reason: str
    hint: str = ""
    passes: bool = False
    """Whether it may be over before anybody could do something about it."""


@dataclass(frozen=True, slots=True)
class Settled:
    """A document came to an outcome: what kept it from that is over."""

    inbox: str
    path: str


Heard = Trouble | Over | Remark | Settled
Event = Mapping[str, Any]


def understood(event: Event) -> Heard | None:
    """What an event says to people; None: nothing."""
    meaning = _MEANINGS.get(str(event.get("event")))
    return meaning(event) if meaning else None


def _account_paused(event: Event) -> Heard:
    passes = event.get("level") == "warning"  # an outage; all else waits for a person
    return _trouble(event, "account", passes=passes)


def _account_resumed(event: Event) -> Heard:
    return Over("account.paused", _text(event, "account"))


def _inbox_unavailable(event: Event) -> Heard:
    if not _text(event, "account"):  # nobody serves it, so nobody will say that it is back
        return replace(_remark(event), kind="inbox.orphaned")
    return _trouble(event, "inbox", passes=True)  # shares come and go


def _inbox_back(event: Event) -> Heard:
    return Over("inbox.unavailable", _text(event, "inbox"))


def _setting_suspect(event: Event) -> Heard:
    return _trouble(event, "inbox", passes=False)


def _document_ambiguous(event: Event) -> Heard | None:
    # a create without an answer is asked about, and that says soon enough what became of it
    return _remark(event) if event.get("level") == "error" else None


def _document_deferred(event: Event) -> Heard | None:
    needs_a_person = event.get("level") == "error" or _text(event, "hint")
    return _remark(event, passes=True) if needs_a_person else None


def _document_settled(event: Event) -> Heard:
    return Settled(_text(event, "inbox"), _text(event, "path"))


def _daemon_stopped(event: Event) -> Heard | None:
    return _remark(event) if _text(event, "error") else None


def _trouble(event: Event, of: str, *, passes: bool) -> Trouble:
    return Trouble(
        _text(event, "event"),
        _text(event, of),
        _text(event, "error"),
        _text(event, "hint"),
        passes,
    )


def _remark(event: Event, *, passes: bool = False) -> Remark:
    return Remark(
        _text(event, "event"),
        _text(event, "inbox"),
        _text(event, "path") or _text(event, "document"),
        _text(event, "reason") or _text(event, "error"),
        _text(event, "hint"),
        passes,
    )


def _text(event: Event, key: str) -> str:
    value = event.get(key)
    return "" if value is None else str(value)


_MEANINGS: Mapping[str, Callable[[Event], Heard | None]] = {
    "account.paused": _account_paused,
    "account.resumed": _account_resumed,
    "inbox.unavailable": _inbox_unavailable,
    "inbox.back": _inbox_back,
    "setting.suspect": _setting_suspect,
    "document.failed": _remark,
    "document.ambiguous": _document_ambiguous,
    "document.deferred": _document_deferred,
    "document.delivered": _document_settled,
    "document.duplicate": _document_settled,
    "ledger.set_aside": _remark,
    "daemon.stopped": _daemon_stopped,
}
