"""Opening a PDF that is to be rewritten, if it may be."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO

from pikepdf import Dictionary, Object, PasswordError, Pdf, PikepdfError

from ingestd.shrink.answers import Unshrinkable


@contextmanager
def opened(document: bytes) -> Iterator[Pdf]:
    """Open a document, as far as it can be repaired.

    :raises Unshrinkable: it is encrypted, or is no PDF.
    """
    try:
        pdf = Pdf.open(BytesIO(document))
    except PasswordError as error:
        raise Unshrinkable("It needs a password.") from error
    except PikepdfError as error:
        raise Unshrinkable(f"It cannot be read: {error}") from error
    with pdf:
        if pdf.is_encrypted:  # opens without a password, but its owner wants it as it is
            raise Unshrinkable("It is protected against changes.")
        yield pdf


def require_unsigned(pdf: Pdf) -> None:
    """See that rewriting a document breaks no signature.

    Every signature, also a time stamp or a grant of rights, names the bytes that it is about
    (ISO 32000-2, 12.8.1: `/ByteRange`). `/SigFlags` would be set for empty signature fields too.

    :raises Unshrinkable: it has one.
    """
    for one in pdf.objects:
        if isinstance(one, Dictionary) and (_is_signature(one) or _is_signature(one.get("/V"))):
            raise Unshrinkable("It is signed, and a smaller copy would not be.")


def _is_signature(value: Object | None) -> bool:
    return isinstance(value, Dictionary) and "/ByteRange" in value
