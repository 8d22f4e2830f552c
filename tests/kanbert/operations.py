"""Every operation of the client, for the tests that hold for all of them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import pytest

from ingestd.kanbert import (
    CreateInvoice,
    Kanbert,
    UpdateBooking,
    UpdateInvoice,
)
from tests.kanbert.doubles import ok

MD5 = hashlib.md5(b"x").hexdigest()
ABSENT = ok({"hash": MD5, "exists": False, "duplicates": []})
REFUSED = ok({"message": "No.", "errors": {"title": ["too long"]}}, 422)


def create(client: Kanbert) -> object:
    return client.create(CreateInvoice(title="Paper"), file=b"%PDF-", filename="a.pdf")


Call = Callable[[Kanbert], object]

READS: dict[str, Call] = {
    "list": lambda k: k.list(),
    "get": lambda k: k.get("a"),
    "check by hash": lambda k: k.check_duplicate(MD5),
    "check by file": lambda k: k.check_duplicate_of_file(b"x"),
}
WRITES: dict[str, Call] = {
    "create": create,
    "update": lambda k: k.update("a", UpdateInvoice(title="x")),
    "update a booking": lambda k: k.update_booking("a", "b", UpdateBooking(title="x")),
    "delete a booking": lambda k: k.delete_booking("a", "b"),
}
EVERY = READS | WRITES

every_call = pytest.mark.parametrize("call", EVERY.values(), ids=list(EVERY))
every_read = pytest.mark.parametrize("call", READS.values(), ids=list(READS))
every_write = pytest.mark.parametrize("call", WRITES.values(), ids=list(WRITES))
