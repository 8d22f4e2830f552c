"""A Kanbert that notes when the first byte of each create came; it knows no document.

It is not fast, and need not be: what is measured ends where its own work begins.
"""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

_HASH = re.compile(rb'name="hash"\r\n\r\n([^\r]*)')
_NAME = re.compile(rb'filename="([^"]*)"')
_EXTERNAL_ID = re.compile(rb'name="external_id"\r\n\r\n([^\r]*)')


class Kanbert(ThreadingHTTPServer):
    """Serves on a port of the loopback."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Request)
        self.url = f"http://127.0.0.1:{self.server_port}/api/v1"
        self.came: dict[str, float] = {}
        """When the create of each document began to come, by its name; monotonic seconds."""
        self.changed = threading.Condition()

    def wait_for(self, names: set[str], *, longest: float) -> None:
        """Wait until all these documents came.

        :raises TimeoutError: after so many seconds.
        """
        with self.changed:
            if not self.changed.wait_for(lambda: names <= self.came.keys(), longest):
                raise TimeoutError(f"{len(names - self.came.keys())} documents did not come.")


class _Request(BaseHTTPRequestHandler):
    server: Kanbert
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def handle_one_request(self) -> None:
        """Note when it begins; its head is parsed afterwards."""
        self.rfile.peek(1)  # type: ignore[attr-defined]  # a BufferedReader
        self.began = time.monotonic()
        super().handle_one_request()

    def do_GET(self) -> None:
        """Answer a probe, or a search for an external_id: there is none."""
        self._answer(200, {"data": [], "links": [], "meta": {"next_cursor": None}})

    def do_POST(self) -> None:
        """Answer check-duplicate and create."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path.endswith("/check-duplicate"):
            md5 = _found(_HASH, body)
            self._answer(200, {"hash": md5, "exists": False, "duplicates": []})
            return
        with self.server.changed:
            self.server.came[_found(_NAME, body)] = self.began
            number = len(self.server.came)
            self.server.changed.notify_all()
        self._answer(201, {"id": f"i-{number}", "external_id": _found(_EXTERNAL_ID, body) or None})

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's name
        """Say nothing."""

    def _answer(self, status: int, said: object) -> None:
        content = json.dumps(said).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


def _found(pattern: re.Pattern[bytes], body: bytes) -> str:
    match = pattern.search(body)
    return match[1].decode() if match else ""


@contextmanager
def serving() -> Iterator[Kanbert]:
    """Serve until the way out."""
    with Kanbert() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()
