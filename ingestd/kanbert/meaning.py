"""What an answer of Kanbert's means, or the lack of one: pure decisions, no effects.

The rows are those of the table "what an answer means" in the design, as exceptions. Bodies and
most statuses of Kanbert's errors are assumptions (Laravel's habits), so nothing here depends on
a body where a status suffices.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from http import HTTPStatus

from ingestd.errors import (
    AccountTrouble,
    Answer,
    ExternalIdTaken,
    KanbertError,
    NotFound,
    OutcomeUnknown,
    Refused,
    Unavailable,
)
from ingestd.kanbert.reply import Reply
from ingestd.kanbert.said import answer_of, clean, sentence

_ACCOUNT_HINT: Mapping[int, str] = {
    HTTPStatus.UNAUTHORIZED: "Check the token: it is missing, expired or not for this address.",
    HTTPStatus.FORBIDDEN: "Give the token the scopes incoming-invoice:read and :write.",
    HTTPStatus.PROXY_AUTHENTICATION_REQUIRED: "Check proxy: it asks for other credentials.",
}
_REDIRECT_HINT = "Check base_url: write the address that is redirected to, if you trust it."
_PAGE_HINT = "Check base_url, and whether a proxy or a login page answers in Kanbert's place."
_TAKEN_HINT = (
    "Look for it in Kanbert; if its invoice was deleted there, enter the document there by hand."
)
TLS_HINT = (
    "Check the server's certificate, base_url and this machine's clock; set ca_bundle if the "
    "certificate comes from an authority of your own."
)

_LATER = frozenset(
    {
        HTTPStatus.REQUEST_TIMEOUT,
        HTTPStatus.TOO_EARLY,
        HTTPStatus.TOO_MANY_REQUESTS,
        HTTPStatus.SERVICE_UNAVAILABLE,
    }
)
_GONE = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.GONE})
_A_RIGHT_OF_THE_TOKEN = re.compile(rb"scope|abilit", re.IGNORECASE)
"""In what is said of a token that lacks one (Laravel's Passport calls it a scope, Sanctum an
ability), and not of an invoice that is somebody else's."""
_REFUSED = frozenset(
    {
        HTTPStatus.BAD_REQUEST,
        HTTPStatus.CONFLICT,
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        HTTPStatus.REQUEST_URI_TOO_LONG,
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        HTTPStatus.UNPROCESSABLE_ENTITY,
        HTTPStatus.LOCKED,
    }
)


class Operation(Enum):
    """The operations of the API: what each does, whether it changes anything, about what.

    What changes nothing can be repeated whatever became of it.
    """

    LIST = ("list the invoices", False, False)
    CREATE = ("create the invoice", True, False)
    GET = ("show the invoice", False, True)
    UPDATE = ("update the invoice", True, True)
    CHECK = ("check for duplicates", False, False)
    UPDATE_BOOKING = ("update the booking", True, True)
    DELETE_BOOKING = ("delete the booking", True, True)

    def __init__(self, what: str, changes: bool, about_one: bool) -> None:
        self.what = what
        self.changes = changes
        self.about_one = about_one


@dataclass(frozen=True, slots=True)
class Failure:
    """A request without an answer: why, and whether any of it may have been carried out."""

    why: str
    """For people, such as "no connection: Connection refused"."""
    reached: bool
    """False only when Kanbert certainly had nothing it could act on."""

    @property
    def untrusted(self) -> bool:
        """Whether the server's certificate was not accepted: expired, unknown, another's."""
        return not self.reached and "CERTIFICATE_VERIFY_FAILED" in self.why


def meaning_of(operation: Operation, reply: Reply, *, now: datetime) -> KanbertError | None:
    """Say which error an answer is, None where it reports success.

    `now` (aware) serves to read a Retry-After that names a date.
    """
    if reply.is_success and kind_of(operation, reply) is None:
        return None  # what else it says is only of use with an error
    answer = answer_of(reply, now=now)
    kind = kind_of(operation, reply, fields=frozenset(answer.fields))
    if kind is None:
        return None
    said = sentence(f"Kanbert did not {operation.what}: {_in_words(reply, answer)}")
    return kind(said, hint=_hint(kind, reply), answer=answer)


