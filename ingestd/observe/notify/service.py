"""Messages through Apprise, which belongs to an extra: mail, ntfy, Telegram, a hundred others."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from importlib.util import find_spec
from typing import Any

from ingestd.observe.notify.channel import NotSent
from ingestd.observe.notify.message import Message
from ingestd.observe.notify.secrecy import kind_of, without_pieces

NEEDED = "apprise"
"""The package, and the module."""


def missing(find: Callable[[str], object | None] = find_spec) -> bool:
    """Whether Apprise is not installed.

    :param find: tells of a module, without importing it; None if it is not there.
    """
    return find(NEEDED) is None


class Service:
    """A service at an address of Apprise's."""

    def __init__(self, url: str, *, number: int, host: str) -> None:
        """Make it known; Apprise is not imported before something is sent.

        :param number: its place in `urls`, from 1.
        :param host: the name of this machine.
        """
        self._url = url
        self._host = host
        self._opened: Any = None
        self.name = f"{kind_of(url)} (number {number} of urls)"

    def send(self, message: Message) -> None:
        """Send it, once."""
        with _listening() as said:
            sent = self._notify(message)
        if not sent:
            why = without_pieces(" ".join(said), self._url) or "Apprise does not say why"
            raise NotSent(why.rstrip("."), lasting=not self._opened)

    def _notify(self, message: Message) -> bool:
        import apprise  # noqa: PLC0415 - a tenth of a second, and an extra

        if self._opened is None:
            asset = apprise.AppriseAsset(app_id="ingestd", app_desc="ingestd", async_mode=False)
            self._opened = apprise.Apprise(asset=asset)
        if not self._opened and not self._opened.add(self._url):
            return False
        kind = apprise.NotifyType
        return bool(
            self._opened.notify(
                title=f"ingestd on {self._host}: {message.title}",
                body=message.text,
                notify_type=kind.SUCCESS if message.tone == "good" else kind.WARNING,
                body_format=apprise.NotifyFormat.TEXT,
            )
        )


@contextmanager
def _listening() -> Iterator[list[str]]:
    """What Apprise says of a failure meanwhile: it returns but that there was one."""
    said = _Said()
    logger = logging.getLogger(NEEDED)
    logger.addHandler(said)
    before = _LISTENER.set(said)
    try:
        yield said.texts
    finally:
        _LISTENER.reset(before)
        logger.removeHandler(said)


class _Said(logging.Handler):
    """Keeps what is said to it: others speak of other services, and of their secrets."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep it."""
        if _LISTENER.get() is self:
            self.texts.append(record.getMessage())


_LISTENER: ContextVar[_Said | None] = ContextVar("_LISTENER", default=None)
"""Apprise sends on threads of its own, to which it takes the context."""
