from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingestd.describe import LARGEST_SIDECAR, said_in
from ingestd.errors import UnfitDocument
from ingestd.kanbert import CreateInvoice

EVERYTHING = {
    "external_id": "erp-17",
    "external_origin": "erp",
    "title": "Paper",
    "type": "Credit",
    "file_was_preprocessed": True,
    "invoice_number": "R-17",
    "notes": "Two\nlines",
    "supplier_id": "s-1",
    "editor_id": "u-1",
    "payment_account_id": "p-1",
    "tags": ["paper"],
}
AMOUNTS = {"net_value": Decimal("1000.10"), "vat_value": Decimal("200.02")}
DAYS = ("date_of_invoice", "due_date", "date_of_start", "date_of_end")
VATS = [{"vat": Decimal(20), "value": Decimal("200.02")}]
DAY = datetime(2026, 1, 15, tzinfo=UTC)


def said(name: str, content: str | bytes) -> object:
    data = content.encode() if isinstance(content, str) else content
    return said_in({name: data}, CreateInvoice)


def test_every_field_of_an_invoice_can_be_said_in_json() -> None:
    content = json.dumps(EVERYTHING | dict.fromkeys(DAYS, "2026-01-15"))
    content = content[:-1] + ', "net_value": 1000.10, "vat_value": "200.02"'
    content += ', "vats": [{"vat": 20, "value": 200.02}]}'

    fields = said("invoice.json", content)

    assert fields == EVERYTHING | AMOUNTS | dict.fromkeys(DAYS, DAY) | {"vats": VATS}
    assert set(EVERYTHING | AMOUNTS | dict.fromkeys(DAYS)) | {"vats"} == set(
        CreateInvoice.model_fields
    )


def test_every_field_of_an_invoice_can_be_said_in_toml() -> None:
    content = "\n".join(f"{key} = {json.dumps(value)}" for key, value in EVERYTHING.items())
    content += "\n" + "\n".join(f"{day} = 2026-01-15" for day in DAYS)
    content += "\nnet_value = 1000.10\nvat_value = 200.02\n[[vats]]\nvat = 20\nvalue = 200.02\n"

    fields = said("invoice.pdf.TOML", content)

    assert fields == EVERYTHING | AMOUNTS | dict.fromkeys(DAYS, DAY) | {"vats": VATS}


SAID = {
    "nothing": ("a.json", "{}", {}),
    "only comments": ("a.toml", "# notes to follow", {}),
    "a byte order mark": ("a.json", b'\xef\xbb\xbf{"notes": "\xc3\xbc"}', {"notes": "ü"}),
    "a number for a text": ("a.toml", "invoice_number = 1017", {"invoice_number": "1017"}),
    "lines and tabs": ("a.json", '{"notes": "a\\r\\n\\tb"}', {"notes": "a\r\n\tb"}),
    "null": ("a.json", '{"notes": null}', {"notes": None}),
    "an exact amount": ("a.json", '{"net_value": 0.1}', {"net_value": Decimal("0.1")}),
}


@pytest.mark.parametrize(("name", "content", "expected"), SAID.values(), ids=SAID)
def test_what_is_said_is_taken_as_it_is_meant(name: str, content: str, expected: object) -> None:
    assert said(name, content) == expected


