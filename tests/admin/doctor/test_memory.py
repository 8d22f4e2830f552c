from __future__ import annotations

from pathlib import Path

import pytest

from ingestd.admin.doctor.memory import Memory, look_into, of_memory
from ingestd.daemon.folders import recalled
from ingestd.intake import Remembered
from ingestd.ledger import KnownInbox, open_to_read
from tests.ledger.documents import document
from tests.workbench import new_ledger

SCANS = Path("/srv/scans")


def look(folder: Path) -> Memory:
    folders = {"scanner": SCANS, "mail": Path("/srv/mail")}
    return look_into(lambda: open_to_read(folder, ""), folders, recalled)


def test_a_ledger_that_was_not_begun_remembers_nothing(tmp_path: Path) -> None:
    assert look(tmp_path) == Memory()
    assert list(tmp_path.iterdir()) == []


def test_documents_are_counted_and_folders_recalled(tmp_path: Path) -> None:
    ledger = new_ledger(tmp_path)
    ledger.add(document(1))
    ledger.remember_inbox("scanner", KnownInbox(str(SCANS), "id", "cifs", "//nas", "/"))
    ledger.remember_inbox("mail", KnownInbox("/elsewhere", "id", "cifs", "//nas", "/"))
    ledger.close()

    found = look(tmp_path)

    assert found.documents == 1
    assert found.folders == {"scanner": Remembered("id", "cifs", "//nas", "/"), "mail": None}


@pytest.mark.parametrize(
    ("memory", "said"),
    [
        (Memory(), "None was begun yet; the first start does."),
        (Memory(12345), "It can be read and remembers 12,345 documents."),
        (Memory(1), "It can be read and remembers 1 document."),
    ],
)
def test_what_the_ledger_holds_is_said(memory: Memory, said: str) -> None:
    assert of_memory(memory).what == said
