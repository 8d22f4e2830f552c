"""A sandbox that runs, with all its parts at hand."""

from __future__ import annotations

import socket
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from ingestd.sandbox import ALL_SCOPES, Faults, Journal, Sandbox, Server, Store, create_app

PDF = b"%PDF-1.4\n% an invoice\n%%EOF\n"
TOKEN = "test-token"
SECRET = "test secret/+"
_UNUSED_TLS = False  # all is plain HTTP; loading the certificates would take half of a test's time


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = datetime(2024, 3, 13, 10, 30, tzinfo=UTC)  # a Wednesday

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **by: float) -> None:
        self.now += timedelta(**by)


@dataclass(frozen=True)
class Running:
    store: Store
    clock: Clock
    faults: Faults
    journal: Journal
    tokens: dict[str, frozenset[str]]
    app: Sandbox
    server: Server
    client: httpx.Client

    def create(
        self,
        fields: Mapping[str, str] | None = None,
        *,
        file: bytes | None = None,
        filename: str = "invoice.pdf",
    ) -> httpx.Response:
        return self.post_form("/incoming-invoices", fields or {}, file=file, filename=filename)

    def check(self, fields: Mapping[str, str], *, file: bytes | None = None) -> httpx.Response:
        return self.post_form("/incoming-invoices/check-duplicate", fields, file=file)

    def post_form(
        self,
        path: str,
        fields: Mapping[str, str],
        *,
        file: bytes | None = None,
        filename: str = "invoice.pdf",
    ) -> httpx.Response:
        parts: list[tuple[str, Any]] = [(name, (None, value)) for name, value in fields.items()]
        if file is not None:
            parts.append(("file", (filename, file, "application/pdf")))
        # A multipart body needs a part; an unknown field is ignored.
        return self.client.post(path, files=parts or [("unknown", (None, "x"))])

    def get(self, invoice_id: str) -> httpx.Response:
        return self.client.get(f"/incoming-invoices/{invoice_id}")

    def patch(self, invoice_id: str, fields: Mapping[str, object]) -> httpx.Response:
        return self.client.patch(f"/incoming-invoices/{invoice_id}", json=fields)

    def listed(self, **query: str) -> httpx.Response:
        return self.client.get("/incoming-invoices", params=query)

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.server.port), timeout=10)

    def client_with(self, token: str | None) -> httpx.Client:
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        return httpx.Client(base_url=self.server.base_url, headers=headers, verify=_UNUSED_TLS)


@contextmanager
def run_sandbox(*, control: bool = False) -> Iterator[Running]:
    clock, faults, journal = Clock(), Faults(), Journal()
    tokens = {TOKEN: ALL_SCOPES}
    headers = {"Authorization": f"Bearer {TOKEN}"}
    with ExitStack() as opened:
        store = opened.enter_context(Store(clock=clock))
        app = create_app(
            store,
            tokens=tokens,
            oauth_clients={"client": SECRET},
            faults=faults,
            journal=journal,
            control=control,
        )
        server = opened.enter_context(Server(app))
        client = opened.enter_context(
            httpx.Client(base_url=server.base_url, headers=headers, verify=_UNUSED_TLS)
        )
        yield Running(store, clock, faults, journal, tokens, app, server, client)


def errors_of(answer: httpx.Response) -> dict[str, list[str]]:
    """Return the field errors of a 422."""
    assert answer.status_code == 422, answer.text
    errors: dict[str, list[str]] = answer.json()["errors"]
    return errors
