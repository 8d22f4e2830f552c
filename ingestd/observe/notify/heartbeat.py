"""Signs of life to a dead man's switch, as healthchecks.io has it: `/fail` behind its address."""

from __future__ import annotations

from urllib.parse import urlsplit, urlunsplit

from ingestd.observe.escaping import printable
from ingestd.observe.notify.http import host_of, post
from ingestd.observe.notify.pulse import Beat


class Heartbeat:
    """The switch at an address."""

    def __init__(self, url: str) -> None:
        self._url = url
        self.name = f"heartbeat {host_of(url)}"

    def send(self, beat: Beat) -> None:
        """Send it, once; what is wrong is the request's body."""
        url = failing(self._url) if beat.trouble else self._url
        post(url, printable(beat.trouble).encode(), {"Content-Type": "text/plain; charset=utf-8"})


def failing(url: str) -> str:
    """The address for trouble: `/fail` at the end of the path, before a `?query`."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(path=f"{parts.path.rstrip('/')}/fail"))
