"""All that is at work: the stations of the inboxes, and the accounts that they deliver to."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

from ingestd.daemon.account import Account
from ingestd.daemon.lane import Lane
from ingestd.intake import Intake


@dataclass(slots=True)
class Station:
    """One inbox: who looks after the folder, and who carries its documents."""

    intake: Intake
    lane: Lane
    thread: threading.Thread = field(init=False)

    def __post_init__(self) -> None:
        self.thread = threading.Thread(
            target=self.intake.run, name=f"{self.lane.name} intake", daemon=True
        )

    @property
    def serves(self) -> bool:
        """Whether documents are taken from the inbox."""
        return self.lane.serves and self.lane.backlog.ever_listed and not self.hangs

    @property
    def hangs(self) -> bool:
        """Whether one of its folders does not answer."""
        return self.intake.hangs or self.lane.hangs

    @property
    def shut(self) -> bool:
        """Whether a person has to do something before documents are taken from the inbox."""
        return bool(self.hangs or self.lane.suspect or self.intake.trouble)

    @property
    def lost(self) -> str:
        """What of it a bug has ended, as the rest of a sentence; empty where nothing."""
        if self.lane.backlog.closed:  # it was asked to end
            return ""
        if self.thread.ident is not None and not self.thread.is_alive():
            return "the thread that watches it has ended"
        return "a thread that delivers its documents has ended" if self.lane.lost else ""

    def say_if_it_hangs(self) -> None:
        """Log it, which the thread that hangs cannot."""
        self.intake.say_if_it_hangs()
        self.lane.say_if_it_hangs()

    @property
    def ended(self) -> bool:
        """Whether nobody is at work in the inbox any more."""
        return self.lane.ended and not self.thread.is_alive()


@dataclass(slots=True)
class Fleet:
    """What the daemon looks after now; the main thread's to change."""

    stations: list[Station] = field(default_factory=list)
    accounts: list[Account] = field(default_factory=list)
    reloading: bool = False
    """Whether the settings are being read again."""
