from __future__ import annotations

import struct
from collections.abc import Callable

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ingestd.intake.shape import HEAD, JUNK, LOOK_BACK, Kind, Shape, media_type_of, unfit
from tests.intake.documents import (
    jpeg,
    linearized_pdf,
    pdf,
    png,
    shape_of_bytes,
    signed_pdf,
    tiff,
)

WHOLE = {
    "a PDF": (pdf, "application/pdf"),
    "a signed PDF": (signed_pdf, "application/pdf"),
    "a linearized PDF": (linearized_pdf, "application/pdf"),
    "a PNG": (png, "image/png"),
    "a JPEG": (jpeg, "image/jpeg"),
    "a TIFF": (tiff, "image/tiff"),
    "a TIFF with the high byte first": (lambda: tiff(">"), "image/tiff"),
    "a TIFF of three pages": (lambda: tiff(pages=3), "image/tiff"),
    "a TIFF with its pictures last": (lambda: tiff(pages=2, pictures_last=True), "image/tiff"),
}


@pytest.mark.parametrize(("document", "media_type"), WHOLE.values(), ids=WHOLE)
def test_a_whole_document_is_recognized(document: Callable[[], bytes], media_type: str) -> None:
    assert shape_of_bytes(document()) == Shape(Kind.WHOLE, media_type)


@pytest.mark.parametrize("name", WHOLE)
@given(data=st.data())
@settings(deadline=None)
def test_a_document_cut_short_is_not_whole(name: str, data: st.DataObject) -> None:
    document = WHOLE[name][0]()
    kept = data.draw(st.integers(0, len(document) - 1))
    if name == "a signed PDF":  # its first revision is a document of its own
        revision = range(len(pdf()), len(pdf()) + len("\n3 0 obj"))
        kept = 0 if kept in revision else kept

    assert shape_of_bytes(document[:kept]).kind not in {Kind.WHOLE, Kind.WHOLE_WITH_JUNK}


@given(
    st.one_of(st.sampled_from([pdf(), png(), jpeg(), tiff(), tiff(">"), b"%PDF-", b""])),
    st.binary(max_size=4000),
    st.integers(0, 200),
)
@example(b"II*\0", b"", 0)
@settings(deadline=None)
def test_no_content_makes_it_fail(start: bytes, noise: bytes, at: int) -> None:
    shape = shape_of_bytes(start[:at] + noise + start[at:])

    assert shape.kind in Kind


def test_an_empty_file_is_empty() -> None:
    assert shape_of_bytes(b"") == Shape(Kind.EMPTY)


@pytest.mark.parametrize("content", [b"From: someone", b"%PD", b"\0" * 5000, b"PK\x03\x04"])
def test_what_is_neither_a_pdf_nor_an_image_is_foreign(content: bytes) -> None:
    assert shape_of_bytes(content) == Shape(Kind.FOREIGN)


@pytest.mark.parametrize("before", [b"", b"\xef\xbb\xbf", b"Received: by mx\r\n\r\n"])
def test_a_pdf_may_begin_a_little_later(before: bytes) -> None:
    assert shape_of_bytes(before + pdf()).kind is Kind.WHOLE


def test_a_header_behind_the_first_kib_makes_no_pdf() -> None:
    assert media_type_of(b" " * (HEAD - 5) + b"%PDF-1.4") == "application/pdf"
    assert media_type_of(b" " * (HEAD - 4) + b"%PDF-1.4") is None


@pytest.mark.parametrize("document", [pdf, png, jpeg])
@pytest.mark.parametrize(
    ("junk", "kind"),
    [
        (b"\r\n\0\0\0", Kind.WHOLE),
        (b"\0" * JUNK, Kind.WHOLE),
        (b"\0" * (JUNK + 1), Kind.WHOLE_WITH_JUNK),
        (b"Scanned for viruses. " * 2000, Kind.WHOLE_WITH_JUNK),
        (b"-" * LOOK_BACK, Kind.INCOMPLETE),
    ],
    ids=["padding", "1 KiB", "more than 1 KiB", "a long notice", "1 MiB"],
)
def test_junk_behind_the_end_is_told_by_its_length(
    document: Callable[[], bytes], junk: bytes, kind: Kind
) -> None:
    assert shape_of_bytes(document() + junk).kind is kind


def test_a_pdf_with_two_end_marks_far_apart_is_judged_by_the_last() -> None:
    assert shape_of_bytes(signed_pdf() + b"\0" * 2000).kind is Kind.WHOLE_WITH_JUNK


@pytest.mark.parametrize("before", [b"", b"startxref\n0\n" + b"x" * 1100])
def test_an_end_mark_without_startxref_shortly_before_it_is_none(before: bytes) -> None:
    content = b"%PDF-1.4\n" + before + b"(Write %%EOF last.)"

    assert shape_of_bytes(content).kind is Kind.INCOMPLETE


