"""Misbehaviour to order: which requests it strikes, and how."""

from __future__ import annotations

import random
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import ClassVar

from pydantic import ConfigDict


class Kind(StrEnum):
    """How a request goes wrong.

    The kinds that break the connection, or leave it hanging, need a real `Server`.
    """

    ANSWER = "answer"
    """Answer `status`, `headers` and `body`; nothing is carried out."""
    DELAY = "delay"
    """Carry out and answer as usual, only after `delay`, even if the client has given up then."""
    RESET_BEFORE_BODY = "reset_before_body"
    """Break the connection (TCP reset) before the body is read."""
    RESET_AFTER_BODY = "reset_after_body"
    """Break the connection after the body was read; nothing is carried out."""
    COMMIT_THEN_DROP = "commit_then_drop"
    """Carry out, then break the connection."""
    COMMIT_THEN_HANG = "commit_then_hang"
    """Carry out, then say nothing until the client gives up."""
    COMMIT_THEN_GARBLE = "commit_then_garble"
    """Carry out, then answer the right status with an unreadable body: `body`, or half of it."""
    LATE_COMMIT = "late_commit"
    """Answer like `ANSWER` (504 by default), and carry out `commit_after` seconds later."""


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One kind of misbehaviour, and when it strikes.

    It strikes requests of `operation`, or all if that is None, for the next `times` of them, or
    until it is cleared if that is None, each with `probability`. `delay` is in seconds; it comes
    after the body was read and before anything else that the fault does, of any kind. A `body` of
    None is that of an error in Kanbert's shape.
    """

    # For faults that come as JSON: a misspelt field is an error there too.
    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    kind: Kind = Kind.ANSWER
    operation: str | None = None
    times: int | None = 1
    probability: float = 1.0
    delay: float = 0.0
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str | None = None
    commit_after: float = 0.0

    def __post_init__(self) -> None:
        if self.times is not None and self.times < 1:
            raise ValueError("times is at least 1, or None for until cleared")
        if not 0 <= self.probability <= 1:
            raise ValueError("probability is from 0 to 1")
        if self.delay < 0 or self.commit_after < 0:
            raise ValueError("delay and commit_after are seconds from 0")
        if self.status is not None and not 200 <= self.status <= 599:  # noqa: PLR2004 -- HTTP's
            raise ValueError("status is from 200 to 599")


class Faults:
    """The misbehaviour that is in force; safe to use from several threads.

    Of several faults that could strike a request, the one that was added first does. `seed` is that
    of the random numbers behind probabilities.
    """

    def __init__(self, *faults: Fault, seed: int = 0) -> None:
        self._lock = threading.Lock()
        self._random = random.Random(seed)  # noqa: S311 -- repeatable, nothing secret
        self._left: list[tuple[Fault, int | None]] = []
        self.add(*faults)

    def add(self, *faults: Fault) -> None:
        """Put faults in force."""
        with self._lock:
            self._left += [(fault, fault.times) for fault in faults]

    def clear(self) -> None:
        """Behave again."""
        with self._lock:
            self._left.clear()

    def in_force(self) -> list[Fault]:
        """Return the faults that may still strike."""
        with self._lock:
            return [fault for fault, _ in self._left]

    def strike(self, operation: str) -> Fault | None:
        """Return the fault that strikes a request of this operation, which uses it up by one."""
        with self._lock:
            for index, (fault, left) in enumerate(self._left):
                if fault.operation in (None, operation) and self._happens(fault.probability):
                    self._use_up(index, fault, left)
                    return fault
        return None

    def _happens(self, probability: float) -> bool:
        return probability >= 1 or self._random.random() < probability

    def _use_up(self, index: int, fault: Fault, left: int | None) -> None:
        if left == 1:
            del self._left[index]
        elif left is not None:
            self._left[index] = (fault, left - 1)
