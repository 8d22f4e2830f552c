"""Opening the ledger to read in it, which changes nothing."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from ingestd.errors import LedgerUnusable
from ingestd.ledger import open_ledger, open_to_read
from ingestd.model import Outcome, State
from tests.daemon.carrying import until
from tests.hardship import bound_by_rights, read_only
from tests.ledger.conftest import never
from tests.ledger.documents import Ticking, bring, document
from tests.workbench import new_ledger


def test_there_may_be_none_yet_and_none_is_begun(tmp_path: Path, ledger_url: str) -> None:
    assert open_to_read(tmp_path, ledger_url) is None
    assert open_to_read(tmp_path, ledger_url) is None
    assert list(tmp_path.iterdir()) == []


def test_what_another_process_wrote_is_read_while_it_goes_on_writing(
    tmp_path: Path, ledger_url: str
) -> None:
    written = open_ledger(tmp_path, ledger_url, now=Ticking(), set_aside=never, flush_within=0.0)
    written.add(document(1))
    read = open_to_read(tmp_path, ledger_url)
    assert read is not None

    written.add(document(2))

    until(lambda: len(read.under_way("scanner")) == 2)
    read.close()
    written.close()


def test_one_that_is_no_ledger_is_said_and_left_alone(tmp_path: Path) -> None:
    other = sqlite3.connect(tmp_path / "ledger.sqlite3")
    other.execute("CREATE TABLE stamps (id)")
    other.close()
    before = (tmp_path / "ledger.sqlite3").read_bytes()

    with pytest.raises(LedgerUnusable, match="cannot be read"):
        open_to_read(tmp_path, "")

    assert (tmp_path / "ledger.sqlite3").read_bytes() == before


def test_one_that_may_not_be_looked_at_is_said_with_who_may(tmp_path: Path) -> None:
    new_ledger(tmp_path).close()
    tmp_path.chmod(0)

    with pytest.raises(LedgerUnusable) as told:
        bound_by_rights(lambda: open_to_read(tmp_path, ""))

    tmp_path.chmod(0o700)
    path = tmp_path / "ledger.sqlite3"
    assert str(told.value) == f"The ledger {path} cannot be looked at: Permission denied."
    assert told.value.hint.startswith("Run this as the user that ingestd runs as")


def test_one_that_may_only_be_read_is_said_with_who_may_do_more(tmp_path: Path) -> None:
    new_ledger(tmp_path).close()
    path = tmp_path / "ledger.sqlite3"
    path.chmod(0o400)

    with read_only(tmp_path), pytest.raises(LedgerUnusable) as told:
        bound_by_rights(lambda: open_to_read(tmp_path, ""))

    why = "it and its folder have to be writable, to read it too"
    assert str(told.value) == f"The ledger {path} cannot be opened: {why}."
    assert told.value.hint.startswith("Run this as the user that ingestd runs as")


def test_a_file_in_the_folder_s_place_is_no_ledger_that_was_not_begun_yet(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("no folder")

    with pytest.raises(LedgerUnusable, match=r"state is no folder\.") as told:
        open_to_read(tmp_path / "state", "")

    assert told.value.hint == "Correct state_dir."


def test_a_server_s_database_without_tables_is_one_that_was_not_begun_yet(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'server'}"

    assert open_to_read(tmp_path, url) is None


def test_the_documents_are_counted(tmp_path: Path, ledger_url: str) -> None:
    ledger = new_ledger(tmp_path, ledger_url)
    before = ledger.number()

    ledger.add(document(1))
    ledger.add(document(2))

    assert (before, ledger.number()) == (0, 2)
    ledger.close()


def test_the_last_success_of_an_inbox_is_what_kanbert_had_last(
    tmp_path: Path, ledger_url: str
) -> None:
    ledger = open_ledger(tmp_path, ledger_url, now=Ticking(), set_aside=lambda *_: None)
    bring(ledger, document(1), State.FILED, outcome=Outcome.DELIVERED)
    bring(ledger, document(2), State.FILED, outcome=Outcome.DUPLICATE)
    bring(ledger, document(3), State.FILED, outcome=Outcome.FAILED)
    bring(ledger, document(4, inbox="mail"), State.UPLOADING)

    last = ledger.document("id-2")
    assert last is not None
    assert ledger.last_successes() == {"scanner": last.updated_at}
    ledger.close()
