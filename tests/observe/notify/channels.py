"""Channels and couriers for tests, and what they were given."""

from __future__ import annotations

import io
import json
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from ingestd.observe import open_log
from ingestd.observe.notify.channel import NotSent
from ingestd.observe.notify.courier import Courier

PATIENCE = 20.0
"""Seconds until a test says that something did not happen."""


@dataclass
class Way:
    """A channel that takes everything, after it failed as it was told to."""

    failures: list[Exception] = field(default_factory=list)
    """Raised one after the other, before anything is taken."""
    hangs: bool = False
    name: str = "way"
    tried: int = 0
    taken: list[Any] = field(default_factory=list)
    let_go: threading.Event = field(default_factory=threading.Event)
    changed: threading.Condition = field(default_factory=threading.Condition)

    def send(self, what: Any) -> None:
        with self.changed:
            self.tried += 1
            self.changed.notify_all()
        if self.hangs:
            self.let_go.wait(PATIENCE)
        if self.failures:
            raise self.failures.pop(0)
        with self.changed:
            self.taken.append(what)
            self.changed.notify_all()

    def wait_for(self, number: int, *, tried: bool = False) -> None:
        """Wait until so much was taken, or tried."""
        with self.changed:
            assert self.changed.wait_for(
                lambda: (self.tried if tried else len(self.taken)) >= number, PATIENCE
            )


def passing(number: int = 1) -> list[Exception]:
    return [NotSent("It answered 503") for _ in range(number)]


@dataclass
class Carried:
    """A courier, its channel, and the log that it writes."""

    way: Way
    waits: Sequence[float] = (0.0, 0.0, 0.0)
    most: int = 50
    longest_try: float = PATIENCE
    title: Callable[[Any], str] = lambda _: ""
    stream: io.StringIO = field(default_factory=io.StringIO)
    courier: Courier[Any] = field(init=False)

    def __post_init__(self) -> None:
        self.courier = Courier(
            self.way,
            open_log(self.stream),
            waits=self.waits,
            longest_try=self.longest_try,
            most=self.most,
            title=self.title,
        )

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.stream.getvalue().splitlines()]

    def end(self) -> None:
        """Let the courier carry what it has, and end."""
        self.courier.finish()
        self.courier.join(PATIENCE)
