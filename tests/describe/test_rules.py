from __future__ import annotations

from typing import Any

from ingestd.describe import Rules, describe, together


def known(name: str, rules: Rules) -> dict[str, Any]:
    return together(describe(name, rules))


def test_the_inboxes_own_fields_win_over_the_title_from_the_name() -> None:
    assert known("invoice.pdf", Rules({"title": "Scanned"})) == {"title": "Scanned"}


def test_the_inboxes_own_fields_join_the_title_from_the_name() -> None:
    fields = known("invoice.pdf", Rules({"type": "Credit"}))

    assert fields == {"title": "invoice", "type": "Credit"}


def test_a_name_with_nothing_to_read_gives_nothing() -> None:
    assert known("___.pdf", Rules()) == {}


def test_folders_are_tags_beside_the_inboxes_own() -> None:
    rules = Rules({"tags": ["scanner"]}, folders_are_tags=True)

    assert known("ACME/scanner/invoice.pdf", rules)["tags"] == ["scanner", "ACME"]


def test_a_file_in_no_folder_has_no_tags() -> None:
    assert known("invoice.pdf", Rules(folders_are_tags=True)) == {"title": "invoice"}


def test_folders_are_ignored_otherwise() -> None:
    assert known("ACME/invoice.pdf", Rules()) == {"title": "invoice"}
