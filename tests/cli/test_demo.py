"""What `ingestd demo` says at its end; how it works is in the acceptance tests."""

from __future__ import annotations

from pathlib import Path

import click
import pytest

from ingestd.cli.demo import leave, tell
from ingestd.cli.main import Exit
from ingestd.cli.samples import Sample
from ingestd.daemon import Ending
from ingestd.model import Outcome
from ingestd.sandbox import Store
from tests.ledger.documents import document


@pytest.mark.parametrize(
    ("ending", "missing", "keep", "code"),
    [
        (Ending.DONE, 0, False, Exit.FINE),
        (Ending.ASKED, 0, False, Exit.FINE),
        (Ending.ASKED, 6, True, Exit.FINE),
        (Ending.BROKEN, 6, False, Exit.NEEDS_A_PERSON),
        (Ending.UNREACHABLE, 6, True, Exit.NEEDS_A_PERSON),
    ],
)
def test_its_exit_code_says_whether_it_did_what_was_asked(
    ending: Ending, missing: int, code: Exit, *, keep: bool
) -> None:
    assert leave(ending, missing, keep=keep) == code


def test_cut_short_it_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(click.Abort):
        leave(Ending.ASKED, 4, keep=False)

    assert capsys.readouterr().err == "\nInterrupted: 4 came to no outcome.\n"


def test_what_came_to_no_outcome_is_told_with_what_became_of_the_others(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = [Sample(name, b"", "") for name in ("a.pdf", "b.pdf")]
    destination = str(tmp_path / "done/a.pdf")
    filed = document(name="a.pdf", outcome=Outcome.DELIVERED, destination=destination)

    with Store(":memory:") as store:
        missing = tell(made, [filed], store, tmp_path)

    became, _, held = capsys.readouterr().out.partition("\nWhat Kanbert has now\n")
    assert missing == 1
    assert [line.split() for line in became.splitlines()[2:]] == [
        ["a.pdf", "delivered", "done/a.pdf"],
        ["b.pdf", "no", "outcome"],
    ]
    assert held.strip() == "nothing"
