"""Create fields from pieces of text, such as those of a file's name."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from ingestd.describe.amounts import amount
from ingestd.describe.days import day
from ingestd.describe.wording import title, wording

AMOUNTS = frozenset({"net_value", "vat_value"})
"""Fields that a digit more or less would silently make wrong."""


def tags(text: str) -> list[str]:
    """Read `office, paper`: several with a comma, a semicolon or a plus between them."""
    return [tag for tag in map(wording, re.split("[,;+]", text)) if tag]


def vats(text: str) -> list[dict[str, Any]]:
    """Read `20=40.00`, rate and value; several with a semicolon, a plus or a space between them.

    :raises ValueError: saying what would be VAT lines.
    """
    lines = [line.split("=") for line in re.split(r"[;+\s]+", text.strip())]
    if any(len(line) != len(("rate", "value")) for line in lines):
        raise ValueError("is no VAT line such as 20=40.00")
    return [{"vat": amount(rate), "value": amount(value)} for rate, value in lines]


def one_of(words: Mapping[str, Any]) -> Callable[[str], Any]:
    """Make a reader of words, in any case.

    :param words: what each of them means, in lower case.
    """

    def read(text: str) -> Any:
        word = wording(re.sub("[-_]", " ", text)).casefold()
        if word not in words:
            raise ValueError(f"is none of: {', '.join(words)}")
        return words[word]

    return read


_TYPE = one_of(
    {
        "invoice": "Invoice",
        "rechnung": "Invoice",
        "credit": "Credit",
        "credit note": "Credit",
        "gutschrift": "Credit",
    }
)
_YES_OR_NO = one_of(
    {"true": True, "yes": True, "ja": True, "1": True}
    | {"false": False, "no": False, "nein": False, "0": False}
)

READERS: Mapping[str, Callable[[str], Any]] = MappingProxyType(
    {
        "external_origin": wording,
        "title": title,
        "type": _TYPE,
        "invoice_number": wording,
        "notes": wording,
        "date_of_invoice": day,
        "due_date": day,
        "date_of_start": day,
        "date_of_end": day,
        "net_value": amount,
        "vat_value": amount,
        "supplier_id": wording,
        "editor_id": wording,
        "payment_account_id": wording,
        "file_was_preprocessed": _YES_OR_NO,
        "tags": tags,
        "vats": vats,
    }
)
"""How a create field is read from a text: every one but `external_id`, which ingestd makes.

Each raises ValueError for what it cannot read, and returns nothing true-ish for an empty text.
"""
