"""PDFs with images. Pages are an inch wide and high, so that pixels are dpi."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from io import BytesIO
from typing import Any

from pikepdf import Dictionary, Name, Object, Pdf, Stream
from PIL import Image

INCH = 72
DRAW = b"72 0 0 72 0 0 cm /A Do"
SPACES = {"L": Name.DeviceGray, "RGB": Name.DeviceRGB}


def noise(width: int, height: int, mode: str = "RGB", seed: str = "") -> Image.Image:
    """A picture that nothing makes small but fewer pixels and a lower quality."""
    count = width * height * len(mode)
    samples = random.Random(f"{count} {seed}").randbytes(count)
    return Image.frombytes(mode, (width, height), samples)


def jpeg(picture: Image.Image, quality: int = 95) -> bytes:
    coded = BytesIO()
    picture.save(coded, "JPEG", quality=quality)
    return coded.getvalue()


@contextmanager
def document(content: bytes = DRAW) -> Iterator[Pdf]:
    """A document of one page."""
    with Pdf.new() as pdf:
        add_page(pdf, content)
        yield pdf


def add_page(pdf: Pdf, content: bytes = DRAW) -> Dictionary:
    page = pdf.add_blank_page(page_size=(INCH, INCH)).obj
    page.Contents = Stream(pdf, content)
    page.Resources = Dictionary(XObject=Dictionary())
    return page


def add(pdf: Pdf, drawing: Object, name: str = "A", page: int = 0) -> None:
    """Let a page know a drawing by a name."""
    pdf.pages[page].obj.Resources.XObject[f"/{name}"] = drawing


def image(
    pdf: Pdf, picture: Image.Image, *, quality: int | None = 95, entries: Mapping[str, Any] = {}
) -> Stream:
    """An image of a picture's samples.

    :param quality: of JPEG; None for bare samples.
    :param entries: of its dictionary, beside the usual ones or in their place.
    """
    made = Stream(pdf, picture.tobytes() if quality is None else jpeg(picture, quality))
    made.Type, made.Subtype, made.BitsPerComponent = Name.XObject, Name.Image, 8
    made.Width, made.Height = picture.size
    made.ColorSpace = SPACES[picture.mode]
    if quality is not None:
        made.Filter = Name.DCTDecode
    for key, value in entries.items():
        made[f"/{key}"] = value
    indirect = pdf.make_indirect(made)
    assert isinstance(indirect, Stream)
    return indirect


def form(pdf: Pdf, content: bytes, **entries: Any) -> Stream:
    box = [0, 0, INCH, INCH]
    made = Stream(pdf, content, Type=Name.XObject, Subtype=Name.Form, BBox=box, **entries)
    indirect = pdf.make_indirect(made)
    assert isinstance(indirect, Stream)
    return indirect


def named(**drawings: Object) -> Dictionary:
    """Resources in which drawings have names."""
    return Dictionary(XObject=Dictionary({f"/{name}": one for name, one in drawings.items()}))


def saved(pdf: Pdf, **options: Any) -> bytes:
    written = BytesIO()
    # else the /ID is made of the time of day, and no two are the same; not where it is encrypted
    options.setdefault("deterministic_id", "encryption" not in options)
    pdf.save(written, **options)
    return written.getvalue()


def scanned(*pictures: Image.Image, quality: int = 95) -> bytes:
    """A document with a page for each picture, which is all of the page."""
    with Pdf.new() as pdf:
        for number, picture in enumerate(pictures):
            add_page(pdf)
            add(pdf, image(pdf, picture, quality=quality), page=number)
        return saved(pdf)


def images_of(pdf: Pdf) -> list[Stream]:
    """The images that pages know, in their order."""
    listed = [one for page in pdf.pages for one in page.obj.Resources.XObject.values()]
    return [one for one in listed if isinstance(one, Stream)]
