"""Messages as JSON, for programs: one POST each."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime

from ingestd import __version__
from ingestd.observe.escaping import printable
from ingestd.observe.notify.http import host_of, post
from ingestd.observe.notify.message import Message


class Webhook:
    """The program at an address."""

    def __init__(
        self, url: str, *, token: Callable[[], str], host: str, now: Callable[[], datetime]
    ) -> None:
        """Make it known; nothing is sent yet.

        :param token: sent as a bearer token, unless it is empty.
        :param host: the name of this machine.
        """
        self._url = url
        self._token = token
        self._host = host
        self._now = now
        self.name = f"webhook {host_of(url)}"

    def send(self, message: Message) -> None:
        """Send it, once."""
        token = self._token()
        headers = {"Content-Type": "application/json"}
        headers |= {"Authorization": f"Bearer {token}"} if token else {}
        post(self._url, as_json(message, host=self._host, now=self._now()), headers)


def as_json(message: Message, *, host: str, now: datetime) -> bytes:
    """A message as a program reads it (see docs/notifications.md)."""
    about = [
        {
            "inbox": subject.inbox,
            "name": printable(subject.name),
            "reason": printable(subject.reason),
            "hint": printable(subject.hint),
        }
        for subject in message.subjects
    ]
    return json.dumps(
        {
            "kind": message.kind,
            "good": message.tone == "good",
            "title": message.title,
            "text": message.text,
            "about": about,
            "further": message.further,
            "host": host,
            "time": now.isoformat(timespec="seconds"),
            "version": __version__,
        }
    ).encode()
