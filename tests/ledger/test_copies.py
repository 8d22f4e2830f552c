"""Documents of which smaller copies were sent."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ingestd.ledger import Ledger
from ingestd.model import Outcome, State
from tests.ledger.documents import bring, document
from tests.workbench import new_ledger

COPY: dict[str, Any] = {"sent_size": 3, "sent_md5": "copied", "sent_sha256": "COPIED"}
SHRUNK: dict[str, Any] = {"md5": "large", "sha256": "LARGE", **COPY}


@pytest.fixture
def ledger(tmp_path: Path, ledger_url: str) -> Iterator[Ledger]:
    ledger = new_ledger(tmp_path, ledger_url)
    yield ledger
    ledger.close()


def delivered(ledger: Ledger, number: int = 1, account: str = "main", **facts: Any) -> None:
    facts = {"outcome": Outcome.DELIVERED, **facts}
    bring(ledger, document(number, account=account), State.UPLOADED, **facts)


@pytest.mark.parametrize(
    ("mine", "found"),
    [
        ({"md5": "copied", "sha256": "COPIED"}, {("COPIED", Outcome.DELIVERED)}),
        (SHRUNK, {("COPIED", Outcome.DELIVERED)}),
        ({"md5": "other", "sha256": "OTHER", **COPY}, {("COPIED", Outcome.DELIVERED)}),
        ({"md5": "large", "sha256": "LARGE"}, set()),  # Kanbert has nothing with this MD5
        ({**SHRUNK, "sent_md5": "otherwise", "sent_sha256": "OTHERWISE"}, set()),
    ],
    ids=["the copy itself", "the same", "one with the same copy", "not copied", "copied otherwise"],
)
def test_what_has_an_md5_at_kanbert_is_the_copy(
    ledger: Ledger, mine: dict[str, Any], found: set[tuple[str, Outcome | None]]
) -> None:
    delivered(ledger, **SHRUNK)

    assert ledger.contents_with_its_md5(document(2, **mine)) == found


def test_what_was_sent_as_it_is_has_its_own(ledger: Ledger) -> None:
    delivered(ledger, md5="copied", sha256="COPIED")

    assert ledger.contents_with_its_md5(document(2, **SHRUNK)) == {("COPIED", Outcome.DELIVERED)}


@pytest.mark.parametrize("outcome", [Outcome.DELIVERED, Outcome.DUPLICATE])
def test_the_copy_that_kanbert_has_of_a_content_is_known(ledger: Ledger, outcome: Outcome) -> None:
    delivered(ledger, **{**SHRUNK, "outcome": outcome})

    assert ledger.copy_of("main", "LARGE") == COPY


def test_of_several_copies_the_last_one_counts(ledger: Ledger) -> None:
    earlier = {**SHRUNK, "sent_md5": "before"}
    delivered(ledger, **earlier)
    delivered(ledger, 2, **SHRUNK)

    assert ledger.copy_of("main", "LARGE") == COPY


@pytest.mark.parametrize(
    "other",
    [
        {"account": "other"},
        {"sha256": "ANOTHER"},
        {"outcome": None},
        {"outcome": Outcome.FAILED},
        {"sent_size": None, "sent_md5": "", "sent_sha256": ""},
    ],
    ids=["another account's", "another content", "not sent yet", "failed", "sent as it is"],
)
def test_no_other_copy_is_taken_for_one(ledger: Ledger, other: dict[str, Any]) -> None:
    delivered(ledger, **{**SHRUNK, **other})

    assert ledger.copy_of("main", "LARGE") == {}
