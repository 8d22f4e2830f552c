from __future__ import annotations

import threading
from pathlib import Path

from ingestd.daemon.recalling import Recalling
from ingestd.ledger import Ledger
from ingestd.model import Outcome, State
from ingestd.observe import Counts
from tests.daemon.carrying import until
from tests.ledger.documents import bring, document
from tests.workbench import new_ledger


def remembering(folder: Path) -> Ledger:
    ledger = new_ledger(folder)
    bring(ledger, document(1), State.FILED, outcome=Outcome.DELIVERED)
    return ledger


def test_the_last_success_before_the_start_is_known_after_the_first_turn(tmp_path: Path) -> None:
    ledger, counts = remembering(tmp_path), Counts(lambda: 0.0)
    recalling = Recalling(counts, ledger)

    recalling.turn()
    recalling.turn()

    delivered = ledger.document("id-1")
    assert delivered is not None
    until(lambda: counts.now().last_success == {"scanner": delivered.updated_at.timestamp()})
    ledger.close()


def test_a_ledger_that_cannot_be_read_is_left_to_those_who_need_it(tmp_path: Path) -> None:
    ledger, counts = remembering(tmp_path), Counts(lambda: 0.0)
    (tmp_path / "ledger.sqlite3").unlink()

    Recalling(counts, ledger).turn()

    until(lambda: "recalling" not in {thread.name for thread in threading.enumerate()})
    assert counts.now().last_success == {}
    ledger.close()
