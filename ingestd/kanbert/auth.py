"""How a client proves who it is: a bearer token, given or read from a file.

Tokens never show in a repr, a message or a log: they live in private attributes and leave them
only for the Authorization header.
"""

from __future__ import annotations

import re
import threading
from pathlib import Path
from typing import Protocol

from ingestd.errors import AccountTrouble, SettingsError
from ingestd.kanbert.wire import Post
from ingestd.regular import read_regular

# RFC 6750 allows less; anything printable without spaces is safe in a header.
_TOKEN = re.compile(r"[\x21-\x7e]+")


class Auth(Protocol):
    """Somebody who has a token."""

    def token(self, post: Post) -> str:
        """Return the token to use now. Raises AccountTrouble or Unavailable where there is none."""
        ...

    def replace(self, rejected: str, post: Post) -> bool:
        """Answer a 401: whether there is another token than the rejected one to try."""
        ...

    def version(self) -> object:
        """Return something that changes when the credentials were changed by somebody."""
        ...


class BearerToken:
    """A token that never changes."""

    def __init__(self, token: str) -> None:
        if not _TOKEN.fullmatch(token.strip()):
            raise SettingsError(
                "The token is empty or holds spaces, line breaks or letters no token has.",
                hint="Copy the token again; it is one line of letters, digits and a few signs.",
            )
        self._token = token.strip()

    def __repr__(self) -> str:
        return "BearerToken(…)"

    def token(self, post: Post | None = None) -> str:  # noqa: ARG002 - it needs no request
        """Return the token."""
        return self._token

    def replace(self, rejected: str, post: Post) -> bool:  # noqa: ARG002 - as above
        """Say no: there is no other."""
        return False

    def version(self) -> object:
        """Return always the same."""
        return None


class SecretFile:
    """One line in a file, read again whenever the file changes.

    Changed means another mtime, inode or size, so both writing in place and replacing (as
    Kubernetes and `install` do) are seen. One line break at the end does not belong to it.
    """

    def __init__(self, path: str | Path, *, what: str) -> None:
        self._path = Path(path)
        self._what = what
        self._lock = threading.Lock()
        self._seen: object = None
        self._secret = ""

    def __repr__(self) -> str:
        return f"SecretFile({str(self._path)!r})"

    def read(self) -> str:
        """Return the secret. Raises AccountTrouble where the file does not hold one."""
        with self._lock:
            version = self.version()
            if version is None or version != self._seen:
                self._secret = self._load()
                self._seen = version
            return self._secret

    def version(self) -> object:
        """Return mtime, inode and size; None where there is no file."""
        try:
            found = self._path.stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_ino, found.st_size

    def _load(self) -> str:
        try:
            content = read_regular(self._path)
        except OSError as error:
            raise self.unusable(error.strerror or "it cannot be read") from None
        secret = content.decode("utf-8-sig", errors="replace").strip()
        if not secret:
            raise self.unusable("it is empty")
        if not all(" " <= c < "\x7f" for c in secret):
            raise self.unusable("it holds more than one line, or letters that no secret has")
        return secret

    def unusable(self, why: str) -> AccountTrouble:
        """Make the error for a file that does not hold what it is to hold."""
        return AccountTrouble(
            f"The {self._what} file {self._path} cannot be used: {why}.",
            hint=f"Write the {self._what} alone into that file, readable for this user.",
        )


class TokenFile:
    """A token in a file that is read again when it changes."""

    def __init__(self, path: str | Path) -> None:
        self._file = SecretFile(path, what="token")

    def __repr__(self) -> str:
        return f"TokenFile({self._file!r})"

    def token(self, post: Post | None = None) -> str:  # noqa: ARG002 - it needs no request
        """Return the token. Raises AccountTrouble where the file does not hold one."""
        token = self._file.read()
        if not _TOKEN.fullmatch(token):
            raise self._file.unusable("it holds spaces between other letters")
        return token

    def replace(self, rejected: str, post: Post) -> bool:
        """Say whether somebody wrote another token since."""
        return self.token(post) != rejected

    def version(self) -> object:
        """Return the file's."""
        return self._file.version()
