"""What a file is by its content, and whether its end is there.

An interrupted copy has a beginning and no end, so every format is asked for its own end mark.
Nothing here parses a document: a few bounded reads decide, whatever the file holds.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from ingestd.errors import UnfitDocument
from ingestd.intake.tiff import Read, pages_are_there

HEAD = 1024
"""Bytes at the start of a file that show its type; `%PDF-` may lie anywhere in them."""
JUNK = 1024
"""Bytes after a document's end that nobody minds (of 287 real PDFs, all whole ones end so)."""
LOOK_BACK = 1024 * 1024
"""Bytes from the end that are searched for the end mark of a document with junk behind it.

Mail gateways append a notice or a MIME part, some KiB; phones a video of seconds, which may be
more. Beyond a MiB an end mark is rather one of something embedded, and reading on costs.
"""


class Kind(StrEnum):
    """How much of a document a file is."""

    EMPTY = "empty"
    WHOLE = "whole"
    WHOLE_WITH_JUNK = "whole, with junk"
    """The end is there, and more than `JUNK` bytes of something else behind it."""
    INCOMPLETE = "incomplete"
    FOREIGN = "foreign"
    """Neither a PDF nor an image."""


@dataclass(frozen=True, slots=True)
class Shape:
    """A kind and, where there is one, the media type its content has."""

    kind: Kind
    media_type: str = ""


def unfit(shape: Shape) -> UnfitDocument | None:
    """What a bookkeeper is told of a file that can never be delivered; None if it can be."""
    match shape.kind:
        case Kind.EMPTY:
            return UnfitDocument("The file is empty.", hint="Scan or save the document again.")
        case Kind.INCOMPLETE:
            return UnfitDocument(
                f"The {_FORMATS[shape.media_type]} is not complete: its end is missing, "
                "as when a scan or a copy was interrupted.",
                hint="Scan or copy it again.",
            )
        case Kind.FOREIGN:
            return UnfitDocument(
                "This is not a PDF or an image (JPEG, PNG, TIFF), whatever its name says.",
                hint="Save or print the document as PDF, and try again with that.",
            )
    return None


_FORMATS = {
    "application/pdf": "PDF",
    "image/jpeg": "JPEG image",
    "image/png": "PNG image",
    "image/tiff": "TIFF image",
}


def media_type_of(head: bytes) -> str | None:
    """Tell the media type from the first KiB of a file: PDF, JPEG, PNG, TIFF, or None."""
    for magic, media_type in _IMAGES:
        if head.startswith(magic):
            return media_type
    # readers accept bytes before the header, and mail gateways put some there
    return "application/pdf" if b"%PDF-" in head[:HEAD] else None


_IMAGES = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"II*\0", "image/tiff"),
    (b"MM\0*", "image/tiff"),
)


def shape_of(read: Read, size: int) -> Shape:
    """Read the shape of a file of `size` bytes.

    Reads at most its first KiB, its last MiB and the directories of an image. Raises what `read`
    does; no content makes it raise.
    """
    if size == 0:
        return Shape(Kind.EMPTY)
    head = read(HEAD, 0)
    media_type = media_type_of(head)
    match media_type:
        case None:
            return Shape(Kind.FOREIGN)
        case "application/pdf":
            kind = _pdf(read, size, head)
        case "image/jpeg":
            kind = _jpeg(read, size)
        case "image/png":
            kind = _by_junk(_behind_last(_PNG_END, read, size))
        case _:
            kind = Kind.WHOLE if pages_are_there(read, size) else Kind.INCOMPLETE
    return Shape(kind, media_type)


def _by_junk(behind_the_end: bytes | None) -> Kind:
    if behind_the_end is None:
        return Kind.INCOMPLETE
    return Kind.WHOLE if len(behind_the_end) <= JUNK else Kind.WHOLE_WITH_JUNK


def _behind_last(end: re.Pattern[bytes], read: Read, size: int, *, from_: int = 0) -> bytes | None:
    """Return what follows the last end mark that lies at or behind `from_`, None without one."""
    for span in (2 * JUNK, LOOK_BACK):  # nearly always the first, short read is enough
        start = max(from_, size - span)
        window = read(max(0, size - start), start)
        ends = [found.end() for found in end.finditer(window)]
        if ends:
            return window[ends[-1] :]
    return None


_PDF_END = re.compile(rb"startxref(?:(?!startxref).){0,1024}?%%EOF", re.DOTALL)
_PDF_END_BEHIND_FIRST_PAGE = re.compile(
    rb"startxref(?!\s+0+\b)(?:(?!startxref).){0,1024}?%%EOF", re.DOTALL
)
_PDF_GOES_ON = re.compile(rb"\d\s+obj\b|\bend(?:obj|stream)\b")
_LINEARIZED = re.compile(rb"<<(?=[^>]*/Linearized\b)[^>]*/L\s+(\d+)")


def _pdf(read: Read, size: int, head: bytes) -> Kind:
    # A linearized ("fast web view") PDF has a first `startxref 0 %%EOF` near its beginning, at
    # which a copy may have stopped; the one at its end is never 0 (PDF Reference, F.2.3, F.2.10).
    # It says how long it is to become, and may be shorter: mail gateways drop its last newline.
    linearized = _LINEARIZED.search(head)
    cut = linearized is not None and size < int(linearized[1])
    behind = _behind_last(_PDF_END_BEHIND_FIRST_PAGE if cut else _PDF_END, read, size)
    # Likewise a signed PDF has the end of its earlier revision inside, and a portfolio those of
    # the PDFs in it. What follows such an end is PDF, not junk.
    if behind is not None and _PDF_GOES_ON.search(behind):
        return Kind.INCOMPLETE
    return _by_junk(behind)


_PNG_END = re.compile(rb"\0\0\0\0IEND\xae\x42\x60\x82")
_JPEG_END = re.compile(rb"\xff\xd9")
_JPEG_START_OF_SCAN = 0xDA
_JPEG_SEGMENTS = 4096
"""More than any camera writes before the picture; a file that claims more is not followed."""


def _jpeg(read: Read, size: int) -> Kind:
    scan = _jpeg_scan(read)
    if scan is None:
        return Kind.INCOMPLETE
    return _by_junk(_behind_last(_JPEG_END, read, size, from_=scan))


def _jpeg_scan(read: Read) -> int | None:
    """Find where the picture begins, None where the file ends before it.

    What precedes it may hold a preview, a JPEG with an end mark of its own. From here on the
    format keeps the two bytes of the end mark for the end.
    """
    at = 2
    for _ in range(_JPEG_SEGMENTS):
        segment = read(4, at)
        match list(segment):
            case [0xFF, 0xFF, _, _]:  # a fill byte
                at += 1
            case [0xFF, marker, high, low] if marker != _JPEG_START_OF_SCAN:
                at += 2 + 256 * high + low
            case [_, _, _, _]:
                return at
            case _:
                return None
    return None
