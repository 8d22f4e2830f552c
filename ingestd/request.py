"""What Kanbert is asked to create for a document: all that is known of it, laid together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from pydantic import ValidationError

from ingestd.describe import Known, Rules, Unread, describe, together
from ingestd.errors import Refused
from ingestd.intake import Content
from ingestd.kanbert import CreateInvoice
from ingestd.model import Document
from ingestd.observe import Log

_NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Request:
    """What is sent, and whose word that is."""

    create: CreateInvoice
    of_settings: frozenset[str]
    """The fields that are sent as the inbox's own `fields` have them."""


def request_for(
    document: Document,
    content: Content,
    rules: Rules,
    external_origin: str,
    log: Log,
    *,
    einvoices: Mapping[str, bytes] = _NOTHING,
    said: Mapping[str, Any] = _NOTHING,
) -> Request:
    """Put together what is known of a document.

    What a source says and is of no use is told before the first attempt.

    :param external_origin: unless a source has another; empty: Kanbert says it itself.
    :param einvoices: those that lie beside it, by their names.
    :param said: what its sidecar says, which is known to be fit.
    :raises OSError: if its name cannot be searched now.
    """
    found = describe(document.name, rules)
    if rules.einvoices:
        found.append(rules.einvoices.inside(content.data, content.media_type))
        found += [rules.einvoices.beside(name, einvoices[name]) for name in einvoices]
    sources = [*map(_fitting, found), Known("sidecar", said)]
    if not document.attempts:
        _tell(sources, log)
    origin = {"external_origin": external_origin} if external_origin else {}
    fields: dict[str, Any] = origin | together(sources)
    settled = together([rules.settled])
    return Request(
        CreateInvoice(**fields | {"external_id": document.external_id}),
        frozenset(name for name, value in settled.items() if fields[name] == value),
    )


def what_to_correct(refusal: Refused) -> str:
    """What a person can do about the fields that Kanbert refuses; empty where it names none."""
    named = sorted({field.split(".")[0] for field in refusal.answer.fields})
    if not named:
        return ""
    return (
        f"Correct {' and '.join(named)} where that comes from (its sidecar, its name, or the "
        "inbox's settings), then run ingestd retry, or drop both into the inbox again."
    )


def _fitting(known: Known) -> Known:
    """A source without what Kanbert would refuse: one odd value must not keep a document back."""
    try:
        CreateInvoice.model_validate(known.fields)
    except ValidationError as error:
        why = {str(one["loc"][0]): one["msg"] for one in error.errors()}
        unread = tuple(Unread(name, str(known.fields[name]), why[name]) for name in why)
        fields = {name: value for name, value in known.fields.items() if name not in why}
        return replace(known, fields=fields, unread=known.unread + unread)
    return known


def _tell(sources: list[Known], log: Log) -> None:
    for known in sources:
        say = log.warning if known.exact else log.info
        for one in known.unread:
            about = {key: text for key, text in (("field", one.field), ("text", one.text)) if text}
            say("document.undescribed", source=known.source, **about, reason=one.why)
