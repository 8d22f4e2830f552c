"""Options made of the fields of what is sent."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import click
import pytest
from pydantic import BaseModel

from ingestd.cli.fields import day, opaque_id, option_name, options_of, read, text
from ingestd.cli.upload import upload
from ingestd.kanbert import CreateInvoice, UpdateBooking, UpdateInvoice, VatLine

MODELS: list[type[BaseModel]] = [CreateInvoice, UpdateInvoice, UpdateBooking]


def given(model: type[BaseModel], *arguments: str) -> dict[str, Any]:
    """What a command would be given of these arguments."""
    taken: dict[str, Any] = {}
    command = click.Command("c", params=[*options_of(model)], callback=lambda **all_: taken | all_)
    result: dict[str, Any] = command.main(list(arguments), standalone_mode=False)
    return result


def asked(*arguments: str) -> CreateInvoice:
    return read(CreateInvoice, given(CreateInvoice, *arguments))


def refused(what: Callable[[], object]) -> str:
    with pytest.raises(click.UsageError) as told:
        what()
    return told.value.format_message()


# ---- every field is an option --------------------------------------------------------------------


class Richer(CreateInvoice):
    """As the API's next version may have it."""

    cost_center: str | None = None
    """Where it goes."""
    approvers: list[str] | None = None
    urgent: bool | None = None


def test_a_new_field_of_a_model_is_an_option_by_itself() -> None:
    new = given(Richer, "--cost-center", "7", "--approver", "A", "--approver", "B", "--no-urgent")

    wanted = read(Richer, new)
    assert wanted.changes() == {"cost_center": "7", "approvers": ["A", "B"], "urgent": False}


@pytest.mark.parametrize("model", MODELS)
def test_every_field_has_an_option_and_every_option_says_what_it_is(model: type[BaseModel]) -> None:
    options = options_of(model)

    assert [option.name for option in options] == list(model.model_fields)
    assert [option.name for option in options if not option.help] == []


def test_the_help_is_what_the_model_says() -> None:
    (cost_center,) = (one for one in options_of(Richer) if one.name == "cost_center")

    assert cost_center.help == "Where it goes."


def test_a_command_takes_the_fields_of_its_model() -> None:
    names = {param.name for param in upload.get_params(click.Context(upload))}

    assert names >= set(CreateInvoice.model_fields)


def test_options_are_called_like_their_fields_and_repeated_ones_in_the_singular() -> None:
    fields = CreateInvoice.model_fields

    named = {name: option_name(name, field) for name, field in fields.items()}

    assert named["invoice_number"] == "--invoice-number"
    assert (named["tags"], named["vats"]) == ("--tag", "--vat")


def test_nothing_is_set_that_was_not_given() -> None:
    assert asked().changes() == {}


# ---- values --------------------------------------------------------------------------------------


def test_amounts_are_taken_as_they_are_written() -> None:
    wanted = asked("--net-value", "1234.50", "--vat-value", "-0.10")

    assert (str(wanted.net_value), str(wanted.vat_value)) == ("1234.50", "-0.10")


def test_vat_is_a_rate_and_an_amount_and_can_be_given_several_times() -> None:
    wanted = asked("--vat", "20=40.00", "--vat", "10=1")

    assert wanted.vats == [
        VatLine(vat=Decimal(20), value=Decimal("40.00")),
        VatLine(vat=Decimal(10), value=Decimal(1)),
    ]


@pytest.mark.parametrize("written", ["2024-01-05", "05.01.2024", "5.1.2024", " 2024-01-05 "])
def test_days_are_written_as_here_or_as_there(written: str) -> None:
    assert asked("--due-date", written).due_date == datetime(2024, 1, 5, tzinfo=UTC)


def test_a_moment_keeps_its_offset_and_is_in_utc_without_one() -> None:
    wanted = asked("--date-of-start", "2024-01-05T08:30+01:00", "--date-of-end", "2024-01-05T08:30")

    assert wanted.date_of_start == datetime(2024, 1, 5, 7, 30, tzinfo=UTC)
    assert wanted.date_of_end == datetime(2024, 1, 5, 8, 30, tzinfo=UTC)


def test_a_german_day_is_not_read_the_american_way() -> None:
    assert day("03.04.2024") == date(2024, 4, 3)


def test_words_are_taken_whatever_their_case() -> None:
    assert asked("--type", "credit").type == "Credit"


@pytest.mark.parametrize(
    ("flag", "meant"),
    [("--file-was-preprocessed", True), ("--no-file-was-preprocessed", False)],
)
def test_a_yes_or_no_is_a_flag(flag: str, meant: bool) -> None:
    assert asked(flag).file_was_preprocessed is meant


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--due-date", "31.02.2024"], '"31.02.2024" is no date such as 2024-01-15'),
        (["--due-date", "01/02/2024"], '"01/02/2024" is no date'),
        (["--due-date", "1.2.24"], '"1.2.24" is no date'),
        (["--due-date", "٣.٤.٢٠٢٤"], "is no date"),
        (["--vat", "20"], '"20" is not VAT=VALUE.'),
        (["--vat", "1=2=3"], '"1=2=3" is not VAT=VALUE.'),
        (["--vat", "x=1"], "Invalid value for '--vat': must be a number such as 1234.56."),
        (["--net-value", "1,5"], "Invalid value for '--net-value': must be a number"),
        (["--tag", "a\udcff"], "Invalid value for '--tag': it has broken characters."),
        (["--title", "a" * 256], "Invalid value for '--title': String should have at most 255"),
        (["--type", "Bill"], 'There is no "Bill". There is: Invoice, Credit'),
        (["--type", "invoce"], 'There is no "invoce". Did you mean "Invoice"?'),
    ],
)
def test_what_cannot_be_used_is_said_with_its_option(arguments: list[str], said: str) -> None:
    assert said in refused(lambda: asked(*arguments))


@pytest.mark.parametrize("wrong", ["", ".", "..", "a\udcff"])
def test_what_cannot_be_part_of_an_address_is_no_id(wrong: str) -> None:
    with pytest.raises(click.BadParameter):
        opaque_id(wrong)


@pytest.mark.parametrize("right", ["aB3xK9", "a/b", "...", "ä"])
def test_anything_else_is_an_id(right: str) -> None:
    assert opaque_id(right) == text(right) == right


# ---- clearing ------------------------------------------------------------------------------------


def test_a_cleared_field_is_set_to_nothing() -> None:
    wanted = read(UpdateInvoice, {"title": "Paper"}, cleared=["notes"])

    assert wanted.changes() == {"notes": None, "title": "Paper"}


def test_a_field_cannot_be_both_given_and_cleared() -> None:
    said = refused(lambda: read(UpdateInvoice, {"tags": ("a",)}, cleared=["tags"]))

    assert said == "--tag and --clear tags exclude each other."
