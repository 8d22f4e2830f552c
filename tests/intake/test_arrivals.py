from __future__ import annotations

from ingestd.intake import Arrivals
from ingestd.intake.watch import Hint


def test_what_was_moved_in_arrived_whole_and_is_told_once() -> None:
    arrivals = Arrivals()
    arrivals.hinted(Hint("a.pdf", arrived_whole=True))
    arrivals.hinted(Hint("b.pdf"))

    assert arrivals.taken() == {"a.pdf"}
    assert arrivals.taken() == set()


def test_what_we_put_back_ourselves_has_to_settle_anew() -> None:
    arrivals = Arrivals()
    arrivals.returned("a.pdf")
    arrivals.hinted(Hint("a.pdf", arrived_whole=True))

    assert arrivals.taken() == set()


def test_the_next_file_by_that_name_arrives_as_any_other() -> None:
    arrivals = Arrivals()
    arrivals.returned("a.pdf")
    for _ in range(2):
        arrivals.hinted(Hint("a.pdf", arrived_whole=True))

    assert arrivals.taken() == {"a.pdf"}
