"""A message to people: its words, and what a program is told instead of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from ingestd.observe.escaping import printable
from ingestd.observe.notify.heard import Remark, Trouble

MOST_NAMED = 20
"""Documents that a message names; the others are only counted."""

Tone = Literal["good", "bad"]


@dataclass(frozen=True, slots=True)
class Subject:
    """A document, an account or an inbox, and what is said of it."""

    name: str
    reason: str = ""
    inbox: str = ""
    """Of a document."""
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """What is sent, on every channel that there is."""

    kind: str
    """The log's event that it is about, or a word of its own: `silence`, `test`, …"""
    title: str
    subjects: tuple[Subject, ...] = ()
    """At most `MOST_NAMED`."""
    further: int = 0
    """How many more there are."""
    tone: Tone = "bad"

    @property
    def text(self) -> str:
        """All of it as lines, without the title."""
        lines = [_line(subject) for subject in self.subjects]
        hints = dict.fromkeys(subject.hint for subject in self.subjects if subject.hint)
        lines += [f"… and {self.further} more."] if self.further else []
        return "\n".join([*lines, *map(printable, hints)]) or self.title


def _line(subject: Subject) -> str:
    name = ": ".join(filter(None, (subject.inbox, subject.name)))
    return printable(": ".join(filter(None, (name, subject.reason))))


def of_trouble(kind: str, troubles: Sequence[Trouble]) -> Message:
    """Say that accounts or inboxes cannot be used."""
    what, verb = _TROUBLES[kind]
    subjects = tuple(Subject(one.name, one.reason, hint=one.hint) for one in troubles)
    return Message(kind, f"{_named(what, subjects)} {verb}", subjects)


def of_end(kind: str, names: Sequence[str]) -> Message:
    """Say that a trouble of this kind is over."""
    what, _ = _TROUBLES[kind]
    subjects = tuple(Subject(name, "all is well again.") for name in names)
    return Message(ENDS[kind], f"{_named(what, subjects)} back", subjects, tone="good")


def of_remarks(kind: str, remarks: Sequence[Remark], further: int) -> Message:
    """Say what needs a person.

    :param further: how many there are besides.
    """
    subjects = tuple(Subject(one.path, one.reason, one.inbox, one.hint) for one in remarks)
    number = len(subjects) + further
    one, several = _REMARKS[kind]
    return Message(kind, one if number == 1 else several.format(number), subjects, further)


def of_silence(silent: Sequence[tuple[str, str]], days: int) -> Message:
    """Say of inboxes that nothing arrives in them, each with when something did last."""
    subjects = tuple(Subject(name, said, hint=_SILENCE) for name, said in silent)
    title = f"No document for {days} working day{'s' * (days > 1)}"
    return Message("silence", title, subjects)


def of_test() -> Message:
    """Say that messages arrive."""
    return Message(
        "test", "This is a test", (Subject("Messages of ingestd arrive here."),), 0, "good"
    )


def _named(what: str, subjects: Sequence[Subject]) -> str:
    number = len(subjects)
    if number == 1:
        return f"{what} {printable(subjects[0].name)} is"
    return f"{number} {what.lower()}{'es' if what == 'Inbox' else 's'} are"


ENDS = {
    "account.paused": "account.resumed",
    "inbox.unavailable": "inbox.back",
    "setting.suspect": "setting.trusted",
}
"""The kind of the message that a trouble is over, by the trouble's."""

_TROUBLES = {
    "account.paused": ("Account", "paused"),
    "inbox.unavailable": ("Inbox", "not available"),
    "setting.suspect": ("Inbox", "paused: a setting is probably wrong"),
}
_REMARKS = {
    "document.failed": ("A document failed", "{} documents failed"),
    "document.ambiguous": ("A document waits for a person", "{} documents wait for a person"),
    "document.deferred": ("A document cannot go on", "{} documents cannot go on"),
    "inbox.orphaned": ("An inbox is not in the settings", "{} inboxes are not in the settings"),
    "ledger.set_aside": ("The ledger was set aside", "The ledger was set aside {} times"),
    "daemon.stopped": ("ingestd stopped", "ingestd stopped"),
}
KINDS = frozenset({*_TROUBLES, *ENDS.values(), *_REMARKS, "silence", "test"})
"""Every kind of message."""
_SILENCE = "Look whether the scanner, or whatever else writes there, still does."
