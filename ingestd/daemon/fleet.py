"""All that is at work: the stations of the inboxes, and the accounts that they deliver to."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from ingestd.daemon.account import Account
from ingestd.daemon.lane import Lane
from ingestd.intake import Intake
from ingestd.observe import SettingsReport


@dataclass(slots=True, eq=False)
class Station:
    """One inbox: who looks after the folder, and who carries its documents."""

    intake: Intake
    lane: Lane
    thread: threading.Thread = field(init=False)
    leaving: bool = field(default=False, init=False)
    """Whether it only finishes what is in hand: the settings have the inbox otherwise by now."""
    gone: bool = field(default=False, init=False)
    """Whether it left, and the inbox is unlocked."""

    def __post_init__(self) -> None:
        self.thread = threading.Thread(
            target=self.intake.run, name=f"{self.lane.name} intake", daemon=True
        )

    def start(self) -> None:
        """Begin to serve the inbox."""
        self.lane.start()
        self.thread.start()

    def stop(self) -> None:
        """Take nothing new; what is in hand is finished."""
        self.intake.stop()
        self.lane.finish()

    def join(self) -> None:
        """Wait until nobody is at work in the inbox any more, however long that takes."""
        if self.thread.ident is not None:  # it was started
            self.lane.join()
            self.thread.join()

    def leave(self, gone: Callable[[], None]) -> None:
        """Stop, and unlock the inbox as soon as nobody works in it, however long that takes.

        :param gone: called then, by a thread of its own: the inbox's share may hang.
        """
        self.leaving = True
        self.stop()

        def see_off() -> None:
            self.join()
            self.intake.let_go()
            self.gone = True
            gone()

        threading.Thread(target=see_off, name=f"{self.lane.name} leaves", daemon=True).start()

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
    """What the daemon looks after now; the main thread's to change.

    Its lists are replaced and never changed, so that any thread may go through them.
    """

    stations: list[Station] = field(default_factory=list)
    """No two of the same name; also those that are leaving."""
    accounts: list[Account] = field(default_factory=list)
    """Those in the settings."""
    reloading: bool = False
    """Whether the settings are being read again. Every observer has a turn after this changed."""
    settings: SettingsReport | None = None
    """How the last reading of the settings went; None where they are read at the start only."""
