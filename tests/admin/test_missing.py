"""Which documents are found without their files; more is in `tests/cli/test_missing`."""

from __future__ import annotations

from pathlib import Path

from ingestd.admin import missing_in
from ingestd.config import Settings
from ingestd.ledger import Ledger, Wanted
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
    ledger.settle()
    slow = Slow.__new__(Slow)
    slow.__dict__.update(ledger.__dict__)

    found, troubles = missing_in(slow, settings_of(tmp_path / "scans"), Wanted())

    assert (found, troubles) == ([], [])
    ledger.close()


def test_no_more_are_shown_than_are_asked_for(tmp_path: Path) -> None:
    ledger = new_ledger(tmp_path / "state")
    for number in range(3):
        ledger.add(document(number))

    found, _ = missing_in(ledger, settings_of(tmp_path / "scans"), Wanted(limit=2))

    assert len(found) == 2
    ledger.close()
