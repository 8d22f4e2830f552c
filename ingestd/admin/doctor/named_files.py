"""The files that [notify] and [web] name: read as the daemon reads them, and by whom else?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from ingestd import config
from ingestd.admin.doctor.errand import Errand, came_back
from ingestd.admin.doctor.finding import Finding, fail, ok, warn
from ingestd.admin.doctor.settings import Access, access_of, of_secret_file
from ingestd.kanbert import SecretFile

_CHECK = "Let the user that ingestd runs as read it, or correct the path."
_ADDRESSES = ("urls_file", "webhook_url_file", "heartbeat_url_file")


@dataclass(frozen=True, slots=True)
class NamedFile:
    """A file that a setting names, and that is used."""

    subject: str
    path: Path
    what: str
    """That it is to hold: "address" or "token"."""
    read: Callable[[], list[str]]
    """Reads what it holds, as the daemon does; raises IngestdError where that would refuse it."""


@dataclass(frozen=True, slots=True)
class Held:
    """What was seen of it; not the secret itself."""

    number: int
    """Of addresses or tokens."""
    can_be_sent: bool
    """Whether each is of what a request may hold: one line of plain letters and signs."""
    access: Access


def named_files(given: config.Settings) -> Iterator[NamedFile]:
    """Every such file, but for what nothing uses: a token without anybody to send it to."""
    notify, web = given.notify, given.web
    for key in _ADDRESSES:
        path: Path | None = getattr(notify, key)
        if path:
            alone = config.NotifySettings.model_validate({key: path})
            yield NamedFile(f"notify: {key}", path, "address", partial(_addresses, alone))
    if notify.webhook_token_file and (
        notify.webhook_url.get_secret_value() or notify.webhook_url_file
    ):
        read = partial(_webhook_token, notify)
        yield NamedFile("notify: webhook_token_file", notify.webhook_token_file, "token", read)
    if web.address and web.token_file:
        path = Path(web.token_file)
        yield NamedFile("web: token_file", path, "token", partial(_web_token, path))


def _addresses(given: config.NotifySettings) -> list[str]:
    found = config.addresses(given)
    return [one for one in (*found.services, found.webhook, found.heartbeat) if one]


def _webhook_token(given: config.NotifySettings) -> list[str]:
    return [token] if (token := config.webhook_token(given)) else []


def _web_token(path: Path) -> list[str]:
    return [SecretFile(path, what="token").read()]


def look_at_named(file: NamedFile) -> Held:
    """Read a file.

    :raises IngestdError: if the daemon would refuse it.
    :raises OSError: if it is gone by now.
    """
    held = file.read()
    plain = all(" " <= letter < "\x7f" for one in held for letter in one)
    return Held(len(held), plain, access_of(file.path))


def of_named(file: NamedFile, held: Held) -> Iterator[Finding]:
    """Judge what was seen of it."""
    if not held.number:
        yield warn(
            file.subject,
            f"{file.path} holds no {file.what}: none is used.",
            f"Write the {file.what} into it, or take the setting out.",
        )
    elif file.what == "token" and not held.can_be_sent:
        yield fail(
            file.subject,
            f"{file.path} holds more than one line, or letters that cannot be sent.",
            "Write the token alone into that file.",
        )
    else:
        number = f"{held.number} {file.what}{'es' if held.number > 1 else ''}"
        yield ok(file.subject, f"{file.path} can be read and holds {number}.")
    yield from of_secret_file(file.subject, held.access)


class NamedFilesRound:
    """All of them, each looked at by somebody of its own: it may lie on a share that hangs."""

    def __init__(self, given: config.Settings, *, patience: float) -> None:
        """Send everybody off.

        :param patience: seconds for each of them.
        """
        self._sent = [
            (file, Errand(partial(look_at_named, file), patience=patience))
            for file in named_files(given)
        ]

    def findings(self) -> Iterator[Finding]:
        """Say how they stand."""
        for file, errand in self._sent:
            held, findings = came_back(errand, file.subject, str(file.path), _CHECK)
            yield from findings
            if held is not None:
                yield from of_named(file, held)
