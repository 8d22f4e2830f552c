"""What the log says of files that are left alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from structlog.typing import FilteringBoundLogger

from ingestd.intake.pairing import Oddity


class Complaints:
    """Says each thing once, not at every look; again should it go and come back."""

    def __init__(self, log: FilteringBoundLogger, changed: Callable[[], None]) -> None:
        """Begin without any.

        :param changed: told when others are complained of than before.
        """
        self._log = log
        self._changed = changed
        self.last: Sequence[Oddity] = ()
        """What there was to complain of the last time."""

    def say(self, oddities: Sequence[Oddity]) -> None:
        """Say what is new among all that there is to complain of now."""
        before = {_known_by(oddity) for oddity in self.last}
        for oddity in oddities:
            if _known_by(oddity) not in before:
                facts = {"reason": oddity.reason, "hint": oddity.hint}
                known = {name: fact for name, fact in facts.items() if fact}
                self._log.warning("document.deferred", path=oddity.path, **known)
        self.last = oddities
        if {_known_by(oddity) for oddity in oddities} != before:
            self._changed()


def _known_by(oddity: Oddity) -> tuple[object, ...]:
    return oddity.path, oddity.inode, oddity.awaited_by