def test_a_pdf_that_stopped_inside_an_embedded_pdf_is_not_taken_for_junk() -> None:
    embedded = b"%PDF-1.7\n9 0 obj\n<</Type/EmbeddedFile>>stream\n" + pdf()
    stopped = embedded + b"\nendstream\nendobj\n" + b"x" * 5000

    assert shape_of_bytes(stopped).kind is Kind.INCOMPLETE


def test_a_linearized_pdf_that_grew_is_whole() -> None:
    assert shape_of_bytes(linearized_pdf() + b"\n").kind is Kind.WHOLE


@pytest.mark.parametrize("newline", [b"\n", b"\r\n", b"\n\n   \n"], ids=ascii)
def test_a_linearized_pdf_that_lost_what_follows_its_end_is_whole(newline: bytes) -> None:
    assert shape_of_bytes(linearized_pdf(ending=newline).removesuffix(newline)).kind is Kind.WHOLE


@pytest.mark.parametrize("zero", [b"0\n", b"0%%EOF\n", b"0 % not used yet\n", b"00\n"], ids=ascii)
def test_the_end_of_a_linearized_pdf_s_first_page_is_not_its_own(zero: bytes) -> None:
    first = linearized_pdf().replace(b"0\n%%EOF\n", zero + b"%%EOF\n", 1)

    kept = first[: first.index(b"%%EOF\n") + len(b"%%EOF\n")]

    assert shape_of_bytes(kept).kind is Kind.INCOMPLETE


def _tiff_with(page: bytes) -> bytes:
    return b"II*\0\x08\0\0\0" + page


@pytest.mark.parametrize(
    "content",
    [
        b"II*\0\0\0\0\0",
        _tiff_with(struct.pack("<HI", 0, 8)),
        _tiff_with(struct.pack("<HI", 0, 2**32 - 1)),
        _tiff_with(struct.pack("<HHHIII", 1, 270, 2, 2**32 - 1, 8, 0)),
        _tiff_with(struct.pack("<HHHIIHHIII", 2, 273, 4, 1, 900, 279, 4, 1, 1, 0)),
        _tiff_with(struct.pack("<HHHIIHHIII", 2, 324, 4, 1, 8, 325, 4, 1, 900, 0)),
    ],
    ids=[
        "no page",
        "pages in a circle",
        "a page beyond the end",
        "a field beyond the end",
        "a strip beyond the end",
        "a tile beyond the end",
    ],
)
def test_a_tiff_that_points_out_of_itself_is_incomplete(content: bytes) -> None:
    assert shape_of_bytes(content) == Shape(Kind.INCOMPLETE, "image/tiff")


def test_a_tiff_of_too_many_fields_is_not_followed_for_long() -> None:
    # 200 pages of 65535 fields each, all in the same bytes; behind them, where the next page is
    pages = [*(8 + 4 * number for number in range(1, 200)), 0]
    fields = b"\xff\xff\0\0" * (12 * 65535 // 4) + b"\xff\xff"
    content = _tiff_with(fields + struct.pack("<200I", *pages))

    assert shape_of_bytes(content).kind is Kind.INCOMPLETE


def test_a_tiff_of_too_many_strips_is_not_followed_for_long() -> None:
    # 100 pages of 60000 strips each, whose offsets and lengths are all in the same bytes
    lists_at, strips = 8 + 100 * 30, 60_000
    pages = b"".join(
        struct.pack("<HHHIIHHIII", 2, *(273, 4, strips, lists_at), *(279, 4, strips, lists_at), at)
        for at in [*range(38, lists_at, 30), 0]
    )

    content = _tiff_with(pages + b"\0" * 4 * strips)

    assert shape_of_bytes(content).kind is Kind.INCOMPLETE


UNFIT = [
    (Shape(Kind.EMPTY), "The file is empty."),
    (Shape(Kind.INCOMPLETE, "application/pdf"), "The PDF is not complete"),
    (Shape(Kind.INCOMPLETE, "image/jpeg"), "The JPEG image is not complete"),
    (Shape(Kind.INCOMPLETE, "image/png"), "The PNG image is not complete"),
    (Shape(Kind.INCOMPLETE, "image/tiff"), "The TIFF image is not complete"),
    (Shape(Kind.FOREIGN), "This is not a PDF or an image"),
]


@pytest.mark.parametrize(("shape", "reason"), UNFIT)
def test_a_bookkeeper_is_told_why_a_file_is_no_document(shape: Shape, reason: str) -> None:
    why = unfit(shape)

    assert str(why).startswith(reason)


@pytest.mark.parametrize("kind", [Kind.WHOLE, Kind.WHOLE_WITH_JUNK])
def test_a_whole_document_is_fit(kind: Kind) -> None:
    assert unfit(Shape(kind, "application/pdf")) is None
