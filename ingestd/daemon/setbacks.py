"""Documents that Kanbert does not take while it takes others: their trouble, not the account's.

A proxy may dislike what is in one, or one may make the server fail. Were it tried first after each
pause, nothing else would ever be sent; so after a few setbacks it stands back for the others.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection
from dataclasses import dataclass

from ingestd.daemon.deferral import AGAIN_LATER, LONGEST_BETWEEN_TRIES

MANY = 2
"""Setbacks after which a document is tried apart from the account's other documents."""


@dataclass(slots=True)
class _Setback:
    times: int = 0
    not_before: float = 0.0
    others_went: bool = False


class Setbacks:
    """Those of one inbox, by the document's name; used by all its workers."""

    def __init__(self, clock: Callable[[], float], many: int = MANY) -> None:
        self._clock = clock
        self._many = many
        self._lock = threading.Lock()
        self._setbacks: dict[str, _Setback] = {}

    def note(self, name: str) -> bool:
        """Count one for a document, at a time when the account itself may be in order.

        :returns: whether this shows that it is alone: another was taken since its first.
        """
        with self._lock:
            one = self._setbacks.setdefault(name, _Setback())
            one.times += 1
            if one.times >= self._many:
                wait = AGAIN_LATER * 2.0 ** min(one.times - self._many, 10)
                one.not_before = self._clock() + min(wait, LONGEST_BETWEEN_TRIES)
            return one.others_went and one.times >= self._many

    def its_own(self, name: str) -> bool:
        """Whether a document's trouble is its own, and says nothing of the account."""
        with self._lock:
            return self._has_many(name)

    def not_before(self, name: str) -> float:
        """When a document may be tried again, in monotonic seconds; long ago for most."""
        with self._lock:
            return self._setbacks[name].not_before if self._has_many(name) else 0.0

    def rest(self, name: str) -> float:
        """Seconds until a document may be tried again."""
        return max(0.0, self.not_before(name) - self._clock())

    def ends(self) -> list[float]:
        """When each rest is over, in monotonic seconds."""
        with self._lock:
            return [one.not_before for one in self._setbacks.values() if one.not_before]

    def over(self, name: str, *, delivered: bool) -> None:
        """A document came to an outcome; when Kanbert took it, it might have taken the others."""
        with self._lock:
            self._setbacks.pop(name, None)
            for one in self._setbacks.values():
                one.others_went |= delivered

    def keep(self, names: Collection[str]) -> None:
        """Forget the documents that are not there any more."""
        with self._lock:
            self._setbacks = {name: one for name, one in self._setbacks.items() if name in names}

    def __bool__(self) -> bool:
        return bool(self._setbacks)

    def _has_many(self, name: str) -> bool:
        one = self._setbacks.get(name)
        return one is not None and one.times >= self._many
