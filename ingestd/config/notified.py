"""Who is notified, and where: in the settings, or in files that they name."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ingestd.config.own import NotifySettings, is_service, is_web
from ingestd.errors import SettingsError
from ingestd.observe.notify import secrets_in
from ingestd.regular import read_regular


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where messages and signs of life go; all of them may hold secrets."""

    services: tuple[str, ...] = ()
    """Addresses of Apprise's."""
    webhook: str = ""
    heartbeat: str = ""

    def __bool__(self) -> bool:
        """Whether there is any."""
        return bool(self.services or self.webhook or self.heartbeat)


def addresses(given: NotifySettings) -> Addresses:
    """Read them.

    :raises SettingsError: if a file cannot be read, or holds what is no address.
    """
    services = [url.get_secret_value().strip() for url in given.urls]
    if given.urls_file:
        services = _lines("urls_file", given.urls_file)
        if not all(map(is_service, services)):
            raise _no_address("urls_file", given.urls_file, "one of Apprise's on every line")
    return Addresses(
        tuple(services),
        given.webhook_url.get_secret_value() or _web("webhook_url_file", given.webhook_url_file),
        given.heartbeat_url.get_secret_value()
        or _web("heartbeat_url_file", given.heartbeat_url_file),
    )


def webhook_token(given: NotifySettings) -> str:
    """The bearer token for the webhook, as its file has it now; empty: none is sent.

    :raises SettingsError: if the file cannot be read.
    """
    if given.webhook_token_file is None:
        return ""
    return _text("webhook_token_file", given.webhook_token_file)


def notify_secrets(given: NotifySettings) -> list[str]:
    """Every secret text in these settings and in the files they name, as far as those are there."""
    return [secret for url in _urls(given) for secret in secrets_in(url)]


def _urls(given: NotifySettings) -> Iterator[str]:
    yield from (url.get_secret_value().strip() for url in given.urls)
    for url in (given.webhook_url, given.heartbeat_url):
        if url.get_secret_value():
            yield url.get_secret_value()
    for path in (given.urls_file, given.webhook_url_file, given.heartbeat_url_file):
        with contextlib.suppress(SettingsError):  # whoever needs it says so
            yield from _lines("", path) if path else ()


def _web(key: str, path: Path | None) -> str:
    if path is None:
        return ""
    url = _text(key, path)
    if not is_web(url):
        raise _no_address(key, path, "https://… alone")
    return url


def _lines(key: str, path: Path) -> list[str]:
    lines = (line.strip() for line in _text(key, path).splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def _text(key: str, path: Path) -> str:
    try:
        return read_regular(path).decode("utf-8-sig").strip()
    except (OSError, UnicodeError) as error:
        why = getattr(error, "strerror", None) or "it is no text"
        raise SettingsError(
            f"notify.{key}: {path} cannot be read: {why}.",
            hint="Let the user that ingestd runs as read it, or correct the path.",
        ) from error


def _no_address(key: str, path: Path, meant: str) -> SettingsError:
    # what is in it may be a secret, so it is not repeated
    return SettingsError(
        f"notify.{key}: {path} does not hold what is meant.", hint=f"Write {meant} into it."
    )
