"""A first meeting with Kanbert: how long it takes to answer, what time it has, what we may do."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus

from ingestd.errors import KanbertError, NotFound, Refused
from ingestd.kanbert.meaning import names_a_right
from ingestd.kanbert.said import http_date

NO_INVOICE = str(uuid.UUID(int=0))
"""An id that no invoice has: where ids are UUIDs, none is made like this (RFC 9562 §5.9)."""


@dataclass(frozen=True, slots=True)
class Meeting:
    """What a first answer tells beside that the account is accepted."""

    took: float
    """Seconds until it was here, with the connection, and with a token that had to be fetched."""
    ahead: float | None
    """Seconds that Kanbert's clock is ahead of this machine's, give or take one; None where the
    answer does not tell the time."""


def meeting(date: str, *, ended: datetime, took: float) -> Meeting:
    """Hold an answer's Date header against our clock when the answer was half-way."""
    theirs = http_date(date)
    half_way = ended - timedelta(seconds=took / 2)
    return Meeting(took, (theirs - half_way).total_seconds() if theirs else None)


def may_write_after(error: KanbertError | None) -> bool | None:
    """Decide what the answer to a change of nothing to no invoice says of the token's scopes.

    None: nothing. A 403 that names no scope may be meant for the invoice, or for the user. One
    that finds no such invoice, or something to say of the change, has let the token pass; unless a
    server looks for the invoice before it looks at the scope, which the page does not say.
    """
    match error:
        case None | NotFound() | Refused():
            return True
        case KanbertError() if error.answer.status == HTTPStatus.FORBIDDEN:
            return False if names_a_right(error.answer.message.encode()) else None
        case _:
            return None