def _in_words(reply: Reply, answer: Answer) -> str:
    """What was said: the message, and the field errors that it does not quote itself."""
    said = answer.message or (f"a web page (status {reply.status})" if reply.is_page else "")
    more = [
        f"{name}: {' '.join(texts)}"
        for name, texts in answer.fields.items()
        if not all(text in said for text in texts)
    ]
    return clean("; ".join(filter(None, [said, *more]))) or f"status {reply.status}"


def kind_of(
    operation: Operation, reply: Reply, *, fields: frozenset[str] = frozenset()
) -> type[KanbertError] | None:
    """Decide what an answer is; `fields` names the request fields that it complains about."""
    status = reply.status
    if status in _LATER:
        return Unavailable
    match status // 100:
        case 2:
            # A page in a read's place is a wrong address. After a write it proves nothing.
            return AccountTrouble if reply.is_page and not operation.changes else None
        case 4:
            return _of_4xx(operation, reply, fields)
        case 3:
            return AccountTrouble
    # 511 is a hotel's or an airport's own login page; any other may have come after the deed
    network_login = status == HTTPStatus.NETWORK_AUTHENTICATION_REQUIRED
    return AccountTrouble if network_login else OutcomeUnknown


def _of_4xx(operation: Operation, reply: Reply, fields: frozenset[str]) -> type[KanbertError]:
    """Decide what a refusal is; what is not known blames the account, so that no file moves."""
    status = reply.status
    if status in _GONE and operation.about_one and _is_json_object(reply):
        return NotFound
    if status == HTTPStatus.FORBIDDEN and operation is Operation.GET and _is_about_one(reply):
        return NotFound
    # 413 is often a front proxy's, and then a page; other refusals as a page are not the API's
    page_allowed = status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    if status not in _REFUSED or (reply.is_page and not page_allowed):
        return AccountTrouble
    if operation is Operation.CREATE:
        taken = status == HTTPStatus.CONFLICT or "external_id" in fields
        return ExternalIdTaken if taken else Refused
    return Refused


def _is_about_one(reply: Reply) -> bool:
    """Whether a 403 is about the invoice that was asked for: it is not ours to see.

    Assumed to be the answer to a token without a scope, or a user without the right. Which of the
    two is told by the words: the scope is that of check-duplicate, which named the invoice before.
    """
    of_the_token = names_a_right(reply.body + reply.headers.get("www-authenticate", "").encode())
    return _is_json_object(reply) and not of_the_token


def names_a_right(said: bytes) -> bool:
    """Whether a refusal is about a right that the token lacks."""
    return _A_RIGHT_OF_THE_TOKEN.search(said) is not None


def _is_json_object(reply: Reply) -> bool:
    try:
        return isinstance(reply.json(), dict)
    except ValueError:
        return False


def _hint(kind: type[KanbertError], reply: Reply) -> str:
    if kind is ExternalIdTaken:
        return _TAKEN_HINT
    if not issubclass(kind, AccountTrouble):
        return ""
    if reply.is_redirect:
        return _REDIRECT_HINT
    return _ACCOUNT_HINT.get(reply.status, _PAGE_HINT)


def meaning_of_failure(operation: Operation, failure: Failure) -> KanbertError:
    """Say which error a request without an answer is."""
    if failure.reached:
        return OutcomeUnknown(
            sentence(f"It is not known whether Kanbert did {operation.what}: {failure.why}")
        )
    said = sentence(f"Kanbert could not be asked to {operation.what}: {failure.why}")
    if failure.untrusted:  # which no waiting mends
        return AccountTrouble(said, hint=TLS_HINT)
    return Unavailable(said)


def unreadable(operation: Operation, reply: Reply, why: str) -> OutcomeUnknown:
    """Make the error for a success whose body does not say what it must.

    It has a hint where a page says that somebody else answered: that does not pass by itself.
    """
    return OutcomeUnknown(
        f"It is not known whether Kanbert did {operation.what}: its answer cannot be read ({why}).",
        hint=_PAGE_HINT if reply.is_page else "",
        answer=Answer(status=reply.status),
    )
