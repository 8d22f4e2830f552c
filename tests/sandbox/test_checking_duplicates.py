from __future__ import annotations

import hashlib

import pytest

from ingestd.sandbox.upload import LARGEST_FILE
from tests.sandbox.running import PDF, Running, errors_of

_MD5 = hashlib.md5(PDF).hexdigest()


def test_an_unknown_hash_does_not_exist(sandbox: Running) -> None:
    assert sandbox.check({"hash": _MD5}).json() == {
        "hash": _MD5,
        "exists": False,
        "duplicates": [],
    }


@pytest.mark.parametrize("by_file", [False, True])
def test_every_invoice_with_the_same_file_is_named(sandbox: Running, by_file: bool) -> None:
    ids = [sandbox.create(file=PDF).json()["id"] for _ in range(2)]
    sandbox.create(file=PDF + b"other")

    answer = sandbox.check({}, file=PDF) if by_file else sandbox.check({"hash": _MD5})

    assert answer.status_code == 200
    result = answer.json()
    assert (result["hash"], result["exists"]) == (_MD5, True)
    assert [each["id"] for each in result["duplicates"]] == ids


def test_a_duplicate_is_described(sandbox: Running) -> None:
    invoice = sandbox.create(file=PDF).json()

    (duplicate,) = sandbox.check({"hash": _MD5}).json()["duplicates"]

    assert duplicate == {
        "id": invoice["id"],
        "title": invoice["title"],
        "invoice_number": invoice["invoice_number"],
        "supplier": invoice["supplier"],
        "status": "open",
        "booked_at": None,
    }


def test_the_case_of_a_hash_does_not_matter(sandbox: Running) -> None:
    sandbox.create(file=PDF)

    assert sandbox.check({"hash": _MD5.upper()}).json()["exists"] is True


def test_a_deleted_invoice_is_no_duplicate(sandbox: Running) -> None:
    sandbox.store.delete(sandbox.create(file=PDF).json()["id"])

    assert sandbox.check({"hash": _MD5}).json()["exists"] is False


def test_checking_a_file_does_not_store_it(sandbox: Running) -> None:
    sandbox.check({}, file=PDF)

    assert sandbox.store.count() == 0


def test_hash_and_file_together_are_refused(sandbox: Running) -> None:
    errors = errors_of(sandbox.check({"hash": _MD5}, file=PDF))

    assert errors == {"hash": ["The hash field prohibits file from being present."]}


def test_neither_hash_nor_file_is_refused(sandbox: Running) -> None:
    assert set(errors_of(sandbox.check({}))) == {"hash", "file"}


@pytest.mark.parametrize("md5", ["", "0" * 31, "0" * 33])
def test_a_hash_of_another_length_is_refused(sandbox: Running, md5: str) -> None:
    assert list(errors_of(sandbox.check({"hash": md5}))) == ["hash"]


def test_a_file_that_is_no_document_is_refused(sandbox: Running) -> None:
    assert list(errors_of(sandbox.check({}, file=b"hello"))) == ["file"]


def test_a_file_above_the_limit_is_refused(sandbox: Running) -> None:
    assert sandbox.check({}, file=PDF.ljust(LARGEST_FILE + 1)).status_code == 413
