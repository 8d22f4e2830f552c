"""An image of a PDF, coded anew so that it takes less; or left as it is, where that is not safe."""

from __future__ import annotations

import math
from io import BytesIO
from typing import NamedTuple, cast

from pikepdf import Name, Stream
from PIL import Image

from ingestd.shrink.drawn import Extent
from ingestd.shrink.samples import Size, decoded, mode_of, size_of

_SPARED = 1.1  # for less than that, resampling costs sharpness and saves next to nothing
_GREY, _OFF = 128, 12  # what Cb and Cr of a grey are, and how far off scanners and JPEG have them
_Extrema = tuple[tuple[int, int], ...]


class Step(NamedTuple):
    """How images are coded."""

    dpi: int
    """What they keep at least, as large as they are drawn; one with less keeps what it has."""
    quality: int
    """Of JPEG: 95 at most."""


def code_anew(image: Stream, extent: Extent, step: Step) -> int:
    """Code an image of a document anew, if that can be done and makes it smaller.

    :returns: bytes that it takes now.
    """
    before = len(image.read_raw_bytes())
    try:
        mode = mode_of(image)
        if not mode:
            return before
        enough = _enough(size_of(image), extent, step.dpi)
        picture = decoded(image, mode, enough)
        if picture.size != enough:
            picture = picture.resize(enough, Image.Resampling.LANCZOS, reducing_gap=2.0)
        if image.ColorSpace == Name.DeviceRGB and _is_grey(picture):
            picture = picture.convert("L")
        coded = _jpeg(picture, step.quality)
    except Exception:  # noqa: BLE001 - one that is broken, or too large, raises anything; it stays
        return before
    if len(coded) < before:
        _replace(image, coded, picture)
    return min(len(coded), before)


def _enough(size: Size, extent: Extent, dpi: int) -> Size:
    def pixels(has: int, points: float) -> int:
        wanted = points * dpi / 72
        return has if has <= _SPARED * wanted else max(1, math.ceil(wanted))

    return Size(pixels(size.width, extent.width), pixels(size.height, extent.height))


def _is_grey(picture: Image.Image) -> bool:
    """Whether nothing in it has a colour, be it as small as a stamp's."""
    _, *colours = cast(_Extrema, picture.convert("YCbCr").getextrema())
    return all(low >= _GREY - _OFF and high <= _GREY + _OFF for low, high in colours)


def _jpeg(picture: Image.Image, quality: int) -> bytes:
    coded = BytesIO()
    picture.save(coded, "JPEG", quality=quality, optimize=True, comment="")
    return coded.getvalue()


def _replace(image: Stream, coded: bytes, picture: Image.Image) -> None:
    image.write(coded, filter=Name.DCTDecode)
    image.Width, image.Height = picture.size
    if picture.mode == "L" and image.ColorSpace == Name.DeviceRGB:
        image.ColorSpace = Name.DeviceGray
    if "/Decode" in image:  # it says nothing (see `mode_of`), and may be of three colours
        del image.Decode
