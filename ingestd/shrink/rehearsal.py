"""A document made smaller before the first one that matters, to see that it can be done."""

from __future__ import annotations

from io import BytesIO

from pikepdf import Dictionary, Name, Pdf, Stream
from PIL import Image

from ingestd.shrink.steps import shrink


def rehearse() -> None:
    """Make a PDF with two images smaller, one of JPEG and one of bare samples.

    :raises Unshrinkable, MemoryError: it cannot be done here.
    """
    document = _document()
    shrink(document, fits=len(document) // 2)


def _document() -> bytes:
    picture, jpeg, document = Image.radial_gradient("L").resize((400, 400)), BytesIO(), BytesIO()
    picture.convert("RGB").save(jpeg, "JPEG", quality=95)
    with Pdf.new() as pdf:
        coded = Stream(pdf, jpeg.getvalue(), ColorSpace=Name.DeviceRGB, Filter=Name.DCTDecode)
        bare = Stream(pdf, picture.tobytes(), ColorSpace=Name.DeviceGray)
        for image in (coded, bare):
            image.Type, image.Subtype = Name.XObject, Name.Image
            image.Width, image.Height, image.BitsPerComponent = *picture.size, 8
        page = pdf.add_blank_page(page_size=(72, 72))
        page.obj.Resources = Dictionary(XObject=Dictionary(A=coded, B=bare))
        page.obj.Contents = Stream(pdf, b"72 0 0 72 0 0 cm /A Do /B Do")
        pdf.save(document, compress_streams=False)
    return document.getvalue()
