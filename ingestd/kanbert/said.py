"""What Kanbert said about an error: message, field errors, request id and how long to wait.

All of it is assumed (Laravel's habits: `{"message": …, "errors": {field: [text, …]}}`), so any of
it may be missing or of another shape; and all of it ends up in logs and in files beside people's
documents, so it is cut short and freed of control characters.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from ingestd.errors import Answer
from ingestd.kanbert.reply import Reply

LONGEST_WAIT = 15 * 60.0
"""Seconds. A server asking for more is asked again after this."""

_REQUEST_IDS = ("x-request-id", "request-id", "x-correlation-id", "x-amzn-trace-id", "cf-ray")
_UNPRINTABLE = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]+"
)
_MAX_TEXT = 500
_MAX_FIELDS = 50


def answer_of(reply: Reply, *, now: datetime) -> Answer:
    """Gather what an answer says beside its status."""
    body = _object(reply)
    return Answer(
        status=reply.status,
        message=clean(body.get("message") or body.get("error_description") or body.get("error")),
        fields=_field_errors(body.get("errors")),
        request_id=next((clean(reply.headers[n]) for n in _REQUEST_IDS if n in reply.headers), ""),
        retry_after=retry_after(reply.headers, now=now),
    )


def _object(reply: Reply) -> Mapping[str, Any]:
    if not reply.is_error or reply.is_page:
        return {}
    try:
        body = reply.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def sentence(text: str) -> str:
    """End a text, which a server's or a system's words often leave open."""
    return text if text.endswith((".", "!", "?", "…")) else f"{text}."


def clean(said: object) -> str:
    """Make a server's text fit for a log line: one line, printable, 500 characters at most."""
    if not isinstance(said, str):
        return ""
    text = _UNPRINTABLE.sub(" ", said).strip()
    return text if len(text) <= _MAX_TEXT else text[: _MAX_TEXT - 1] + "…"


def _field_errors(errors: object) -> Mapping[str, Sequence[str]]:
    if not isinstance(errors, dict):
        return {}
    return {
        clean(name): tuple(
            clean(one) for one in (said if isinstance(said, list) else [said])[:_MAX_FIELDS]
        )
        for name, said in list(errors.items())[:_MAX_FIELDS]
    }


def retry_after(headers: Mapping[str, str], *, now: datetime) -> float | None:
    """Read Retry-After: seconds from now, 0 to 15 minutes; None where it is missing or unreadable.

    It may be a number of seconds or an HTTP date (RFC 9110 §10.2.3). A date is held against the
    answer's own Date header where there is one, so that a wrong clock here does no harm.
    """
    asked = headers.get("retry-after", "").strip()
    seconds = _seconds(asked)
    if seconds is None and (until := http_date(asked)):
        seconds = (until - (http_date(headers.get("date", "")) or now)).total_seconds()
    return None if seconds is None else min(max(seconds, 0.0), LONGEST_WAIT)


def _seconds(asked: str) -> float | None:
    try:
        seconds = float(asked)
    except ValueError:
        return None
    return seconds if math.isfinite(seconds) else None


def http_date(text: str) -> datetime | None:
    """Read a date as HTTP writes it, aware; None for what is none."""
    try:
        when = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return when if when.tzinfo is not None else when.replace(tzinfo=UTC)
