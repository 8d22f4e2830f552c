"""Where documents lie that were put away as done."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingestd.admin.done import name_below, skipped_below
from ingestd.config import Settings

DONE = Path("/scans/done")


@pytest.mark.parametrize(
    ("path", "layout", "name"),
    [
        ("a.pdf", "", "a.pdf"),
        ("acme/a.pdf", "", "acme/a.pdf"),
        ("2026/05/a.pdf", "%Y/%m", "a.pdf"),
        ("2026/05/acme/a.pdf", "%Y/%m", "acme/a.pdf"),
        ("a.pdf", "%Y/%m", "a.pdf"),  # from before there was a layout
        ("acme/a.pdf", "%Y/%m", "a.pdf"),
    ],
)
def test_the_name_a_file_had_is_its_path_without_the_layout(
    path: str, layout: str, name: str
) -> None:
    assert name_below(DONE, str(DONE / path), layout) == name


def test_what_lies_below_and_is_something_else_is_skipped() -> None:
    inboxes = {
        "scanner": {"path": "/scans", "failed": "done/failed"},
        "mail": {"path": "/scans/done/mail", "done": "/scans/done/of-mail"},
    }
    account = {"base_url": "http://127.0.0.1:1", "token": "token"}
    settings = Settings.model_validate({"accounts": {"main": account}, "inboxes": inboxes})

    assert skipped_below(DONE, settings) == {
        "/scans/done/failed",
        "/scans/done/mail",
        "/scans/done/mail/failed",
        "/scans/done/of-mail",
    }
