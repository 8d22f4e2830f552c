"""PDFs with attachments, written by hand, so that they can be as odd as need be."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Sequence

from pypdf import PdfWriter

XML = b'<?xml version="1.0" encoding="UTF-8"?><invoice/>'

CATALOG = b"<</Type/Catalog/Pages 2 0 R %b>>"
PAGES = b"<</Type/Pages/Kids[]/Count 0>>"


def pdf(*objects: bytes, trailer: bytes = b"", start: int | None = None) -> bytes:
    """A document of these objects, numbered from 1; the first one is its catalog."""
    body, table = b"%PDF-1.7\n", b"0000000000 65535 f \n"
    for number, content in enumerate(objects, start=1):
        table += b"%010d 00000 n \n" % len(body)
        body += b"%d 0 obj %b\nendobj\n" % (number, content)
    size, where = len(objects) + 1, len(body) if start is None else start
    return body + (
        b"xref\n0 %d\n%btrailer <</Size %d/Root 1 0 R %b>>\nstartxref\n%d\n%%%%EOF\n"
        % (size, table, size, trailer, where)
    )


def stream(content: bytes, *, entries: bytes = b"/Type/EmbeddedFile") -> bytes:
    return b"<<%b/Length %d>>stream\n%b\nendstream" % (entries, len(content), content)


def packed(content: bytes, *, entries: bytes = b"/Type/EmbeddedFile") -> bytes:
    return stream(zlib.compress(content), entries=b"/Filter/FlateDecode" + entries)


def specification(name: bytes, file: int, *, entries: bytes = b"") -> bytes:
    return b"<</Type/Filespec/F(%b)/EF<</F %d 0 R>>%b>>" % (name, file, entries)


def with_files(*files: tuple[str, str, bytes]) -> bytes:
    """A document with these attachments (name, relationship, content) in its name tree."""
    objects, names = [], b""
    for number, (name, relationship, content) in enumerate(files):
        place = 3 + 2 * number
        entries = b"/AFRelationship/%b" % relationship.encode() if relationship else b""
        objects += [specification(name.encode(), place + 1, entries=entries), packed(content)]
        names += b"(%04d) %d 0 R " % (number, place)
    tree = b"/Names<</EmbeddedFiles<</Names[%b]>>>>" % names
    return pdf(CATALOG % tree, PAGES, *objects)


def with_invoice(xml: bytes = XML, name: str = "factur-x.xml") -> bytes:
    return with_files((name, "Data", xml))


def with_catalog(entries: bytes, *others: bytes, name: bytes = b"factur-x.xml") -> bytes:
    """A document whose catalog has these entries: 3 0 R is a file specification, others follow."""
    return pdf(CATALOG % entries, PAGES, specification(name, 4), packed(XML), *others)


def encrypted(algorithm: str, *, password: str = "") -> bytes:
    writer, document = PdfWriter(), io.BytesIO()
    writer.add_blank_page(100, 100)
    writer.add_attachment("factur-x.xml", XML)
    writer.encrypt(password, "owner", algorithm=algorithm)
    writer.write(document)
    return document.getvalue()


def in_object_stream(*, padding: int = 0) -> bytes:
    """A document that has nothing but its attachment's stream in the open."""
    inside: Sequence[bytes] = (
        CATALOG % b"/Names<</EmbeddedFiles<</Names[(a) 3 0 R]>>>>",
        PAGES,
        specification(b"factur-x.xml", 4),
    )
    offsets, content = b"", b""
    for number, one in enumerate(inside, start=1):
        offsets += b"%d %d " % (number, len(content))
        content += one + b" "
    first = len(offsets)
    entries = b"/Type/ObjStm/N %d/First %d" % (len(inside), first)
    head = b"%PDF-1.7\n"
    file = b"4 0 obj %b\nendobj\n" % packed(XML, entries=b"")
    objects = b"5 0 obj %b\nendobj\n" % packed(offsets + content + padding * b" ", entries=entries)
    at = [len(head), len(head) + len(file), len(head) + len(file) + len(objects)]
    rows = [(0, 0, 255), (2, 5, 0), (2, 5, 1), (2, 5, 2), *((1, offset, 0) for offset in at)]
    table = b"".join(struct.pack("!BHB", *row) for row in rows)
    entries = b"/Type/XRef/Size 7/W[1 2 1]/Root 1 0 R"
    xref = b"6 0 obj %b\nendobj\n" % packed(table, entries=entries)
    return head + file + objects + xref + b"startxref\n%d\n%%%%EOF\n" % at[-1]


def bomb(layers: int = 2) -> bytes:
    """A file's stream of some KB that inflates to 4 GiB of zeros."""
    packer = zlib.compressobj(9)
    head = packer.compress(bytes(1 << 20)) + packer.flush(zlib.Z_FULL_FLUSH)
    again = packer.compress(bytes(1 << 20)) + packer.flush(zlib.Z_FULL_FLUSH)
    content = head + 4095 * again  # blocks that know nothing of each other can be repeated
    for _ in range(layers - 1):
        content = zlib.compress(content, 9)
    filters = layers * b"/FlateDecode"
    return stream(content, entries=b"/Type/EmbeddedFile/Filter[%b]" % filters)
