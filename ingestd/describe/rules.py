"""The create request's fields from an inbox's settings and a document's name."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any

LONGEST_TITLE = 255
"""Characters, from the API's `CreateIncomingInvoiceForm`."""


def describe(name: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields to create an invoice with; the inbox's win over the title from the name.

    :param name: the document's path relative to its inbox.
    :param fields: the inbox's own, by the API's names.
    """
    title = title_from(name)
    return {**({"title": title} if title else {}), **fields}


def title_from(name: str) -> str:
    """A file's name as a title: without folders and suffix, underscores as spaces, printable."""
    stem = PurePosixPath(name).stem.replace("_", " ")
    printable = "".join(c if c.isprintable() else " " for c in stem)
    return " ".join(printable.split())[:LONGEST_TITLE].rstrip()
