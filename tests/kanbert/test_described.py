"""The models against the description of the API: every schema, every property."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import BaseModel

from ingestd.kanbert import received, sent
from ingestd.kanbert.fields import FIELDS, OPERATORS, SORTS

DESCRIBED: dict[str, Any] = yaml.safe_load(
    (Path(__file__).parents[1] / "sandbox" / "kanbert-openapi.yaml").read_text("utf-8")
)
SCHEMAS: dict[str, Any] = DESCRIBED["components"]["schemas"]

MODELS: dict[str, type[BaseModel]] = {
    "CreateIncomingInvoiceForm": sent.CreateInvoice,
    "UpdateIncomingInvoice": sent.UpdateInvoice,
    "VatLineInput": sent.VatLine,
    "UpdateIncomingInvoiceBooking": sent.UpdateBooking,
    "IncomingInvoiceCursorPage": received.Page,
    "CursorMeta": received.CursorMeta,
    "IncomingInvoiceData": received.Invoice,
    "IncomingInvoiceVatData": received.Vat,
    "SupplierData": received.Named,
    "IncomingInvoicePaymentAccountData": received.PaymentAccount,
    "UserData": received.User,
    "SpaceData": received.Named,
    "IncomingInvoicePaymentData": received.Payment,
    "IncomingInvoiceBookingData": received.Booking,
    "ChartOfAccountData": received.ChartOfAccount,
    "PositionData": received.Position,
    "OutgoingInvoiceReferenceData": received.OutgoingInvoice,
    "DuplicateCheckResult": received.DuplicateCheck,
}

NOT_MODELS = {
    "CheckDuplicateForm": "two methods of the client, for hash and file exclude each other",
    "IncomingInvoiceType": "an open enum when read",
    "UserType": "an open enum when read",
    "CostCenterType": "an open enum when read",
    "ErrorMessage": "read by ingestd.kanbert.said",
    "ValidationErrors": "read by ingestd.kanbert.said",
}

FILE_PARTS = {"file"}
"""Sent beside the fields, as an argument of the client's methods."""


def test_every_schema_has_a_model_or_a_reason() -> None:
    assert set(SCHEMAS) == MODELS.keys() | NOT_MODELS.keys()


@pytest.mark.parametrize("schema", MODELS)
def test_a_model_has_the_properties_of_its_schema(schema: str) -> None:
    described = set(SCHEMAS[schema].get("properties", ())) - FILE_PARTS

    assert set(MODELS[schema].model_fields) == described


def test_a_duplicate_has_the_properties_described() -> None:
    described = SCHEMAS["DuplicateCheckResult"]["properties"]["duplicates"]["items"]["properties"]

    assert set(received.Duplicate.model_fields) == set(described)


@pytest.mark.parametrize(
    ("schema", "name", "limit"),
    [
        (schema, name, described["maxLength"])
        for schema in (
            "CreateIncomingInvoiceForm",
            "UpdateIncomingInvoice",
            "UpdateIncomingInvoiceBooking",
        )
        for name, described in SCHEMAS[schema]["properties"].items()
        if "maxLength" in described and name not in FILE_PARTS
    ],
)
def test_lengths_are_limited_as_described(schema: str, name: str, limit: int) -> None:
    model = MODELS[schema]

    model.model_validate({name: "x" * limit})
    with pytest.raises(ValueError, match=f"at most {limit} characters"):
        model.model_validate({name: "x" * (limit + 1)})


@pytest.mark.parametrize(
    ("schema", "name", "null"),
    [
        (schema, name, "null" in described["type"])
        for schema in (
            "CreateIncomingInvoiceForm",
            "UpdateIncomingInvoice",
            "UpdateIncomingInvoiceBooking",
        )
        for name, described in SCHEMAS[schema]["properties"].items()
        if name not in FILE_PARTS
    ],
)
def test_null_is_admitted_where_it_is_described(schema: str, name: str, null: bool) -> None:
    try:
        MODELS[schema].model_validate({name: None})
    except ValueError:
        admitted = False
    else:
        admitted = True

    assert admitted is null


def _parameter(name: str) -> dict[str, Any]:
    parameters = DESCRIBED["paths"]["/incoming-invoices"]["get"]["parameters"]
    found: dict[str, Any] = next(one for one in parameters if one["name"] == name)
    return found


def test_the_fields_to_filter_by_are_those_described() -> None:
    described = _parameter("filter")["x-filter-fields"]

    assert {name: kind["type"] for name, kind in described.items()} == dict(FIELDS)


@pytest.mark.parametrize("name", FIELDS)
def test_the_operators_are_those_described_without_their_aliases(name: str) -> None:
    aliases = {"neq", "le", "ge", "notin", "isnotnull"}
    described = set(_parameter("filter")["x-filter-fields"][name]["operators"])

    assert OPERATORS[FIELDS[name]] == described - aliases


def test_the_sorts_are_those_described() -> None:
    described = _parameter("sort")

    assert list(SORTS) == described["x-sort-fields"]
    assert re.fullmatch(described["schema"]["pattern"], ",".join(f"-{name}" for name in SORTS))
