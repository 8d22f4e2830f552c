"""Who is told more than whether it runs."""

from __future__ import annotations

import hmac
from collections.abc import Callable


class Guard:
    """Lets pass who has the token, or everybody where none is needed."""

    def __init__(self, token: Callable[[], str] | None) -> None:
        """Make a guard.

        :param token: what it is now, empty where it cannot be read: then nobody passes. None:
            none is needed.
        """
        self._token = token

    def admits(self, authorization: str) -> bool:
        """Decide by a request's header `Authorization`, empty where it has none.

        As long whatever is wrong with it: the time tells nothing of the token.
        """
        if self._token is None:
            return True
        scheme, _, given = authorization.partition(" ")
        token = self._token()
        same = hmac.compare_digest(given.strip().encode(), token.encode())
        return same and token != "" and scheme.lower() == "bearer"
