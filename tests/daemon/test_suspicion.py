from __future__ import annotations

import pytest

from ingestd.daemon.suspicion import Suspicion
from ingestd.errors import Answer, Refused

OF_SETTINGS = frozenset({"supplier_id", "tags", "vats"})


@pytest.fixture
def suspicion() -> Suspicion:
    return Suspicion()


def refusal(*fields: str) -> Refused:
    return Refused("refused", answer=Answer(fields={field: ["is wrong"] for field in fields}))


def blamed(suspicion: Suspicion, *refusals: Refused) -> list[str]:
    return [suspicion.refused(one, OF_SETTINGS) for one in refusals]


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


def test_a_field_that_was_not_sent_as_the_settings_have_it_is_the_documents(
    suspicion: Suspicion,
) -> None:
    refused = [suspicion.refused(refusal("supplier_id"), frozenset()) for _ in range(5)]

    assert refused == [""] * 5
