"""A clock, a Kanbert and an account for tests of the daemon's decisions."""

from __future__ import annotations

import io
import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from ingestd.daemon.account import Account
from ingestd.daemon.probing import PATIENT, Eagerness
from ingestd.errors import Answer, KanbertError, Unavailable
from ingestd.observe import open_log


@dataclass
class FakeClock:
    time: float = 1000.0

    def __call__(self) -> float:
        return self.time


@dataclass
class Probed:
    """Answers probes, and remembers when they came."""

    clock: FakeClock
    error: KanbertError | None = None
    times: list[float] = field(default_factory=list)
    meanwhile: Callable[[], object] = lambda: None

    def __call__(self) -> None:
        self.times.append(self.clock())
        self.meanwhile()
        if self.error is not None:
            raise self.error


@dataclass
class Gate:
    """An account, and everything it was given."""

    clock: FakeClock = field(default_factory=FakeClock)
    dice: float = 1.0
    credentials: object = "first"
    stream: io.StringIO = field(default_factory=io.StringIO)
    told: list[bool] = field(default_factory=list)
    eagerness: Eagerness = PATIENT
    probed: Probed = field(init=False)
    account: Account = field(init=False)

    def __post_init__(self) -> None:
        self.probed = Probed(self.clock)
        self.account = Account(
            "main",
            probe=self.probed,
            credentials=lambda: self.credentials,
            log=open_log(self.stream),
            clock=self.clock,
            random=lambda: self.dice,
            eagerness=self.eagerness,
        )
        self.account.on_change(lambda: self.told.append(self.account.pause is None))

    def tick(self) -> None:
        """Let the account look whether to probe, and wait for the probe's end."""
        self.account.tick()
        for thread in threading.enumerate():
            if thread.name == "probe main":
                thread.join(10)

    def pass_time(self, seconds: float, *, step: float = 1.0) -> None:
        """Tick as the daemon does, for so long."""
        until = self.clock.time + seconds
        while self.clock.time < until:
            self.clock.time += step
            self.tick()

    def resume(self) -> None:
        """Let the next probe succeed."""
        self.probed.error = None
        self.pass_time(901)

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.stream.getvalue().splitlines()]

    def events(self) -> list[str]:
        return [line["event"] for line in self.lines()]


def outage(retry_after: float | None = None) -> Unavailable:
    return Unavailable("Kanbert cannot be reached", answer=Answer(retry_after=retry_after))
