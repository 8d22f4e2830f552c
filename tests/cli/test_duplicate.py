"""`ingestd duplicate`: whether Kanbert knows a file."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

import pytest

from ingestd.sandbox import Fault, NewInvoice, StoredInvoice
from tests.cli.accounts import NOWHERE, settle
from tests.cli.running import ingestd
from tests.workbench import CHECK, INVOICE, LocalKanbert

MD5 = hashlib.md5(INVOICE).hexdigest()
KNOWN, UNKNOWN = ("invoice.pdf",), ("--hash", "0" * 32)


@pytest.fixture
def desk(tmp_path: Path, local_kanbert: LocalKanbert) -> Path:
    """A folder with settings and a file."""
    settle(tmp_path, local_kanbert)
    (tmp_path / "invoice.pdf").write_bytes(INVOICE)
    return tmp_path


@pytest.fixture
def stored(local_kanbert: LocalKanbert) -> StoredInvoice:
    """An invoice with the file."""
    new = NewInvoice(md5=MD5, title="Paper", invoice_number="R-1", supplier_id="sU7pQ2")
    return local_kanbert.store.add(new)


@pytest.mark.parametrize("asked", [KNOWN, ("--hash", MD5), ("--hash", MD5.upper())])
def test_a_known_file_is_0_and_names_its_invoices(
    desk: Path, stored: StoredInvoice, asked: tuple[str, ...]
) -> None:
    told = ingestd("duplicate", *asked, folder=desk)

    headings, row = told.stdout.splitlines()
    assert (told.returncode, told.stderr) == (0, "")
    assert headings.split() == ["ID", "NUMBER", "TITLE", "STATUS", "SUPPLIER"]
    assert row.split() == [stored.id, "R-1", "Paper", "open", "Acme", "GmbH"]


def test_an_unknown_file_is_1_and_nothing_on_standard_output(desk: Path) -> None:
    told = ingestd("duplicate", "invoice.pdf", folder=desk)

    assert (told.returncode, told.stdout) == (1, "")
    assert told.stderr == "Kanbert does not know it.\n"


def test_a_file_of_any_kind_can_be_asked_for(desk: Path) -> None:
    (desk / "letter.txt").write_text("Dear Sir or Madam")

    assert ingestd("duplicate", "letter.txt", folder=desk).returncode == 1


def test_for_scripts_it_is_json(desk: Path, stored: StoredInvoice) -> None:
    known = ingestd("duplicate", "--json", *KNOWN, folder=desk)
    unknown = ingestd("duplicate", "--json", *UNKNOWN, folder=desk)

    found = json.loads(known.stdout)
    assert (known.returncode, found["md5"], found["known"]) == (0, MD5, True)
    assert [one["id"] for one in found["duplicates"]] == [stored.id]
    assert json.loads(unknown.stdout) == {"md5": "0" * 32, "known": False, "duplicates": []}
    assert (unknown.returncode, unknown.stderr) == (1, "")


def test_what_is_known_without_an_invoice_is_known(desk: Path, local_kanbert: LocalKanbert) -> None:
    body = json.dumps({"hash": MD5, "exists": True, "duplicates": []})
    local_kanbert.faults.add(Fault(operation=CHECK, status=200, body=body))

    told = ingestd("duplicate", "invoice.pdf", folder=desk)

    assert told.returncode == 0
    assert told.stderr == "Kanbert knows it, and does not say from which invoice.\n"


@pytest.mark.parametrize(
    ("status", "said"), [(422, "Kanbert did not check"), (500, "check"), (401, "token")]
)
def test_what_could_not_be_found_out_is_neither(
    desk: Path, local_kanbert: LocalKanbert, status: int, said: str
) -> None:
    local_kanbert.faults.add(Fault(operation=CHECK, status=status, times=None))

    told = ingestd("duplicate", "invoice.pdf", folder=desk)

    assert told.returncode == 3
    assert said in told.stderr


def test_a_kanbert_that_is_away_is_3(desk: Path, local_kanbert: LocalKanbert) -> None:
    settle(desk, local_kanbert, base_url=NOWHERE)

    assert ingestd("duplicate", "invoice.pdf", folder=desk).returncode == 3


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "Give either a file or --hash MD5."),
        (["invoice.pdf", "--hash", MD5], "Give either a file or --hash MD5."),
        (["--hash", "123"], '"123" is no MD5 of 32 hex digits.'),
        (["missing.pdf"], "ingestd: missing.pdf: It cannot be read: No such file or directory."),
        (["scans"], "ingestd: scans: It cannot be read: Is a directory."),
        (["pipe"], "ingestd: pipe: This is not a regular file.\n  Name the document itself."),
        ([""], "It is empty; name a file."),
        (["/proc/self/mem"], "/proc/self/mem"),
    ],
)
def test_wrong_usage_is_2_so_that_no_script_takes_it_for_unknown(
    desk: Path, local_kanbert: LocalKanbert, arguments: list[str], said: str
) -> None:
    (desk / "scans").mkdir()
    os.mkfifo(desk / "pipe")  # nobody ever writes into it

    told = ingestd("duplicate", *arguments, folder=desk)

    assert told.returncode == 2
    assert said in told.stderr
    assert local_kanbert.journal.count() == 0
