"""The lines that documents are carried over, each started as a process, and proven to be one."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import Any

_PROOF = 1_250_000
"""Bytes: 10 Mbit."""
_ASKED = 20


@dataclass(frozen=True, slots=True)
class Line:
    """How far away Kanbert is."""

    name: str
    round_trip: float = 0.0
    """Seconds."""
    rate: float = 0.0
    """Bits a second; 0 = as many as there are."""


LOOPBACK = Line("loopback")
FAR = Line("50 ms", round_trip=0.05)
THIN = Line("10 Mbit/s", rate=10e6)
FAR_AND_THIN = Line("50 ms, 10 Mbit/s", round_trip=0.05, rate=10e6)


@dataclass(frozen=True, slots=True)
class Tally:
    """What a line and the receiver counted of a run."""

    checks: int
    creates: int
    connections: int
    turns: int
    """Requests, and halves of requests."""
    size: int
    """Bytes, of both directions."""
    seconds: float
    """From the second request to the last answer; the first one asks if the account can be used."""
    cpu: float
    """Seconds of CPU, of the line and the receiver."""


class End:
    """Our end of a line, with the receiver at the other one."""

    def __init__(self, line: Line, port: int, receiver: int, process: Any) -> None:
        self.line = line
        self.port = port
        self._receiver = receiver
        self._process = process

    def tell(self) -> Tally:
        """Have both count from here; what they counted until now."""
        connection = HTTPConnection("127.0.0.1", self._receiver)
        connection.request("POST", "/tally", b"count")
        received = json.loads(connection.getresponse().read())
        connection.close()
        self._process.stdin.write(b"\n")
        self._process.stdin.flush()
        passed = json.loads(self._process.stdout.readline())
        turns = passed["turns"]
        return Tally(
            checks=received["checks"],
            creates=received["creates"],
            connections=passed["connections"],
            turns=len(turns),
            size=passed["up"] + passed["down"],
            seconds=passed["last"] - turns[1] if len(turns) > 1 else 0.0,
            cpu=passed["cpu"] + received["cpu"],
        )

    def proof(self) -> tuple[float, float]:
        """What the line does to somebody else: seconds of a round trip, and bits a second."""
        connection = HTTPConnection("127.0.0.1", self.port)
        trips = [_asked(connection, "GET", b"") for _ in range(_ASKED)]
        took = _asked(connection, "POST", bytes(_PROOF))
        connection.close()
        self.tell()
        return statistics.median(trips[1:]), _PROOF * 8 / took  # the first one had to connect


def _asked(connection: HTTPConnection, method: str, body: bytes) -> float:
    began = time.perf_counter()
    connection.request(method, "/", body)
    connection.getresponse().read()
    return time.perf_counter() - began


@contextmanager
def receiving() -> Iterator[int]:
    """Start the receiver; its port."""
    with _started(["bench.receiver"]) as process:
        yield int(process.stdout.readline())


@contextmanager
def laid(line: Line, receiver: int) -> Iterator[End]:
    """Lay a line to the receiver."""
    given = ["--to", str(receiver), "--delay", str(line.round_trip / 2), "--rate", str(line.rate)]
    with _started(["bench.relay", *given]) as process:
        yield End(line, int(process.stdout.readline()), receiver, process)


@contextmanager
def _started(module: Sequence[str]) -> Iterator[Any]:
    command = [sys.executable, "-m", *module]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin
        yield process
        process.stdin.close()
