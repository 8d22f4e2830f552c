from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ingestd.sandbox import ExternalIdTaken, NewBooking, NewInvoice, Store, add_samples
from ingestd.sandbox.store import opaque_id


@pytest.fixture
def store() -> Iterator[Store]:
    with Store() as store:
        yield store


def test_a_file_that_is_no_database_is_not_left_open(tmp_path: Path) -> None:
    file = tmp_path / "letter.pdf"
    file.write_bytes(b"Dear Sir or Madam\n" * 100)

    with pytest.raises(sqlite3.DatabaseError) as raised:
        Store(file)

    ours = Path("/proc/self/fd")
    assert str(file) not in {os.path.realpath(one) for one in ours.iterdir()}
    assert "not a database" in str(raised.value)  # it is kept, and all that it refers to


def test_ids_are_distinct_and_of_one_length() -> None:
    ids = {opaque_id(number, salt=1) for number in range(1, 20_000)}

    assert len(ids) == 19_999
    assert {len(each) for each in ids} == {8}


def test_an_external_id_that_is_taken_is_refused(store: Store) -> None:
    store.add(NewInvoice(external_id="taken"))

    with pytest.raises(ExternalIdTaken):
        store.add(NewInvoice(external_id="taken"))

    following = store.add(NewInvoice())
    assert (store.count(), following.number) == (2, 2)


def test_an_invoice_is_stored_with_its_bookings(store: Store) -> None:
    invoice = store.add(NewInvoice(), [NewBooking(title="a"), NewBooking(title="b")])

    assert [booking.title for booking in store.bookings(invoice.id)] == ["a", "b"]


def test_an_invoice_is_not_stored_without_its_bookings(store: Store) -> None:
    beyond_sqlite = NewBooking(value=2**63)

    with pytest.raises(OverflowError):
        store.add(NewInvoice(), [beyond_sqlite])

    assert store.count() == 0


def test_several_threads_can_write_and_read_at_once(store: Store) -> None:
    def add(number: int) -> int:
        store.add(NewInvoice(external_id=str(number)))
        return len(store.invoices())

    with ThreadPoolExecutor(8) as pool:
        seen = list(pool.map(add, range(200)))

    assert store.count() == 200
    assert max(seen) == 200
    assert [invoice.number for invoice in store.invoices()] == list(range(1, 201))


def test_a_store_is_empty_unless_samples_are_asked_for(store: Store) -> None:
    assert store.count() == 0

    add_samples(store, 12)

    assert store.count() == 12
    assert all(store.bookings(each.id) for each in store.invoices())


def test_samples_are_always_the_same(store: Store) -> None:
    with Store() as other:
        add_samples(store, 3)
        add_samples(other, 3)

        titles = [[each.title for each in filled.invoices()] for filled in (store, other)]

    assert titles[0] == titles[1]
