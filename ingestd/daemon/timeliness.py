"""Which answers say how an account stands now, and which come too late for that."""

from __future__ import annotations

from collections.abc import Callable

MOST_LATE = 50
"""Late answers in a row until credentials are told apart no more. By then all that was under way
has been heard of: it is a file that never stays the same."""


class Timeliness:
    """Tells what was asked before a pause, or with other credentials, from what was asked since.

    The credentials' file may lie on a share that hangs. So it is looked at only where the caller
    may hang too: by whoever asks, while it holds no lock.
    """

    def __init__(self, credentials: Callable[[], object]) -> None:
        """Look for the first time.

        :param credentials: anything that compares unequal once they were replaced.
        """
        self._credentials = credentials
        self._asked: dict[object, object] = {}
        self._pauses = self._late = 0
        self.delivered = 0
        """Documents that got through."""
        self.known = credentials()
        """The credentials as they were at the last look."""

    def look(self) -> object:
        """Look at the credentials that there are now."""
        self.known = self._credentials()
        return self.known

    @property
    def now(self) -> object:
        """What is asked now; compares unequal after a pause, and once others were seen."""
        return self._pauses, self.known if self._late < MOST_LATE else None

    def admitted(self, document: object) -> None:
        """A document asks from now on."""
        self._asked[document] = self.now

    def asked(self, document: object) -> object:
        """What was `now` when the document was admitted; what is, for one that was not."""
        return self._asked.get(document, self.now)

    def is_late(self, asked: object) -> bool:
        """Whether the answer to what was asked then says nothing of how the account stands now."""
        is_late = asked != self.now
        self._late += is_late
        return is_late

    def paused(self) -> None:
        """What was asked until now is late from now on."""
        self._pauses += 1

    def over(self, document: object, *, delivered: bool) -> None:
        """A document asks no more."""
        self._asked.pop(document, None)
        self.delivered += delivered
        if delivered:
            self._late = 0
