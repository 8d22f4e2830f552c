"""The examples in docs/sidecars.md are what they say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ingestd.describe import said_in
from ingestd.errors import UnfitDocument
from ingestd.kanbert import CreateInvoice

PAGE = (Path(__file__).parents[2] / "docs/sidecars.md").read_text("utf-8")


def example(kind: str) -> dict[str, object]:
    (text,) = re.findall(rf"(?s)```{kind}\n(.*?)```", PAGE)
    return said_in({f"invoice.{kind}": text.encode()}, CreateInvoice)


def test_both_examples_say_the_same() -> None:
    assert example("toml") == example("json")
    assert example("toml")["external_id"] == "erp-17"


def test_the_mistake_is_told_in_these_words() -> None:
    with pytest.raises(UnfitDocument) as told:
        said_in({"invoice.toml": b'suplier_id = "77"'}, CreateInvoice)

    assert f"> {told.value}" in PAGE
