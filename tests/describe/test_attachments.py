from __future__ import annotations

import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingestd.describe.attachments import (
    LARGEST,
    MOST,
    Unreadable,
    attachments,
    looks_like_xml,
    may_have_attachments,
)
from tests.describe.pdfs import (
    CATALOG,
    PAGES,
    XML,
    bomb,
    encrypted,
    in_object_stream,
    packed,
    pdf,
    specification,
    stream,
    with_catalog,
    with_files,
    with_invoice,
)

NAME_TREE = b"/Names<</EmbeddedFiles<</Names[(a) 3 0 R]>>>>"
OTHER = b"<other/>"
DEEP = 100_000 * b"["
DEEP_DICTIONARIES = 20_000 * b"<</a"


def names(document: bytes) -> list[str]:
    return [one.name for one in attachments(document)]


def contents(document: bytes) -> list[bytes]:
    return [one.content() for one in attachments(document)]


@pytest.mark.parametrize(
    "name",
    [
        "factur-x.xml",
        "Factur-X.XML",
        "zugferd-invoice.xml",
        "ZUGFeRD-invoice.xml",
        "xrechnung.xml",
        "out/factur-x.xml",
        "C:\\\\out\\\\factur-x.xml",
        " factur-x.xml ",
    ],
)
def test_a_file_called_as_the_standards_have_it_is_known(name: str) -> None:
    (found,) = attachments(with_invoice(name=name))

    assert found.has_known_name
    assert found.content() == XML


def test_the_likeliest_comes_first() -> None:
    document = with_files(
        ("notes.xml", "", OTHER),
        ("supplement.xml", "Supplement", OTHER),
        ("alternative.xml", "Alternative", OTHER),
        ("data.xml", "Data", OTHER),
        ("xrechnung.xml", "Supplement", OTHER),
        ("factur-x.xml", "", OTHER),
        ("source.xml", "Source", OTHER),
    )

    assert names(document) == [
        "factur-x.xml",
        "xrechnung.xml",
        "data.xml",
        "source.xml",
        "alternative.xml",
        "notes.xml",
        "supplement.xml",
    ]


@pytest.mark.parametrize(
    "entries",
    [
        pytest.param(NAME_TREE, id="in the name tree only"),
        pytest.param(b"/AF[3 0 R]", id="associated only"),
        pytest.param(b"/AF 3 0 R", id="associated, without an array"),
        pytest.param(b"/AF 5 0 R", id="associated, by an array elsewhere"),
        pytest.param(NAME_TREE + b"/AF[3 0 R]", id="in both"),
        pytest.param(b"/AF null" + NAME_TREE, id="beside null"),
        pytest.param(b"/AF[null 7 (x) 99 0 R 3 0 R]", id="beside what is none"),
    ],
)
def test_an_attachment_is_found_once_wherever_it_is_listed(entries: bytes) -> None:
    assert contents(with_catalog(entries, b"[3 0 R]")) == [XML]


def test_a_name_tree_is_followed_as_deep_as_it_is() -> None:
    document = with_catalog(
        b"/Names<</EmbeddedFiles 5 0 R>>",
        b"<</Kids[6 0 R]>>",
        b"<</Kids[8 0 R 7 0 R]/Limits[(a) (b)]>>",
        b"<</Names[(b) 3 0 R]>>",
        b"<</Kids[]>>",
    )

    assert contents(document) == [XML]


def test_a_name_tree_that_bites_its_own_tail_is_followed_once() -> None:
    document = with_catalog(
        b"/Names<</EmbeddedFiles 5 0 R>>", b"<</Kids[5 0 R 6 0 R]>>", b"<</Names[(a) 3 0 R]>>"
    )

    assert contents(document) == [XML]


def test_the_name_that_is_listed_is_taken_where_the_file_has_none() -> None:
    tree = b"/Names<</EmbeddedFiles<</Names[(factur-x.xml) 3 0 R]>>>>"

    assert names(pdf(CATALOG % tree, PAGES, b"<</EF<</UF 4 0 R>>>>", packed(XML))) == [
        "factur-x.xml"
    ]


def test_no_more_are_looked_at_than_is_reasonable_and_the_invoice_is_among_them() -> None:
    many = [(f"{number}.xml", "", OTHER) for number in range(3 * MOST)]

    found = names(with_files(*many, ("factur-x.xml", "Data", XML)))

    assert len(found) == MOST
    assert found[0] == "factur-x.xml"


