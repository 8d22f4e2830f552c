"""It is delivered: a typed client for Kanbert's incoming invoices, usable as a library.

    from ingestd.kanbert import BearerToken, CreateInvoice, F, Kanbert

    with Kanbert("https://api.kanbert.com/api/v1", BearerToken(token)) as kanbert:
        if not kanbert.check_duplicate(md5).known:
            kanbert.create(CreateInvoice(title="Paper"), file=path)
        for invoice in kanbert.iterate(filter=F("status").eq("open"), sort="-created_at"):
            print(invoice.id, invoice.sum_gross)

What can go wrong is in `ingestd.errors`, below `KanbertError`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingestd.lazily import lazily

if TYPE_CHECKING:
    from ingestd.kanbert.address import check_url
    from ingestd.kanbert.auth import Auth, BearerToken, SecretFile, TokenFile
    from ingestd.kanbert.calls import OnAnswer
    from ingestd.kanbert.client import Kanbert
    from ingestd.kanbert.fields import SORTS, sort_order
    from ingestd.kanbert.filters import (
        END_OF_MONTH,
        END_OF_WEEK,
        ME,
        NOW,
        START_OF_MONTH,
        START_OF_WEEK,
        F,
        Filter,
        today,
    )
    from ingestd.kanbert.meeting import Meeting
    from ingestd.kanbert.oauth2 import OAuth2ClientCredentials
    from ingestd.kanbert.received import Booking, Duplicate, DuplicateCheck, Invoice, Page
    from ingestd.kanbert.retry import RetryPolicy
    from ingestd.kanbert.sent import CreateInvoice, UpdateBooking, UpdateInvoice, VatLine
    from ingestd.kanbert.tls import trust
    from ingestd.kanbert.transport import OnSent
    from ingestd.kanbert.world import World
else:
    __getattr__ = lazily(
        __name__,
        {
            "address": "check_url",
            "auth": "Auth BearerToken SecretFile TokenFile",
            "calls": "OnAnswer",
            "client": "Kanbert",
            "fields": "SORTS sort_order",
            "filters": "END_OF_MONTH END_OF_WEEK ME NOW "
            "START_OF_MONTH START_OF_WEEK F Filter today",
            "meeting": "Meeting",
            "oauth2": "OAuth2ClientCredentials",
            "received": "Booking Duplicate DuplicateCheck Invoice Page",
            "retry": "RetryPolicy",
            "sent": "CreateInvoice UpdateBooking UpdateInvoice VatLine",
            "tls": "trust",
            "transport": "OnSent",
            "world": "World",
        },
    )

__all__ = [
    "END_OF_MONTH",
    "END_OF_WEEK",
    "ME",
    "NOW",
    "SORTS",
    "START_OF_MONTH",
    "START_OF_WEEK",
    "Auth",
    "BearerToken",
    "Booking",
    "CreateInvoice",
    "Duplicate",
    "DuplicateCheck",
    "F",
    "Filter",
    "Invoice",
    "Kanbert",
    "Meeting",
    "OAuth2ClientCredentials",
    "OnAnswer",
    "OnSent",
    "Page",
    "RetryPolicy",
    "SecretFile",
    "TokenFile",
    "UpdateBooking",
    "UpdateInvoice",
    "VatLine",
    "World",
    "check_url",
    "sort_order",
    "today",
    "trust",
]
