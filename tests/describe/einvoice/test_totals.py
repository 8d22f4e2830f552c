from __future__ import annotations

from decimal import Decimal

import pytest

from ingestd.describe.einvoice import read_xml
from ingestd.describe.einvoice.totals import Line, Part, Totals, Verdict, judge
from tests.describe.einvoice.documents import Facts, cii

NET, VAT, RATES = Part.NET, Part.VAT, Part.RATES


def totals(net: str, vat: str, gross: str, *lines: tuple[str, str, str]) -> Totals:
    """Totals as texts; an empty one is not known."""

    def number(text: str) -> Decimal | None:
        return Decimal(text) if text else None

    return Totals(
        number(net),
        number(vat),
        number(gross),
        [Line(Decimal(rate), number(base), Decimal(tax)) for rate, base, tax in lines],
    )


@pytest.mark.parametrize(
    "said",
    [
        totals("100.00", "19.00", "119.00", ("19", "100.00", "19.00")),
        totals("100.00", "19.00", "119.00", ("19", "", "19.00")),
        totals("150.00", "19.00", "169.00", ("19", "100.00", "19.00"), ("0", "", "0.00")),
        totals("100.00", "19.00", "119.00"),
        totals("100.00", "19.00", ""),
        totals("100.00", "", ""),
        totals("", "", ""),
        totals("-100.00", "-19.00", "-119.00", ("19", "-100.00", "-19.00")),
        totals("300.00", "26.00", "326.00", ("7", "100.00", "7.00"), ("19", "100.00", "19.00"),
               ("0", "100.00", "0.00")),
        totals("100.00", "19.00", "119.01"),
        totals("200.00", "26.02", "226.02", ("7", "100.00", "7.00"), ("19", "100.00", "19.00")),
        totals("100.00", "19.50", "119.50", ("19", "100.00", "19.50")),
    ],
    ids=[
        "all", "no bases", "not all bases", "no rates", "no gross", "only net", "nothing",
        "negative", "several rates", "a cent of rounding", "a cent for each rate",
        "each line rounded",
    ],
)  # fmt: skip
def test_what_does_not_contradict_itself_is_all_believed(said: Totals) -> None:
    assert judge(said) == Verdict(frozenset(), ())


@pytest.mark.parametrize(
    ("said", "doubted"),
    [
        # no rates: nothing tells which of the three is wrong
        (totals("100.00", "19.00", "120.00"), {NET, VAT}),
        # the rates bear out both
        (totals("100.00", "19.00", "120.00", ("19", "100.00", "19.00")), set()),
        # the rates bear out the VAT only
        (totals("101.00", "19.00", "119.00", ("19", "100.00", "19.00")), {NET}),
        # the rates bear out the net total only
        (totals("100.00", "9.00", "119.00", ("19", "100.00", "19.00")), {VAT, RATES}),
        # nothing is borne out
        (totals("101.00", "9.00", "119.00", ("19", "100.00", "19.00")), {NET, VAT, RATES}),
        # the totals agree, the rates do not
        (totals("100.00", "19.00", "119.00", ("7", "100.00", "7.00")), {RATES}),
        # the bases miss something, and are not sent
        (totals("100.00", "19.00", "119.00", ("19", "", "19.00"), ("0", "50.00", "0")), set()),
        (totals("100.00", "19.00", "119.00", ("19", "98.00", "19.00")), set()),
        # a rate with another rate's VAT bears nothing out, though the sums agree
        (totals("100.00", "19.00", "119.00", ("7", "100.00", "19.00")), {RATES}),
        (totals("100.00", "19.00", "120.00", ("7", "100.00", "19.00")), {NET, VAT, RATES}),
        # there is no VAT at 0 %
        (totals("100.00", "0.50", "100.50", ("0", "100.00", "0.50")), {RATES}),
        # without a gross total
        (totals("100.00", "19.00", "", ("19", "100.00", "18.90")), {VAT, RATES}),
        (totals("101.00", "19.00", "", ("19", "100.00", "19.00")), {NET}),
        # two cents are no rounding of one rate
        (totals("100.00", "19.00", "119.02"), {NET, VAT}),
    ],
)
def test_a_total_that_only_contradictions_speak_of_is_doubted(
    said: Totals, doubted: set[Part]
) -> None:
    assert judge(said).doubted == doubted


@pytest.mark.parametrize(
    ("said", "contradictions"),
    [
        (
            totals("100.00", "19.00", "120.00"),
            ("The net total 100.00 and the VAT 19.00 do not make the total with VAT 120.00.",),
        ),
        (
            totals("100.00", "19.00", "119.00", ("7", "100.00", "7.00")),
            ("The VAT of all rates is 7.00, and not 19.00 as the VAT total.",),
        ),
        (
            totals("100.00", "19.00", "119.00", ("19", "98.00", "19.00")),
            ("The bases of all rates make 98.00, and not the net total 100.00.",),
        ),
        (
            totals("100.00", "19.00", "119.00", ("7", "100.00", "19.00")),
            ("A VAT of 19.00 is not 7 % of 100.00.",),
        ),
    ],
)
def test_a_contradiction_is_told_with_its_figures(
    said: Totals, contradictions: tuple[str, ...]
) -> None:
    assert judge(said).contradictions == contradictions


@pytest.mark.parametrize(
    ("facts", "left_out"),
    [
        (Facts(net="500.00"), ["net_value"]),
        (Facts(vat=(("50.00", "EUR"),)), ["vat_value", "vats"]),
        (Facts(taxes=(("S", "19", "473.00", "89.87"),)), ["vats"]),
    ],
)
def test_what_is_doubted_is_left_out_and_named(facts: Facts, left_out: list[str]) -> None:
    einvoice = read_xml(cii(facts))

    sums = ["net_value", "vat_value", "vats"]
    assert [field for field in sums if field not in einvoice.fields] == left_out
    assert einvoice.warnings[-1] == f"For that, these are left out: {', '.join(left_out)}."


def test_a_contradiction_that_costs_no_field_is_told_all_the_same() -> None:
    einvoice = read_xml(cii(Facts(gross="530.00")))

    assert einvoice.fields["net_value"] == "473.00"
    assert einvoice.warnings == (
        "The net total 473.00 and the VAT 56.87 do not make the total with VAT 530.00.",
    )