@pytest.mark.parametrize("algorithm", ["RC4-40", "RC4-128", "AES-128", "AES-256-R5", "AES-256"])
def test_an_encrypted_document_that_opens_without_a_password_is_read(algorithm: str) -> None:
    document = encrypted(algorithm)

    assert may_have_attachments(document)
    assert contents(document) == [XML]


def test_a_document_that_needs_a_password_is_said_to_need_one() -> None:
    with pytest.raises(Unreadable, match="needs a password"):
        attachments(encrypted("AES-256", password="secret"))


@pytest.mark.parametrize("start", [0, 5, 10**6])
def test_a_table_that_is_not_where_it_should_be_is_made_anew(start: int) -> None:
    objects = (CATALOG % NAME_TREE, PAGES, specification(b"factur-x.xml", 4), packed(XML))

    assert contents(pdf(*objects, start=start)) == [XML]


def test_tables_that_refer_to_each_other_for_ever_come_to_an_end() -> None:
    objects = (CATALOG % NAME_TREE, PAGES, specification(b"factur-x.xml", 4), packed(XML))
    start = pdf(*objects).rindex(b"xref\n0")

    assert contents(pdf(*objects, trailer=b"/Prev %d" % start)) == [XML]


@pytest.mark.parametrize(
    "document",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"no PDF at all", id="text"),
        pytest.param(b"%PDF-1.7\n", id="only its first line"),
        pytest.param(b"%PDF-1.7\nstartxref\n0\n%%EOF\n", id="without objects"),
        pytest.param(with_catalog(b"/AF " + DEEP), id="nested deeply"),
        pytest.param(in_object_stream(padding=LARGEST), id="objects that inflate to too much"),
    ],
)
def test_what_cannot_be_read_is_said_to_be_unreadable(document: bytes) -> None:
    with pytest.raises(Unreadable):
        attachments(document)


@pytest.mark.parametrize(
    "entries",
    [
        b"",
        b"/AF[]",
        b"/Names<<>>",
        b"/Names 3 0 R",
        b"/Names<</EmbeddedFiles[3 0 R]>>",
        b"/Names<</EmbeddedFiles<</Names[(a)]>>>>",
        b"/AF[<</EF 4 0 R>>]",
        b"/AF[<</EF<</F 2 0 R>>>>]",
        pytest.param(b"/AF " + DEEP_DICTIONARIES, id="nested deeply"),
    ],
)
def test_a_document_with_none_has_none(entries: bytes) -> None:
    assert attachments(with_catalog(entries)) == []


@pytest.mark.parametrize("layers", [1, 2])
def test_a_file_that_inflates_to_gigabytes_is_refused(layers: int) -> None:
    objects = (CATALOG % NAME_TREE, PAGES, specification(b"factur-x.xml", 4), bomb(layers))

    (found,) = attachments(pdf(*objects))

    with pytest.raises(Unreadable, match="Limit"):
        found.content()


@pytest.mark.parametrize("write", [stream, packed])
def test_a_file_that_is_too_large_is_refused(write: object) -> None:
    assert callable(write)
    file = write(bytes(LARGEST + 1))
    document = pdf(CATALOG % NAME_TREE, PAGES, specification(b"factur-x.xml", 4), file)

    (found,) = attachments(document)

    with pytest.raises(Unreadable):
        found.content()


def test_a_file_that_is_broken_is_refused() -> None:
    broken = stream(zlib.compress(XML), entries=b"/Filter/ASCIIHexDecode")
    document = pdf(CATALOG % NAME_TREE, PAGES, specification(b"factur-x.xml", 4), broken)

    (found,) = attachments(document)

    with pytest.raises(Unreadable):
        found.content()


@pytest.mark.parametrize(
    ("document", "may"),
    [
        (with_invoice(), True),
        (in_object_stream(), True),
        (with_catalog(b""), True),
        (b"%PDF-1.4 3 0 obj <</EF\n4 0 R>>", True),
        (b"x" * 1000 + b"%PDF-1.4 /EF<<", True),
        (pdf(CATALOG % b"", PAGES), False),
        (b"%PDF-1.4 /EFoo /E /F ObjStm", False),
        (b"GIF89a /EF<<", False),
        (b"", False),
    ],
    ids=["plain", "packed", "unlisted", "bare", "late", "scan", "other names", "image", "empty"],
)
def test_scans_are_told_from_what_may_have_attachments(document: bytes, *, may: bool) -> None:
    assert may_have_attachments(document) is may


