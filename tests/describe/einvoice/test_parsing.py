from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from ingestd.describe.einvoice.parsing import DEEPEST, LARGEST, MOST_ELEMENTS, parse
from ingestd.errors import NoEInvoice

LAUGHS = (
    '<!DOCTYPE a [<!ENTITY a "ha">'
    + "".join(
        f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )
    + "]><a>&i;</a>"
)


def refusal_of(xml: bytes) -> str:
    with pytest.raises(NoEInvoice) as refusal:
        parse(xml)
    return str(refusal.value)


@pytest.mark.parametrize(
    ("encoding", "declaration"),
    [
        ("utf-8", ""),
        ("utf-8-sig", ""),
        ("utf-8", '<?xml version="1.0" encoding="UTF-8"?>'),
        ("utf-16", '<?xml version="1.0" encoding="UTF-16"?>'),
        ("utf-16-le", '<?xml version="1.0" encoding="UTF-16"?>'),
        ("utf-16-be", '<?xml version="1.0" encoding="UTF-16"?>'),
    ],
)
def test_a_doctype_is_refused_in_whatever_encoding(encoding: str, declaration: str) -> None:
    why = refusal_of((declaration + LAUGHS).encode(encoding))

    assert why == "The XML has a DOCTYPE, which no e-invoice has."


@pytest.mark.parametrize(
    "xml",
    [
        b'<!DOCTYPE a SYSTEM "file:///etc/hostname"><a/>',
        b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]><a>&x;</a>',
        b'<!-- c --><?pi?>\n<!DOCTYPE a PUBLIC "p" "http://127.0.0.1:9/a.dtd"><a/>',
        b'<!DOCTYPE a [<!ENTITY % x SYSTEM "file:///etc/hostname"> %x;]><a/>',
        b"<!DOCTYPE a><a/>",
    ],
)
def test_a_doctype_is_refused_whatever_it_is_for(xml: bytes) -> None:
    assert refusal_of(xml) == "The XML has a DOCTYPE, which no e-invoice has."


def test_an_element_of_xinclude_includes_nothing(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret")
    include = (
        f'<a xmlns:xi="http://www.w3.org/2001/XInclude">'
        f'<xi:include href="{tmp_path}/secret" parse="text"/></a>'
    )

    assert "secret" not in "".join(parse(include.encode()).itertext())


def test_xml_that_is_too_large_is_refused_before_it_is_parsed() -> None:
    assert refusal_of(b"<" * (LARGEST + 1)) == "The XML is larger than 20 MiB."


def test_a_text_of_50_mb_is_refused() -> None:
    assert refusal_of(b"<a>" + b"x" * 50_000_000 + b"</a>") == "The XML is larger than 20 MiB."


def test_xml_that_is_too_deep_is_refused() -> None:
    assert refusal_of(b"<a>" * 200_000) == "The XML has more than 64 elements within each other."


def test_xml_of_the_greatest_depth_is_read() -> None:
    assert parse(b"<a>" * DEEPEST + b"</a>" * DEEPEST).tag == "a"


def test_elements_beside_each_other_are_not_deep() -> None:
    assert len(parse(b"<a>" + b"<b/>" * 1000 + b"</a>")) == 1000


def test_xml_of_too_many_elements_is_refused() -> None:
    why = refusal_of(b"<a>" + b"<b/>" * MOST_ELEMENTS + b"</a>")

    assert why == "The XML has more than 500000 elements."


@pytest.mark.parametrize(
    "xml",
    [
        b"",
        b"   ",
        b"%PDF-1.7",
        b"<a>",
        b"<a></b>",
        b"<a/>junk",
        b"<a>&unknown;</a>",
        b"<a>\x00</a>",
        "<a>ü</a>".encode("latin-1"),
        b'<?xml version="1.0" encoding="klingon"?><a/>',
        b"<!--" + b"x" * 15_000_000,
        b"<a b='" + b"x" * 15_000_000 + b"'/>",
    ],
    ids=[
        "empty", "blank", "a PDF", "cut off", "crossed", "more behind it", "an unknown entity",
        "a NUL", "not in its encoding", "an unknown encoding", "a long comment", "a long attribute",
    ],
)  # fmt: skip
def test_xml_that_is_not_well_formed_is_refused(xml: bytes) -> None:
    assert refusal_of(xml).startswith("The XML is not well-formed: ")


def test_a_refusal_is_one_line() -> None:
    assert "\n" not in refusal_of(b"<a>\x00</a>")  # libxml2 says it in two


@pytest.mark.parametrize(
    ("encoding", "declared", "mark"),
    [
        ("utf-8", "", b""),
        ("utf-8", "UTF-8", b"\xef\xbb\xbf"),
        ("utf-8", "ISO-8859-1", b"\xef\xbb\xbf"),
        ("utf-16-le", "UTF-16", b"\xff\xfe"),
        ("utf-16-be", "UTF-16", b"\xfe\xff"),
        ("utf-16-le", "UTF-16", b""),
        ("utf-16-be", "", b"\xfe\xff"),
        ("iso-8859-1", "ISO-8859-1", b""),
        ("iso-8859-15", "ISO-8859-15", b""),
        ("windows-1252", "windows-1252", b""),
        # declared by programs that write a text and save it as another
        ("utf-8", "utf-16", b""),
        ("utf-8", "UTF-16", b"\xef\xbb\xbf"),
    ],
)
def test_a_text_is_read_in_whatever_encoding(encoding: str, declared: str, mark: bytes) -> None:
    head = f'<?xml version="1.0" encoding="{declared}"?>\n' if declared else ""

    assert parse(mark + f"{head}<a>Müller</a>".encode(encoding)).text == "Müller"


def test_nothing_but_reading_needs_lxml() -> None:
    without = "import sys; sys.modules['lxml'] = None; import ingestd.describe.einvoice"

    subprocess.run([sys.executable, "-c", without], check=True)
