"""Tokens by OAuth 2 client credentials (RFC 6749 §4.4), fetched by Authlib over our own wire.

Authlib's `OAuth2Client` writes the request and reads the answer; the sending is done here, so
that the token's address is under the same rules as Kanbert's. Authlib's own httpx integration is
not used: as of 1.9 it takes the package httpx2 where that is installed, and warns where it is
not. Kanbert's public page on authentication describes only the authorization code grant, so
whether an account can use this one is for Kanbert to say.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote_plus, urlencode

import httpx

from ingestd.errors import AccountTrouble, KanbertError, SettingsError, Unavailable
from ingestd.kanbert.address import checked
from ingestd.kanbert.auth import BearerToken, SecretFile
from ingestd.kanbert.meaning import TLS_HINT, Failure
from ingestd.kanbert.reply import Reply
from ingestd.kanbert.said import answer_of, sentence
from ingestd.kanbert.wire import Post
from ingestd.kanbert.world import World

_HINT = "Check token_url, client_id, the client's secret and scope."
_MOST_EARLY = 60.0
_LATER = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS})


class OAuth2ClientCredentials:
    """Fetches a token when there is none, when it is about to expire, and when it is rejected.

    `client_secret` is the secret, or the path of a file that holds it (read again when it
    changes). `client_auth` says where it is put: into the form, as Laravel's own servers show
    it, or into a Basic header, where servers disagree on the encoding of special characters.
    One thread fetches while the others wait for it.
    """

    def __init__(
        self,
        token_url: str,
        client_id: str,
        client_secret: str | Path,
        scope: str = "incoming-invoice:read incoming-invoice:write",
        *,
        client_auth: Literal["client_secret_post", "client_secret_basic"] = "client_secret_post",
        world: World | None = None,
    ) -> None:
        self._url = str(checked(token_url, setting="token_url"))
        self._client_id = client_id
        self._secret = _Secret(client_secret)
        self._scope = scope
        self._client_auth = client_auth
        self._world = world or World()
        self._lock = threading.Lock()
        self._token = ""
        self._renew_at = 0.0

    def __repr__(self) -> str:
        return f"OAuth2ClientCredentials({self._url!r}, {self._client_id!r}, …)"

    def token(self, post: Post) -> str:
        """Return a token that is good for a while yet.

        Raises AccountTrouble where the credentials are refused, Unavailable where there is no
        answer, or none in time.
        """
        if not self._lock.acquire(timeout=max(0.0, post.left())):
            raise Unavailable("No token could be fetched: another thread is still waiting for one.")
        try:
            if not self._token or self._world.clock() >= self._renew_at:
                self._token, lifetime = self._fetch(post)
                early = min(_MOST_EARLY, lifetime / 5)
                self._renew_at = self._world.clock() + lifetime - early
            return self._token
        finally:
            self._lock.release()

    def replace(self, rejected: str, post: Post) -> bool:  # noqa: ARG002 - fetched by `token`
        """Forget the rejected token, unless another thread has replaced it already."""
        with self._lock:
            if self._token == rejected:
                self._token = ""
        return True

    def version(self) -> object:
        """Return the secret file's."""
        return self._secret.version()

    def _fetch(self, post: Post) -> tuple[str, float]:
        """Return a new token and its lifetime in seconds, infinite where none is named."""
        # Authlib takes 45 ms to import; only who uses OAuth 2 should wait for it
        from authlib.oauth2 import (  # type: ignore[import-untyped]  # noqa: PLC0415 - as above
            OAuth2Client,
            OAuth2Error,
        )

        secret = self._secret.read()
        # RFC 6749 §2.3.1 has both form-encoded before they go into a Basic header; Authlib does not
        written = quote_plus if self._client_auth == "client_secret_basic" else str
        client = OAuth2Client(
            session=_Session(post, secret, self._world),
            client_id=written(self._client_id),
            client_secret=written(secret),
            scope=self._scope,
            token_endpoint_auth_method=self._client_auth,
        )
        try:
            granted = client.fetch_token(self._url, grant_type="client_credentials")
            return _bearer(granted), float(granted.get("expires_in") or "inf")
        except KanbertError:
            raise
        except (OAuth2Error, SettingsError, ValueError, TypeError, KeyError, OverflowError):
            # from None: what Authlib says may quote the request, and with it the secret
            raise _no_token("its answer holds no bearer token") from None


def _bearer(granted: Mapping[str, Any]) -> str:
    if str(granted.get("token_type", "bearer")).lower() != "bearer":
        raise ValueError("another type of token")
    return BearerToken(str(granted["access_token"])).token()


class _Secret:
    """The client's secret, as it was given or as a file has it."""

    def __init__(self, given: str | Path) -> None:
        self._file = SecretFile(given, what="client secret") if isinstance(given, Path) else None
        self._given = "" if isinstance(given, Path) else given.strip()
        if self._file is None and not (self._given.isprintable() and self._given.isascii()):
            raise SettingsError(
                "client_secret holds letters that no secret has.",
                hint="Copy the secret again; it is one line.",
            )

    def read(self) -> str:
        return self._file.read() if self._file else self._given

    def version(self) -> object:
        return self._file.version() if self._file else None


class _Session:
    """What Authlib sends through: the one method it calls, under our rules."""

    def __init__(self, post: Post, secret: str, world: World) -> None:
        self._post = post
        self._secret = secret
        self._world = world

    def post(
        self, url: str, *, data: Mapping[str, str], headers: Mapping[str, str], auth: Any
    ) -> httpx.Response:
        url, sent, body = auth.prepare("POST", url, dict(headers), urlencode(data))
        answer = self._post(url, sent, body.encode("ascii"))
        if isinstance(answer, Failure):
            raise _not_fetched(url, answer)
        self._refuse_errors(answer.without(self._secret))
        answer.json()  # raises ValueError for what Authlib's own reading might choke on
        asked = httpx.Request("POST", url)
        return httpx.Response(answer.status, content=answer.body, request=asked)

    def _refuse_errors(self, reply: Reply) -> None:
        said = answer_of(reply, now=self._world.now())
        why = said.message or f"status {reply.status}"
        if reply.status in _LATER or reply.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise Unavailable(sentence(f"No token could be fetched: {why}"), answer=said)
        if not reply.is_success:
            raise AccountTrouble(sentence(f"No token was given: {why}"), hint=_HINT, answer=said)


def _not_fetched(url: str, failure: Failure) -> KanbertError:
    said = sentence(f"No token could be fetched from {url}: {failure.why}")
    return AccountTrouble(said, hint=TLS_HINT) if failure.untrusted else Unavailable(said)


def _no_token(why: str) -> AccountTrouble:
    return AccountTrouble(sentence(f"No token was given: {why}"), hint=_HINT)