WRONG = {
    "an unknown field": ("a.toml", 'suplier_id = "x"', '"suplier_id".*mean "supplier_id"'),
    "an unknown field of another": ("a.json", '{"vats": [{"vatt": 1}]}', '"vats.0.vatt".*"vat"'),
    "unknown first": ("a.json", '{"net_value": "x", "nots": 1}', 'used: "nots" is no field'),
    "no number": ("a.json", '{"net_value": "much"}', '"net_value" must be a number'),
    "NaN in JSON": ("a.json", '{"net_value": NaN}', "NaN is no number"),
    "NaN in TOML": ("a.toml", "net_value = nan", "nan is no number"),
    "infinity": ("a.toml", "net_value = -inf", "-inf is no number"),
    "no exponent": ("a.json", '{"net_value": 1e99999999999999999999}', "is no number"),
    "an endless number in JSON": ("a.json", '{"net_value": ' + "1" * 5000 + "}", "too long"),
    "an endless number in TOML": ("a.toml", "net_value = " + "1" * 5000, "too long"),
    "a number with a point for a text": ("a.toml", "notes = 1.5", '"notes" must be text'),
    "no list": ("a.json", '{"tags": "x"}', '"tags" must be a list'),
    "no truth": ("a.toml", 'file_was_preprocessed = "perhaps"', "true or false"),
    "no type": ("a.toml", 'type = "Bill"', "\"type\" should be 'Invoice' or 'Credit'"),
    "a time for a day": ("a.toml", "due_date = 10:00:00", '"due_date" must be a date'),
    "too long": ("a.json", json.dumps({"title": "x" * 256}), '"title" is too long'),
    "half a character": ("a.json", '{"notes": "\\ud800"}', '"notes" must be text'),
    "a NUL in a text": (
        "a.json",
        '{"notes": "a\\u0000b"}',
        '"notes" must be .* control .*U\\+0000',
    ),
    "an escape in a title": ("a.toml", 'title = "\\u001b[1m"', '"title" must be .*U\\+001B'),
    "a NUL in a tag": ("a.json", '{"tags": ["a\\u0000"]}', '"tags.0" must be .* control'),
    "a key twice in JSON": ("a.json", '{"notes": "x", "notes": "y"}', '"notes" is there twice'),
    "a key twice in TOML": ("a.toml", "notes = 'x'\nnotes = 'y'", '"notes" has a value already'),
    "no JSON": ("a.json", "{notes: 1}", "line 1 column 2"),
    "no TOML": ("a.toml", "notes = x", "line 1, column 9"),
    "JSON in TOML": ("a.toml", '{"notes": "x"}', "line 1"),
    "a list": ("a.json", "[1]", "fields in braces"),
    "empty": ("a.json", " \n", "is empty"),
    "Latin-1": ("a.toml", "notes = 'ü'".encode("latin-1"), "UTF-8"),
    "UTF-16": ("a.json", "{}".encode("utf-16"), "UTF-8"),
    "deep JSON": ("a.json", "[" * LARGEST_SIDECAR, "too deeply"),
    "deep TOML": ("a.toml", "x = " + "[" * 60_000, "too deeply"),
    "a deep key": ("a.toml", ".".join(["ab"] * 20_000) + " = 1", "too deeply"),
    "a deep key in quotes": ("a.toml", "x = {" + " . ".join(["'a'"] * 9000) + "=1}", "too deeply"),
    "very much": ("a.json", json.dumps(dict.fromkeys(map(str, range(99)))), "and 94 more"),
}


@pytest.mark.parametrize(("name", "content", "expected"), WRONG.values(), ids=WRONG)
def test_a_mistake_is_told_with_the_file_and_the_key(
    name: str, content: str, expected: str
) -> None:
    with pytest.raises(UnfitDocument, match=expected) as told:
        said(name, content)

    assert name in str(told.value)
    assert name in told.value.hint
    assert len(str(told.value)) < 1500


def test_two_sidecars_are_refused_with_both_names() -> None:
    with pytest.raises(UnfitDocument, match=r"a\.json and a\.pdf\.toml"):
        said_in({"a.pdf.toml": b"", "a.json": b"{}"}, CreateInvoice)


def test_an_e_invoice_beside_says_nothing_here() -> None:
    assert said_in({"a.xml": b"<Invoice/>", "a.toml": b"notes = 'x'"}, CreateInvoice) == {
        "notes": "x"
    }


@given(data=st.binary(max_size=200), suffix=st.sampled_from([".toml", ".json"]))
def test_whatever_is_in_it_it_is_understood_or_refused(data: bytes, suffix: str) -> None:
    try:
        fields = said_in({f"a{suffix}": data}, CreateInvoice)
    except UnfitDocument:
        return
    CreateInvoice(**fields)
