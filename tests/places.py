"""Places for a test's ledger: a file in its folder, or what a server has for it alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from uuid import uuid4

import psycopg

Place = Callable[[], AbstractContextManager[str]]
"""Makes a place that is gone afterwards; what a ledger's `url` is for it."""


@contextmanager
def in_a_file() -> Iterator[str]:
    """Leave it to the ledger to make one."""
    yield ""


@contextmanager
def on_server(url: str) -> Iterator[str]:
    """Make a schema of its own in a PostgreSQL database."""
    schema = f"ingestd_{uuid4().hex}"
    with psycopg.connect(url, autocommit=True) as server:
        server.execute(f"CREATE SCHEMA {schema}".encode())
        try:
            yield f"{url}{'&' if '?' in url else '?'}options=-csearch_path%3D{schema}"
        finally:
            server.execute(f"DROP SCHEMA {schema} CASCADE".encode())
