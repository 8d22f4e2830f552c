"""From gentle to less gentle: the first copy of a document that fits is taken."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO

from pikepdf import Pdf, Stream

from ingestd.shrink.answers import Unshrinkable
from ingestd.shrink.drawn import Extent, ObjectId, drawn
from ingestd.shrink.opened import opened, require_unsigned
from ingestd.shrink.picture import Step, code_anew

STEPS = (Step(300, 85), Step(300, 75), Step(200, 75), Step(150, 75), Step(150, 60))
"""OCR wants 300 dpi. With less than 150, people begin to misread small print."""


def shrink(document: bytes, fits: int) -> tuple[bytes, Step]:
    """Make a copy of a PDF whose images take less; all else of it stays.

    The same document always comes out the same, as long as pikepdf and Pillow are the same.

    :param fits: bytes that the copy may have.
    :returns: the copy, and what its images were coded with.
    :raises Unshrinkable: there is none that fits, or the document must not be changed.
    :raises MemoryError: it takes too much of it.
    """
    with opened(document) as pdf:
        require_unsigned(pdf)
        images, pages = drawn(pdf), len(pdf.pages)
    if not images:
        raise Unshrinkable(
            "Its pages draw no images that could be made smaller, and those of annotations stay as "
            "they are."
        )
    for step in STEPS:
        copy = _copy(document, images, step, fits=fits)
        if copy is not None and len(copy) <= fits:
            require_pages(copy, pages)
            return copy, step
    raise Unshrinkable(f"It is too large even with its images at {STEPS[-1].dpi} dpi.")


def _copy(
    document: bytes, images: Mapping[ObjectId, Extent], step: Step, *, fits: int
) -> bytes | None:
    """Code all images anew; None once they alone take more than what fits."""
    with opened(document) as pdf:
        total = 0
        for image, extent in images.items():
            total += code_anew(_image(pdf, image), extent, step)
            if total > fits:
                return None
        copy = BytesIO()
        pdf.save(copy, deterministic_id=True, fix_metadata_version=False)
        return copy.getvalue()


def _image(pdf: Pdf, number: ObjectId) -> Stream:
    image = pdf.get_object(number)
    assert isinstance(image, Stream)
    return image


def require_pages(copy: bytes, pages: int) -> None:
    """See that a copy can be read, and is whole.

    :raises Unshrinkable: it cannot, or lacks pages.
    """
    with opened(copy) as pdf:
        if len(pdf.pages) != pages:
            raise Unshrinkable(f"Of its {pages} pages, a copy has {len(pdf.pages)}.")