PICTURE = b"/Width 9/Length 20000/Length1 5\n/DecodeParms<</K -1>>/Height 9>>\r\nstream\r\n"


@pytest.mark.parametrize(
    ("document", "may"),
    [
        (b"%PDF-1.4 1 0 obj<<" + PICTURE + b"/EF <<".ljust(20_000) + b"\nendstream endobj", False),
        (b"%PDF-1.4 1 0 obj<<" + PICTURE + 20_000 * b" " + b"endstream 2 0 obj<</EF<<", True),
        (b"%PDF-1.4 1 0 obj<<" + PICTURE + b"/EF <<".ljust(20_001) + b"x endstream", True),
        (b"%PDF-1.4 1 0 obj<<" + PICTURE + b"/EF <<", True),
        (b"%PDF-1.4 <</Length 20000/EF <<>>>>stream\n" + 20_000 * b" " + b"endstream", True),
        (b"%PDF-1.4 <</Length 20000/Type/ObjStm>>stream\n" + 20_000 * b" " + b"endstream", True),
        (b"%PDF-1.4 <</Length 20000>>endobj 2 0 obj<</EF <<>>>>stream\n".ljust(20_200), True),
        (b"%PDF-1.4 <</Length 20000 0 R>>stream\n/EF <<".ljust(20_037) + b"endstream", True),
        (b"%PDF-1.4 <</Length 20000>>stream\n".ljust(20_033) + b"endstream /Type/ObjStm", True),
    ],
    ids=[
        "in a picture",
        "behind it",
        "its length is not true",
        "cut short",
        "in its dictionary",
        "an object stream",
        "of another object",
        "its length is elsewhere",
        "an object stream behind it",
    ],
)
def test_what_only_looks_like_a_trace_inside_a_picture_is_none(
    document: bytes, *, may: bool
) -> None:
    assert may_have_attachments(document) is may


@given(st.binary(max_size=40), st.integers(10_000, 99_999))
def test_behind_a_length_that_is_not_true_every_trace_is_found(noise: bytes, length: int) -> None:
    untrue = b"%%PDF-1.4 <</Length %d>>stream\n" % length

    assert may_have_attachments(untrue + noise + b"\n/EF <<")


@pytest.mark.parametrize(
    "document",
    [
        b"%PDF-1.4 " + 1_000_000 * b"/Length 20000 ",
        b"%PDF-1.4 " + 20_000 * b"/Length 9000000>>stream\n" + 9_000_000 * b" ",
        b"%PDF-1.4 " + 20_000 * (b"/Length 99999>>" + 400 * b" ") + b"stream\n",
        b"%PDF-1.4 " + 1_000_000 * b">>/Length 10000",
    ],
    ids=["lengths", "one end for all", "blanks", "dictionaries"],
)
def test_a_document_full_of_lengths_that_are_not_true_is_looked_through_once(
    document: bytes,
) -> None:
    assert not may_have_attachments(document)


def test_what_is_packed_with_everything_about_it_is_found() -> None:
    assert contents(in_object_stream()) == [XML]


@pytest.mark.parametrize(
    ("content", "is_one"),
    [
        (XML, True),
        (b"\n <invoice/>", True),
        (b"\xef\xbb\xbf<invoice/>", True),
        ("<invoice/>".encode("utf-16"), True),
        (b"%PDF-1.7", False),
        (b"PK\x03\x04", False),
        (b"invoice <1>", False),
        (b"", False),
    ],
)
def test_what_begins_as_xml_looks_like_xml(content: bytes, *, is_one: bool) -> None:
    assert looks_like_xml(content) is is_one


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_a_damaged_document_is_read_or_unreadable_and_nothing_else(data: st.DataObject) -> None:
    document = bytearray(data.draw(st.sampled_from([with_invoice(), in_object_stream()])))
    for _ in range(data.draw(st.integers(1, 8))):
        document[data.draw(st.integers(0, len(document) - 1))] = data.draw(st.integers(0, 255))
    try:
        for one in attachments(bytes(document)):
            one.content()
    except Unreadable:
        pass
