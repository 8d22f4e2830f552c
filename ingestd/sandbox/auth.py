"""Bearer tokens and their scopes: given ones, and those issued to OAuth2 clients, which expire."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from ingestd.sandbox.errors import Refused

READ: Final = "incoming-invoice:read"
WRITE: Final = "incoming-invoice:write"
WRITE_BOOKINGS: Final = "chart-of-accounts:write"
ALL_SCOPES: Final = frozenset({READ, WRITE, WRITE_BOOKINGS})


@dataclass(frozen=True)
class _Issued:
    scopes: frozenset[str]
    expires_at: datetime


class Tokens:
    """The tokens that are accepted now.

    `given` tokens never expire. They are looked up at every request, so whoever holds the mapping
    can add and revoke them. `lifetime` is that of issued tokens, in seconds.
    """

    def __init__(
        self,
        given: Mapping[str, frozenset[str]],
        *,
        clients: Mapping[str, str],
        clock: Callable[[], datetime],
        lifetime: int = 3600,
    ) -> None:
        self.lifetime = lifetime
        self._given = given
        self._clients = clients
        self._clock = clock
        self._issued: dict[str, _Issued] = {}

    def authorise(self, authorization: str, needed: Iterable[str]) -> None:
        """Let a request with this Authorization header pass.

        Raises:
            Refused: 401 without a valid token, 403 if it lacks a scope that is needed.
        """
        scheme, _, token = authorization.partition(" ")
        scopes = self._scopes_of(token.strip()) if scheme.lower() == "bearer" else None
        if scopes is None:
            raise Refused(401, "Unauthenticated.")
        if not scopes.issuperset(needed):
            raise Refused(403, "Invalid scope(s) provided.")

    def is_client(self, client_id: str, secret: str) -> bool:
        """Tell whether these are the credentials of an OAuth2 client."""
        known = self._clients.get(client_id)
        return known is not None and secrets.compare_digest(known.encode(), secret.encode())

    def issue(self, scopes: frozenset[str]) -> str:
        """Return a new token with these scopes."""
        token = secrets.token_urlsafe(32)
        self._issued[token] = _Issued(scopes, self._clock() + timedelta(seconds=self.lifetime))
        return token

    def expire_issued(self) -> None:
        """Let all issued tokens expire now; clients can get new ones."""
        self._issued.clear()

    def _scopes_of(self, token: str) -> frozenset[str] | None:
        if token in self._given:
            return self._given[token]
        issued = self._issued.get(token)
        return issued.scopes if issued and self._clock() < issued.expires_at else None
