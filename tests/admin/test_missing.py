"""Which documents are found without their files; more is in `tests/cli/test_missing`."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingestd.admin import missing_in
from ingestd.config import Settings
from ingestd.ledger import KnownInbox, Ledger, Wanted
from ingestd.model import Document, Outcome, State
from tests.ledger.documents import bring, document
from tests.workbench import new_ledger


def settings_of(scans: Path) -> Settings:
    (scans / ".ingestd/work").mkdir(parents=True)
    (scans / ".ingestd/inbox.json").write_text('{"id": "an-id"}')
    return Settings(
        accounts={"main": {"base_url": "https://kanbert.test/api", "token": "x"}},
        inboxes={"scanner": {"path": str(scans)}},
    )


def test_one_that_is_put_away_while_it_is_looked_for_is_not_missing(tmp_path: Path) -> None:
    class Slow(Ledger):
        """A daemon puts a document away after it was searched for."""

        def search(self, wanted: Wanted) -> list[Document]:
            found = super().search(wanted)
            self.plan(one, str(tmp_path / "scans/done/invoice-1.pdf"))
            return found

    ledger = new_ledger(tmp_path / "state")
    one = bring(ledger, document(1), State.UPLOADED, outcome=Outcome.DELIVERED)
    ledger.flush()
    slow = Slow.__new__(Slow)
    slow.__dict__.update(ledger.__dict__)

    found, troubles = missing_in(slow, settings_of(tmp_path / "scans"), Wanted())

    assert (found, troubles) == ([], [])
    ledger.close()


@pytest.mark.parametrize("there", [True, False])
def test_one_of_an_inbox_that_left_is_looked_for_where_that_was(
    tmp_path: Path, *, there: bool
) -> None:
    ledger, was = new_ledger(tmp_path / "state"), tmp_path / "mailbox"
    ledger.remember_inbox("mailbox", KnownInbox(str(was), "an-id", "", "", ""))
    ledger.add(document(1, inbox="mailbox"))
    file = was / ".ingestd/work/id-1/invoice-1.pdf"
    if there:
        file.parent.mkdir(parents=True)
        file.write_bytes(b"")

    found, troubles = missing_in(ledger, settings_of(tmp_path / "scans"), Wanted())

    assert (len(found), troubles) == (0 if there else 1, [])
    ledger.close()


def test_one_in_the_folder_that_its_inbox_had_before_is_not_missing(tmp_path: Path) -> None:
    ledger, before = new_ledger(tmp_path / "state"), tmp_path / "before"
    ledger.remember_inbox("scanner", KnownInbox(str(before), "its-id", "", "", ""))
    ledger.add(document(1))
    file = before / ".ingestd/work/id-1/invoice-1.pdf"
    file.parent.mkdir(parents=True)
    file.write_bytes(b"")
    (before / ".ingestd/inbox.json").write_text('{"id": "its-id"}')

    found, troubles = missing_in(ledger, settings_of(tmp_path / "scans"), Wanted())

    assert (found, troubles) == ([], [])
    ledger.close()


def test_none_is_missing_where_the_share_of_another_inbox_is_mounted(tmp_path: Path) -> None:
    ledger, scans = new_ledger(tmp_path / "state"), tmp_path / "scans"
    ledger.remember_inbox("scanner", KnownInbox(str(scans), "another-id", "", "", ""))
    ledger.add(document(1))

    found, troubles = missing_in(ledger, settings_of(scans), Wanted())

    assert (found, len(troubles)) == ([], 1)
    ledger.close()


def test_none_of_an_inbox_that_left_is_missing_while_its_share_is_away(tmp_path: Path) -> None:
    ledger, mount_point = new_ledger(tmp_path / "state"), tmp_path / "mailbox"
    mount_point.mkdir()
    known = KnownInbox(str(mount_point), "its-id", "nfs4", "nas:/mailbox", "/")
    ledger.remember_inbox("mailbox", known)
    ledger.add(document(1, inbox="mailbox"))

    found, troubles = missing_in(ledger, settings_of(tmp_path / "scans"), Wanted())

    assert (found, len(troubles)) == ([], 1)
    ledger.close()


def test_an_inbox_that_cannot_be_looked_into_is_named_once(tmp_path: Path) -> None:
    ledger, settings = new_ledger(tmp_path / "state"), settings_of(tmp_path / "scans")
    (tmp_path / "scans/.ingestd/inbox.json").unlink()
    for number in range(3):
        ledger.add(document(number))

    found, troubles = missing_in(ledger, settings, Wanted())

    assert (found, len(troubles)) == ([], 1)
    ledger.close()


def test_no_more_are_shown_than_are_asked_for(tmp_path: Path) -> None:
    ledger = new_ledger(tmp_path / "state")
    for number in range(3):
        ledger.add(document(number))

    found, _ = missing_in(ledger, settings_of(tmp_path / "scans"), Wanted(limit=2))

    assert len(found) == 2
    ledger.close()
