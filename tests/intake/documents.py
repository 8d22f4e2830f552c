"""The smallest documents of each format, for tests to cut, pad and damage."""

from __future__ import annotations

import struct
import zlib

from ingestd.intake.shape import Shape, shape_of


def pdf() -> bytes:
    return (
        b"%PDF-1.4\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n"
        b"2 0 obj\n<</Type/Pages/Kids[]/Count 0>>\nendobj\n"
        b"xref\n0 3\n0000000000 65535 f \n0000000009 00000 n \n0000000054 00000 n \n"
        b"trailer\n<</Size 3/Root 1 0 R>>\nstartxref\n101\n%%EOF"
    )


def signed_pdf() -> bytes:
    """A PDF with a second revision behind the end of its first."""
    signature = b"\n3 0 obj\n<</Type/Sig/Contents<" + b"00" * 1500 + b">>>\nendobj\n"
    return pdf() + signature + b"xref\n0 0\ntrailer\n<</Prev 101>>\nstartxref\n3200\n%%EOF"


def linearized_pdf(ending: bytes = b"") -> bytes:
    """A PDF for fast web view: a first end mark comes after its first page."""
    length = 3000
    start = b"%%PDF-1.4\n1 0 obj\n<</Linearized 1/L %d/H[ 500 40]/N 1>>\nendobj\n" % length
    start += b"xref\n0 1\ntrailer\n<<>>\nstartxref\n0\n%%EOF\n"
    end = b"startxref\n60\n%%EOF" + ending
    return start + b" " * (length - len(start) - len(end)) + end


def png() -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    picture = zlib.compress(b"\0\0")
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", picture)
        + chunk(b"IEND", b"")
    )


def jpeg() -> bytes:
    """A JPEG as cameras write it: its preview is a JPEG too, with an end of its own."""
    preview = b"Exif\0\0\xff\xd8\xff\xda\0\x02preview\xff\xd9"
    application = b"\xff\xe1" + struct.pack(">H", 2 + len(preview)) + preview
    scan = b"\xff\xda\0\x08\x01\x01\0\0\x3f\0" + b"picture" * 20
    return b"\xff\xd8" + application + b"\xff\xff\xfe\0\x04hi" + scan + b"\xff\xd9"


def tiff(order: str = "<", pages: int = 1, *, pictures_last: bool = False) -> bytes:
    """A TIFF whose pages have two strips each, listed apart from their directory."""
    picture = b"picture!" * 4
    directory, lists = 2 + 3 * 12 + 4, 4 * 4
    page = directory + lists
    if pictures_last:
        pages_at = [8 + page * number for number in range(pages)]
        pictures_at = [8 + page * pages + len(picture) * number for number in range(pages)]
    else:
        pictures_at = [8 + (page + len(picture)) * number for number in range(pages)]
        pages_at = [at + len(picture) for at in pictures_at]
    content = bytearray(8 + (page + len(picture)) * pages)
    content[:8] = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(order + "I", pages_at[0])
    for at, pixels, following in zip(pages_at, pictures_at, [*pages_at[1:], 0], strict=True):
        width = (256, 3, 1, 1)
        offsets = (273, 4, 2, at + directory)
        lengths = (279, 4, 2, at + directory + 8)
        fields = struct.pack(
            order + "H" + 3 * "HHII" + "I", 3, *width, *offsets, *lengths, following
        )
        strips = struct.pack(order + "IIII", pixels, pixels + 16, 16, 16)
        content[at : at + page] = fields + strips
        content[pixels : pixels + len(picture)] = picture
    return bytes(content)


def shape_of_bytes(content: bytes) -> Shape:
    return shape_of(lambda length, at: content[at : at + length], len(content))
