"""The receiver, started as a process of its own and asked what came."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import Any


@dataclass(frozen=True, slots=True)
class Receiver:
    """A `bench.receiver`."""

    port: int

    @property
    def url(self) -> str:
        """Of the API."""
        return f"http://127.0.0.1:{self.port}/api/v1"

    def came(self, *, keep: bool = False) -> Mapping[str, Any]:
        """What came since it was asked last.

        :param keep: whether it is to keep the documents that come from now on.
        """
        connection = HTTPConnection("127.0.0.1", self.port)
        connection.request("POST", "/tally", b"keep" if keep else b"count")
        said: Mapping[str, Any] = json.loads(connection.getresponse().read())
        connection.close()
        return said


@contextmanager
def receiving() -> Iterator[Receiver]:
    """Start the receiver."""
    command = [sys.executable, "-m", "bench.receiver"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin
        assert process.stdout
        yield Receiver(int(process.stdout.readline()))
        process.stdin.close()
