"""The receiver, started as a process of its own and asked what came."""

from __future__ import annotations

import json
import ssl
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPSConnection
from pathlib import Path
from typing import Any

from bench.certificate import Certificate


@dataclass(frozen=True, slots=True)
class Receiver:
    """A `bench.receiver`."""

    port: int
    authorities: Path | None = None
    """Whom to trust, as PEM, if it serves TLS; none = plain HTTP."""

    @property
    def url(self) -> str:
        """Of the API."""
        scheme = "https" if self.authorities else "http"
        return f"{scheme}://127.0.0.1:{self.port}/api/v1"

    def came(self, *, keep: bool = False) -> Mapping[str, Any]:
        """What came since it was asked last.

        :param keep: whether it is to keep the documents that come from now on.
        """
        connection = self._connection()
        connection.request("POST", "/tally", b"keep" if keep else b"count")
        said: Mapping[str, Any] = json.loads(connection.getresponse().read())
        connection.close()
        return said

    def _connection(self) -> HTTPConnection:
        if self.authorities is None:
            return HTTPConnection("127.0.0.1", self.port)
        trust = ssl.create_default_context(cafile=self.authorities)
        return HTTPSConnection("127.0.0.1", self.port, context=trust)


@contextmanager
def receiving(certificate: Certificate | None = None) -> Iterator[Receiver]:
    """Start the receiver.

    :param certificate: for it to serve TLS with; none = plain HTTP.
    """
    command = [sys.executable, "-m", "bench.receiver"]
    if certificate:
        command += ["--certificate", str(certificate.own)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin
        assert process.stdout
        port = int(process.stdout.readline())
        yield Receiver(port, certificate.authorities if certificate else None)
        process.stdin.close()
