"""A document read before the first one that matters, to see that it can be done."""

from __future__ import annotations

import json
import zlib

from ingestd.describe.attachments import attachments
from ingestd.describe.embedded.answering import Mapper, answer_to

_XML = b'<?xml version="1.0" encoding="UTF-8"?><rehearsal/>'


def rehearse(mapper: Mapper) -> None:
    """Read a PDF with an attachment.

    :raises ImportError: pypdf, or what the mapper needs, is not installed.
    :raises RuntimeError: what was read is not what is in it.
    :raises Unreadable, MemoryError: it cannot be read here.
    """
    document = _document()
    if [one.content() for one in attachments(document)] != [_XML]:
        raise RuntimeError("pypdf does not find the attachment of a PDF made for this.")
    if "why" not in (answer := json.loads(answer_to(document, mapper))):
        raise RuntimeError(f"An e-invoice was found where none is: {answer}")


def _document() -> bytes:
    packed = zlib.compress(_XML)
    objects = [
        b"<</Type/Catalog/Pages 2 0 R/Names<</EmbeddedFiles<</Names[(a) 3 0 R]>>>>>>",
        b"<</Type/Pages/Kids[]/Count 0>>",
        b"<</Type/Filespec/F(factur-x.xml)/EF<</F 4 0 R>>>>",
        b"<</Filter/FlateDecode/Length %d>>stream\n%b\nendstream" % (len(packed), packed),
    ]
    document, table = b"%PDF-1.7\n", b"0000000000 65535 f \n"
    for number, content in enumerate(objects, start=1):
        table += b"%010d 00000 n \n" % len(document)
        document += b"%d 0 obj%b\nendobj\n" % (number, content)
    start = len(document)
    return document + (
        b"xref\n0 %d\n%btrailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n"
        % (len(objects) + 1, table, len(objects) + 1, start)
    )
