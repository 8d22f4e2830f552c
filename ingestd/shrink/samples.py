"""The samples of an image of a PDF, where they can be had without changing what they mean."""

from __future__ import annotations

from io import BytesIO
from typing import NamedTuple

from pikepdf import Array, Name, Object, Stream, StreamDecodeLevel
from pikepdf.settings import set_qpdf_limits
from PIL import Image

MOST_PIXELS = 40_000_000
"""Of an image that is decoded: A4 at 600 dpi has 35 million, which take 140 MB of memory."""

_BITS = 8  # of a component


class Size(NamedTuple):
    """In pixels."""

    width: int
    height: int

    @property
    def pixels(self) -> int:
        """How many there are."""
        return self.width * self.height


def limit_what_is_inflated() -> None:
    """Let this process inflate no stream to more than the largest image takes: a bomb stays one."""
    most = 4 * MOST_PIXELS
    set_qpdf_limits(flate_max_memory=most, run_length_max_memory=most, dct_max_memory=most)


def size_of(image: Stream) -> Size:
    """The size of an image, as its document has it."""
    return Size(int(image.Width), int(image.Height))


def mode_of(image: Stream) -> str:
    """The Pillow mode of an image's samples; empty for an image that is better left alone.

    That is one which is bilevel or indexed, of CMYK or other colours than grey and RGB, JPEG 2000,
    mapped (`/Decode`), masked by its colours, or larger than `MOST_PIXELS`.
    """
    mode = {1: "L", 3: "RGB"}.get(_components(image.get("/ColorSpace")), "")
    odd = (
        image.get("/BitsPerComponent") != _BITS
        or image.get("/ImageMask", False)
        or isinstance(image.get("/Mask"), Array)  # of colours that are not drawn
        or "/Matte" in image.get("/SMask", {})  # what it is blended with already, pixel by pixel
        or _is_mapped(image.get("/Decode"))
        or "/ColorTransform" in repr(image.get("/DecodeParms"))
        or "/F" in image  # its samples are in another file
        or "/Alternates" in image
        or size_of(image).pixels > MOST_PIXELS
    )
    return "" if odd else mode


def decoded(image: Stream, mode: str, enough: Size) -> Image.Image:
    """Decode an image.

    :param enough: JPEG is decoded to no more than it takes for this, which saves time and memory.
    :raises Exception: it is broken, or not what its document says of it.
    """
    size = size_of(image)
    if image.get("/Filter") == Name.DCTDecode:
        picture: Image.Image = Image.open(BytesIO(image.read_raw_bytes()), formats=["JPEG"])
        if (picture.size, picture.mode) != (size, mode):
            raise ValueError("It is not what its document says of it.")
        picture.draft(mode, enough)
        picture.load()
        return picture
    samples = memoryview(image.get_stream_buffer(StreamDecodeLevel.all))
    return Image.frombytes(mode, size, samples[: size.pixels * len(mode)])


def _components(space: Object | None) -> int:
    """How many numbers make a colour; 0 for colours that JPEG could spoil."""
    if isinstance(space, Array):
        kind, about = str(space[0]), space[1]
        named = {"/CalGray": 1, "/CalRGB": 3}
        return int(about.get("/N", 0)) if kind == "/ICCBased" else named.get(kind, 0)
    return {"/DeviceGray": 1, "/DeviceRGB": 3}.get(str(space), 0)


def _is_mapped(decode: Object | None) -> bool:
    return decode is not None and [float(one) for one in decode] != [0, 1] * (len(decode) // 2)
