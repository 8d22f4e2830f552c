"""By what documents and invoices are told apart."""

from __future__ import annotations

import pytest

from ingestd.identity import upload_origin

LONGEST = 255
"""Characters of an external_origin."""


@pytest.mark.parametrize(
    ("of_account", "of_uploads"),
    [
        ("ingestd", "ingestd upload"),
        ("", "upload"),
        ("x" * LONGEST, "x" * (LONGEST - len(" upload")) + " upload"),
    ],
)
def test_what_is_sent_by_hand_has_an_origin_of_its_own(of_account: str, of_uploads: str) -> None:
    assert upload_origin(of_account) == of_uploads
