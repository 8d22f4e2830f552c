"""Which inboxes have documents made smaller."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingestd.config import Inbox
from ingestd.daemon.shrinking import Shrinkers, shrink_for, shrinker_for
from ingestd.daemon.turns import Turn
from ingestd.errors import NotItsTurn, SettingsError
from ingestd.shrink import missing


def inbox(**options: object) -> Inbox:
    return Inbox.model_validate({"path": Path("/srv/scans"), **options})


def test_where_no_inbox_wants_it_nothing_is_needed() -> None:
    assert shrinker_for({"scanner": inbox()}, ["pikepdf"]) is None


def test_where_an_inbox_wants_it_what_is_missing_is_named_with_what_to_do() -> None:
    wanting = {"mail": inbox(), "scanner": inbox(oversize="shrink")}

    with pytest.raises(SettingsError) as raised:
        shrinker_for(wanting, ["pikepdf", "pillow"])

    assert str(raised.value) == (
        '[inboxes.scanner] oversize = "shrink" needs pikepdf and pillow, which is not installed.'
    )
    assert raised.value.hint == 'Install it with: pip install "ingestd[shrink]"'


def test_only_the_inbox_that_wants_it_has_its_documents_made_smaller() -> None:
    wanting, other = inbox(oversize="shrink"), inbox()
    shrinker = shrinker_for({"scanner": wanting, "mail": other}, [])

    assert shrink_for(wanting, shrinker, Turn()) is not None
    assert shrink_for(other, shrinker, Turn()) is None


def test_while_another_inbox_has_a_document_made_smaller_none_is_begun() -> None:
    wanting, turn = inbox(oversize="shrink"), Turn()
    shrink = shrink_for(wanting, shrinker_for({"scanner": wanting}, []), turn)
    assert shrink is not None

    with turn.take(), pytest.raises(NotItsTurn):
        shrink(b"")


@pytest.mark.parametrize(
    ("there", "lacking"),
    [({"pikepdf", "PIL"}, []), ({"pikepdf"}, ["pillow"]), (set(), ["pikepdf", "pillow"])],
)
def test_what_is_missing_is_found_without_being_imported(
    there: set[str], lacking: list[str]
) -> None:
    assert missing(lambda module: module if module in there else None) == lacking


def test_the_same_one_does_until_larger_copies_are_wanted() -> None:
    shrinkers = Shrinkers()
    first = shrinkers.large_enough(1000)

    assert shrinkers.large_enough(500) is first
    assert shrinkers.large_enough(1000) is first
    assert shrinkers.large_enough(1001) is not first
    shrinkers.close()
