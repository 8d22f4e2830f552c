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
_GREY = 128  # what Cb and Cr of a grey are
# In grey pictures whose channels were given noise of a standard deviation of 3, blocks of 4 by 4
# pixels were up to 3 off, bare and as JPEG (single pixels up to 10). Paper of 255, 255, 247 is 4
# off: in CIELAB that is a tint of 4.1, and people begin to notice one at 2.3.
_BLOCK, _OFF = 4, 3
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
    """Whether nothing in it has a colour, be it as small as a stamp's or as pale as paper's."""
    blocks = max(1, picture.width // _BLOCK), max(1, picture.height // _BLOCK)
    without_noise = picture.resize(blocks, Image.Resampling.BOX)
    _, *colours = cast(_Extrema, without_noise.convert("YCbCr").getextrema())
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
