from __future__ import annotations

import pytest

from ingestd.daemon.suspicion import Suspicion
from ingestd.errors import Answer, Refused

FIELDS = {"supplier_id": "7", "tags": ["scanner"], "vats": [{"vat": 20, "value": 1}]}


@pytest.fixture
def suspicion() -> Suspicion:
    return Suspicion(FIELDS)


def refusal(*fields: str) -> Refused:
    return Refused("refused", answer=Answer(fields={field: ["is wrong"] for field in fields}))


def blamed(suspicion: Suspicion, *refusals: Refused) -> list[str]:
    return [suspicion.refused(one) for one in refusals]


def test_the_third_refusal_of_one_field_in_a_row_blames_the_setting(suspicion: Suspicion) -> None:
    assert blamed(suspicion, *[refusal("supplier_id")] * 3) == ["", "", "supplier_id"]


def test_a_setting_is_blamed_once_whatever_was_under_way_meanwhile(suspicion: Suspicion) -> None:
    blamed(suspicion, *[refusal("supplier_id")] * 3)

    assert blamed(suspicion, *[refusal("supplier_id")] * 3) == ["", "", ""]


def test_a_setting_is_blamed_again_after_a_document_was_taken(suspicion: Suspicion) -> None:
    blamed(suspicion, *[refusal("supplier_id")] * 4)
    suspicion.accepted()

    assert blamed(suspicion, *[refusal("supplier_id")] * 3)[-1] == "supplier_id"


def test_a_nested_field_is_its_settings(suspicion: Suspicion) -> None:
    assert blamed(suspicion, *[refusal("vats.0.vat")] * 3)[-1] == "vats"


def test_a_field_that_no_setting_gives_is_the_documents(suspicion: Suspicion) -> None:
    assert blamed(suspicion, *[refusal("file")] * 5) == [""] * 5


def test_a_refusal_without_fields_is_the_documents(suspicion: Suspicion) -> None:
    assert blamed(suspicion, *[refusal()] * 5) == [""] * 5


def test_a_document_that_was_taken_clears_the_setting(suspicion: Suspicion) -> None:
    blamed(suspicion, refusal("supplier_id"), refusal("supplier_id"))

    suspicion.accepted()

    assert blamed(suspicion, refusal("supplier_id"), refusal("supplier_id")) == ["", ""]


@pytest.mark.parametrize("between", ["tags", "file"])
def test_another_refusal_between_begins_the_count_anew(suspicion: Suspicion, between: str) -> None:
    blamed(suspicion, refusal("supplier_id"), refusal("supplier_id"), refusal(between))

    assert blamed(suspicion, *[refusal("supplier_id")] * 3) == ["", "", "supplier_id"]


def test_an_inbox_without_fields_is_never_blamed() -> None:
    assert blamed(Suspicion({}), *[refusal("supplier_id")] * 5) == [""] * 5
