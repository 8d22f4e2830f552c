"""Made-up documents: PDFs of one page, of which nearly all is a picture that does not compress."""

from __future__ import annotations

import os
import random
from pathlib import Path

LONG_AGO = 7 * 24 * 3600.0
"""Seconds that they have been lying in the inbox."""


def pdf(size: int, picture: bytes) -> bytes:
    """A whole PDF of exactly `size` bytes.

    :param picture: `size` bytes at least, of which as many are taken as there is room for.
    """
    frame = _assembled(b"")
    # the length of the picture is written in digits, twice; a comment makes up for what is missing
    room = size - len(frame) - 16
    return _assembled(picture[:room], size=size)


def _assembled(picture: bytes, *, size: int = 0) -> bytes:
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</XObject<</P 4 0 R>>>>>>",
        b"<</Type/XObject/Subtype/Image/Width 1/Height %d/BitsPerComponent 8/ColorSpace/DeviceGray"
        b"/Length %d>>stream\n%b\nendstream" % (len(picture), len(picture), picture),
    ]
    document, table = b"%PDF-1.7\n", b"0000000000 65535 f \n"
    for number, content in enumerate(objects, start=1):
        table += b"%010d 00000 n \n" % len(document)
        document += b"%d 0 obj%b\nendobj\n" % (number, content)
    end = b"xref\n0 5\n%btrailer<</Size 5/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n"
    whole = document + end % (table, len(document))
    missing = size - len(whole)
    return (
        document + b"%" * (missing - 1) + b"\n" + whole[len(document) :] if missing > 0 else whole
    )


def lay(folder: Path, *, number: int, size: int, now: float) -> list[str]:
    """Write that many different documents into a folder, through to the disk; their names.

    :param now: seconds since the epoch.
    """
    folder.mkdir(parents=True)
    pictures = random.Random(size)  # noqa: S311 - the same documents each time
    names = [f"scan-{one:05}.pdf" for one in range(number)]
    for name in names:
        path = folder / name
        path.write_bytes(pdf(size, pictures.randbytes(size)))
        os.utime(path, (now - LONG_AGO, now - LONG_AGO))
    os.sync()
    return names
