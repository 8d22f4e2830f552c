"""`POST /oauth/token`: the OAuth2 client credentials grant (RFC 6749, 4.4).

Kanbert's page names OAuth2 and its scopes but neither flow nor URL; this endpoint is the sandbox's.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Final
from urllib.parse import parse_qsl, unquote_plus

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from ingestd.sandbox.auth import ALL_SCOPES, Tokens
from ingestd.sandbox.bodies import read_limited

PATH: Final = "/oauth/token"
OPERATION: Final = "issueToken"
_LARGEST_BODY: Final = 64 * 1024
_NOT_STORED: Final = {"Cache-Control": "no-store"}


async def issue_token(request: Request, tokens: Tokens) -> Response:
    """Answer a token request."""
    body = await read_limited(request, _LARGEST_BODY)
    form = dict(parse_qsl(body.decode("utf-8", "replace")))
    client_id, secret = _credentials(request.headers.get("authorization", ""), form)
    if not tokens.is_client(client_id, secret):
        return _error(401, "invalid_client", {"WWW-Authenticate": "Basic"})
    if form.get("grant_type") != "client_credentials":
        return _error(400, "unsupported_grant_type")
    scopes = frozenset(form.get("scope", "").split()) or ALL_SCOPES
    if not scopes <= ALL_SCOPES:
        return _error(400, "invalid_scope")
    granted = {
        "token_type": "Bearer",
        "expires_in": tokens.lifetime,
        "access_token": tokens.issue(scopes),
        "scope": " ".join(sorted(scopes)),
    }
    return JSONResponse(granted, headers=_NOT_STORED)


def _credentials(authorization: str, form: Mapping[str, str]) -> tuple[str, str]:
    """Return client id and secret, which may come in the Authorization header or in the form."""
    scheme, _, encoded = authorization.partition(" ")
    if scheme.lower() != "basic":
        return form.get("client_id", ""), form.get("client_secret", "")
    try:
        pair = base64.b64decode(encoded, validate=True).decode()
    except ValueError:
        return "", ""
    client_id, _, secret = pair.partition(":")
    return unquote_plus(client_id), unquote_plus(secret)


def _error(status: int, code: str, headers: Mapping[str, str] | None = None) -> Response:
    return JSONResponse({"error": code}, status, headers=_NOT_STORED | dict(headers or {}))
