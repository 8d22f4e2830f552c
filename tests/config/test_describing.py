"""Settings of what is known of a document."""

from __future__ import annotations

from typing import Any

import pytest

from ingestd.kanbert import CreateInvoice
from tests.config.conftest import MINIMAL, Load, Refuse

EVERY_FIELD = {
    "external_origin": ("'mail'", "mail"),
    "title": ("'Paper'", "Paper"),
    "type": ("'Credit'", "Credit"),
    "invoice_number": ("'R-17'", "R-17"),
    "notes": ("'a note'", "a note"),
    "date_of_invoice": ("2026-05-04", "2026-05-04"),
    "due_date": ("2026-05-04T08:30:00Z", "2026-05-04T08:30:00Z"),
    "date_of_start": ("'2026-05-04'", "2026-05-04"),
    "date_of_end": ("2026-05-04T08:30:00", "2026-05-04T08:30:00"),
    "net_value": ("100.10", "100.10"),
    "vat_value": ("20", "20"),
    "supplier_id": ("77", "77"),
    "editor_id": ("'x7'", "x7"),
    "payment_account_id": ("'aB9'", "aB9"),
    "file_was_preprocessed": ("true", "true"),
    "tags": ("['scanner', 'office']", '["scanner", "office"]'),
    "vats": ("[{ vat = 20, value = 20.02 }]", '[{"vat": 20, "value": 20.02}]'),
}
"""How each is written in TOML and in the environment."""


def created(load_text: Load, text: str, environ: dict[str, str]) -> dict[str, Any]:
    fields = load_text(text, environ).inboxes["scanner"].fields
    return CreateInvoice(**fields).changes()


@pytest.mark.parametrize(("field", "toml", "variable"), [(k, *v) for k, v in EVERY_FIELD.items()])
def test_a_field_is_the_same_from_the_file_and_from_the_environment(
    load_text: Load, field: str, toml: str, variable: str
) -> None:
    from_file = created(load_text, f"{MINIMAL}fields = {{ {field} = {toml} }}", {})
    name = f"INGESTD_INBOXES__SCANNER__FIELDS__{field.upper()}"
    from_environment = created(load_text, MINIMAL, {name: variable})

    assert from_file == from_environment
    assert set(from_file) == {field}


def test_every_field_but_the_id_that_is_made_here_can_be_set() -> None:
    assert set(EVERY_FIELD) == set(CreateInvoice.model_fields) - {"external_id"}


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        ("(", "it is no regular expression: missing ), unterminated subpattern at position 0."),
        ("(?<title>.+)", "named groups are written (?P<invoice_number>…)."),
        ("(?P<title>a)(?P<title>b)", "redefinition of group name 'title'"),
        ("(?P<title>a{99999999999})", "it is no regular expression: the repetition number is"),
        (".+", "it has no named group, such as (?P<invoice_number>…)."),
        ("(?P<invoice_nr>.+)", 'its group "invoice_nr" is no field of an invoice; '),
        ("(?P<invoice_nr>.+)", "did you mean invoice_number."),
        ("(?P<zzz>.+)", "there is: external_origin, title, type,"),
        ("(?P<external_id>.+)", "external_id is made by ingestd"),
    ],
)
def test_a_pattern_that_cannot_be_used_is_refused_with_what_to_do(
    refusal: Refuse, pattern: str, said: str
) -> None:
    line = str(refusal(f"{MINIMAL}filename_pattern = '{pattern}'"))

    assert "inboxes.scanner.filename_pattern: " in line
    assert said in line


def test_a_pattern_can_come_from_the_environment(load_text: Load) -> None:
    pattern = r"^(?P<title>[\d]+)_"

    settings = load_text(MINIMAL, {"INGESTD_INBOXES__SCANNER__FILENAME_PATTERN": pattern})

    assert settings.inboxes["scanner"].filename_pattern == pattern


def test_folders_are_no_tags_where_they_are_not_looked_into(refusal: Refuse) -> None:
    error = refusal(f"{MINIMAL}subfolders = 'tags'")

    said = 'inboxes.scanner: subfolders = "tags" needs recursive = true; set that too.'
    assert said in str(error)


def test_folders_are_tags_where_they_are_looked_into(load_text: Load) -> None:
    settings = load_text(f"{MINIMAL}recursive = true\nsubfolders = 'tags'")

    assert settings.inboxes["scanner"].subfolders == "tags"


def test_folders_are_ignored_or_tags(refusal: Refuse) -> None:
    error = str(refusal(f"{MINIMAL}subfolders = 'tag'"))

    assert "inboxes.scanner.subfolders: Input should be 'ignore' or 'tags', not 'tag'." in error
