"""Many invoices are asked for at once; what that does not tell is left to be asked for alone."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from ingestd.admin.own_ids import MOST_AT_A_TIME, MOST_CHARACTERS, OwnIds
from ingestd.errors import KanbertError, OutcomeUnknown, Refused, Unavailable


class Asked:
    """A Kanbert with an invoice for each id but one, and what it was asked."""

    def __init__(self, without: str = "", error: KanbertError | None = None) -> None:
        self.filters: list[str] = []
        self._without = without
        self._error = error

    def list(self, *, filter: object, page_size: int) -> object:  # noqa: A002 - the client's own
        assert page_size >= MOST_AT_A_TIME
        self.filters.append(str(filter))
        if self._error:
            raise self._error
        ids = [part.split('"')[1] for part in str(filter).split(" or ")]
        data = [SimpleNamespace(external_id=id_, id=f"i-{id_}") for id_ in ids]
        return SimpleNamespace(data=[one for one in data if one.external_id != self._without])


def expecting(kanbert: Any, *own_ids: str) -> OwnIds:
    own = OwnIds(kanbert)
    own.expect(own_ids)
    return own


def test_whoever_asks_for_one_has_asked_for_all() -> None:
    kanbert = Asked()
    own = expecting(kanbert, "erp-1", "erp-2", "erp-3")

    assert [own.invoice(f"erp-{n}") for n in (2, 1, 3)] == ["i-erp-2", "i-erp-1", "i-erp-3"]
    assert kanbert.filters == [
        'external_id eq "erp-2" or external_id eq "erp-1" or external_id eq "erp-3"'
    ]


@pytest.mark.parametrize(
    ("length", "at_a_time"), [(8, MOST_AT_A_TIME), (200, MOST_CHARACTERS // 200)]
)
def test_no_more_are_asked_for_at_a_time_than_an_address_takes(length: int, at_a_time: int) -> None:
    kanbert = Asked()
    ids = [f"{n:0{length}}" for n in range(2 * at_a_time + 1)]
    own = expecting(kanbert, *ids)

    assert [own.invoice(id_) for id_ in ids] == [f"i-{id_}" for id_ in ids]
    assert [one.count(" eq ") for one in kanbert.filters] == [at_a_time, at_a_time, 1]


def test_one_that_there_is_not_has_to_be_asked_for_by_itself() -> None:
    kanbert = Asked(without="erp-1")
    own = expecting(kanbert, "erp-1", "erp-2")

    assert [own.invoice("erp-1"), own.invoice("erp-1"), own.invoice("erp-2")] == ["", "", "i-erp-2"]
    assert len(kanbert.filters) == 1


@pytest.mark.parametrize("own_id", ["not expected", 'a "quoted" one', "a\\b", "zwölf"])
def test_what_may_be_read_otherwise_is_never_asked_for_with_others(own_id: str) -> None:
    kanbert = Asked()
    own = expecting(kanbert, 'a "quoted" one', "a\\b", "zwölf")

    assert (own.invoice(own_id), kanbert.filters) == ("", [])


@pytest.mark.parametrize("error", [Refused("It is too long."), OutcomeUnknown("500")])
def test_a_kanbert_that_does_not_take_such_a_question_is_not_asked_one_again(
    error: KanbertError,
) -> None:
    kanbert = Asked(error=error)
    own = expecting(kanbert, *(f"erp-{n}" for n in range(2 * MOST_AT_A_TIME)))

    assert {own.invoice(f"erp-{n}") for n in range(2 * MOST_AT_A_TIME)} == {""}
    assert len(kanbert.filters) == 1


def test_that_kanbert_cannot_be_asked_is_not_kept_back() -> None:
    own = expecting(Asked(error=Unavailable("It is away.")), "erp-1")

    with pytest.raises(Unavailable):
        own.invoice("erp-1")
