from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from io import BytesIO
from random import Random
from typing import Any

import pytest
from pikepdf import Array, Dictionary, Name, Pdf, Stream, String
from PIL import Image

from ingestd.shrink.drawn import UNKNOWN, Extent
from ingestd.shrink.picture import Step, code_anew
from ingestd.shrink.samples import MOST_PIXELS, size_of
from tests.shrink.pdfs import INCH, image, jpeg, noise

EXTENT = Extent(INCH, INCH)
LOW = Step(150, 60)
WHITE, BLACK, RED = (255, 255, 255), (0, 0, 0), (200, 30, 30)


def picture_of(coded: Stream) -> Image.Image:
    return Image.open(BytesIO(coded.read_raw_bytes()))


@pytest.mark.parametrize("quality", [95, None], ids=["JPEG", "bare"])
@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_an_image_is_drawn_from_fewer_pixels_and_takes_less(mode: str, quality: int | None) -> None:
    with Pdf.new() as pdf:
        one = image(pdf, noise(600, 400, mode), quality=quality)
        before = len(one.read_raw_bytes())

        now = code_anew(one, EXTENT, LOW)

        assert now == len(one.read_raw_bytes()) < before / 4
        assert one.Filter == Name.DCTDecode
        assert picture_of(one).size == size_of(one) == (150, 150)


@pytest.mark.parametrize(
    ("has", "keeps"),
    [(600, 150), (301, 150), (166, 150), (165, 165), (150, 150), (149, 149), (40, 40)],
)
def test_no_image_gets_below_150_dpi(has: int, keeps: int) -> None:
    with Pdf.new() as pdf:
        one = image(pdf, noise(has, has))

        code_anew(one, EXTENT, LOW)

        assert size_of(one).width == keeps


def test_a_fraction_of_a_pixel_is_rounded_up() -> None:
    with Pdf.new() as pdf:
        one = image(pdf, noise(300, 300))

        code_anew(one, Extent(INCH + 0.01, 1), LOW)

        assert size_of(one) == (151, 3)


def test_an_image_of_which_nobody_knows_how_large_it_is_keeps_its_pixels() -> None:
    with Pdf.new() as pdf:
        one = image(pdf, noise(600, 600))
        before = len(one.read_raw_bytes())

        assert code_anew(one, UNKNOWN, LOW) < before
        assert size_of(one).width == 600


def test_a_picture_stays_the_same_picture() -> None:
    halves = Image.new("RGB", (600, 600), WHITE)
    halves.paste(RED, (0, 0, 300, 600))
    with Pdf.new() as pdf:
        one = image(pdf, halves, quality=None)

        code_anew(one, EXTENT, LOW)

        now = picture_of(one)
    for place, colour in (((20, 75), RED), ((130, 75), WHITE)):
        assert now.getpixel(place) == pytest.approx(colour, abs=4)


def test_a_picture_without_colours_is_coded_without() -> None:
    off = Image.merge("RGB", [noise(600, 600, "L")] * 3)
    with Pdf.new() as pdf:
        one = image(pdf, off, entries={"Decode": Array([0, 1, 0, 1, 0, 1])})

        code_anew(one, EXTENT, LOW)

        assert (picture_of(one).mode, one.ColorSpace) == ("L", Name.DeviceGray)
        assert "/Decode" not in one


def mode_after(picture: Image.Image, quality: int | None = None) -> str:
    """The mode of a picture that is coded anew with all its pixels."""
    with Pdf.new() as pdf:
        one = image(pdf, picture, quality=quality)
        before = len(one.read_raw_bytes())
        assert code_anew(one, UNKNOWN, LOW) < before
        assert (picture_of(one).mode == "L") == (one.ColorSpace == Name.DeviceGray)
        return picture_of(one).mode


def grey_with_noise(grey: int, deviation: float) -> Image.Image:
    """What a scanner makes of a grey: each channel has noise of its own."""
    random = Random(f"{grey} {deviation}")
    channels = [
        bytes(min(255, max(0, round(random.gauss(grey, deviation)))) for _ in range(300 * 300))
        for _ in "RGB"
    ]
    return Image.merge("RGB", [Image.frombytes("L", (300, 300), one) for one in channels])


@pytest.mark.parametrize("quality", [75, 90, None])
@pytest.mark.parametrize("grey", [40, 128, 250])
def test_a_scanner_s_noise_is_no_colour(grey: int, quality: int | None) -> None:
    assert mode_after(grey_with_noise(grey, 3), quality) == "L"


@pytest.mark.parametrize("size", [(1, 999), (999, 1), (3, 333), (301, 303)])
def test_a_grey_of_any_size_is_grey(size: tuple[int, int]) -> None:
    assert mode_after(Image.new("RGB", size, (99, 99, 99))) == "L"


PALE = {
    "yellow": (255, 255, 245),
    "blue": (245, 245, 255),
    "pink": (255, 245, 245),
    "cyan": (245, 255, 255),
    "green": (245, 255, 245),
    "cream": (250, 248, 240),
}


@pytest.mark.parametrize("tint", PALE.values(), ids=PALE)
def test_paper_of_a_pale_tint_stays_so(tint: tuple[int, int, int]) -> None:
    assert mode_after(Image.new("RGB", (300, 300), tint)) == "RGB"


@pytest.mark.parametrize("colour", [RED, (255, 255, 220), (220, 235, 255), (255, 225, 225)])
def test_a_small_stamp_keeps_its_colour_and_be_it_pale(colour: tuple[int, int, int]) -> None:
    page = Image.new("RGB", (300, 300), WHITE)
    page.paste(colour, (150, 150, 158, 154))

    assert mode_after(page) == "RGB"


@pytest.mark.parametrize("colour", [(200, 220, 255), (255, 210, 210), (255, 255, 190)])
def test_a_line_of_a_single_pixel_keeps_its_pale_colour(colour: tuple[int, int, int]) -> None:
    page = Image.new("RGB", (300, 300), WHITE)
    page.paste(colour, (10, 150, 290, 151))

    assert mode_after(page) == "RGB"


def icc(pdf: Pdf, components: int) -> Array:
    return Array([Name.ICCBased, pdf.make_indirect(Stream(pdf, b"a profile", N=components))])


def calibrated(name: str) -> Array:
    return Array([Name(name), Dictionary(WhitePoint=[0.9505, 1, 1.089])])


@pytest.mark.parametrize(
    ("mode", "space"),
    [
        ("L", lambda pdf: icc(pdf, 1)),
        ("RGB", lambda pdf: icc(pdf, 3)),
        ("L", lambda _: calibrated("/CalGray")),
        ("RGB", lambda _: calibrated("/CalRGB")),
    ],
    ids=["ICC grey", "ICC RGB", "CalGray", "CalRGB"],
)
def test_what_its_numbers_mean_stays_so(mode: str, space: Callable[[Pdf], Array]) -> None:
    grey = noise(600, 600, "L")
    picture = grey if mode == "L" else Image.merge("RGB", [grey] * 3)
    with Pdf.new() as pdf:
        one = image(pdf, picture, entries={"ColorSpace": space(pdf)})
        before = repr(one.ColorSpace)

        code_anew(one, EXTENT, LOW)

        assert size_of(one).width == 150
        assert (picture_of(one).mode, repr(one.ColorSpace)) == (mode, before)


def test_a_mask_stays_beside_its_image() -> None:
    with Pdf.new() as pdf:
        mask = image(pdf, noise(600, 600, "L"), quality=None)
        one = image(pdf, noise(600, 600), entries={"SMask": mask})

        code_anew(one, EXTENT, LOW)

        assert size_of(one).width == 150
        assert one.SMask == mask
        assert len(mask.read_raw_bytes()) == 600 * 600


def test_what_is_coded_twice_is_decoded_twice() -> None:
    picture = noise(600, 600)
    with Pdf.new() as pdf:
        one = image(pdf, picture)
        filters = Array([Name.FlateDecode, Name.DCTDecode])
        one.write(zlib.compress(jpeg(picture)), filter=filters)

        code_anew(one, EXTENT, LOW)

        assert size_of(one).width == 150
        assert one.Filter == Name.DCTDecode


def test_what_would_take_more_than_before_stays() -> None:
    with Pdf.new() as pdf:
        one = image(pdf, noise(140, 140), quality=20)
        before = one.read_raw_bytes()

        assert code_anew(one, EXTENT, Step(300, 85)) == len(before)
        assert one.read_raw_bytes() == before


NOISE = {mode: noise(600, 600, mode) for mode in ("L", "RGB")}
CMYK = Image.merge("CMYK", [NOISE["L"]] * 4)
INDEXED = Array([Name.Indexed, Name.DeviceRGB, 255, String(768 * "x")])


@pytest.mark.parametrize(
    ("mode", "entries"),
    [
        ("L", {"BitsPerComponent": 1}),
        ("L", {"BitsPerComponent": 16}),
        ("L", {"ImageMask": True}),
        ("L", {"ColorSpace": INDEXED}),
        ("L", {"ColorSpace": Array([Name.Separation, Name.Black, Name.DeviceCMYK, Dictionary()])}),
        ("L", {"ColorSpace": Name.DeviceCMYK}),
        ("L", {"ColorSpace": Array([])}),
        ("L", {"ColorSpace": 5}),
        ("L", {"Decode": Array([1, 0])}),
        ("L", {"Decode": Array([Name.X])}),
        ("L", {"Mask": Array([0, 9])}),
        ("L", {"SMask": Dictionary(Matte=[0])}),
        ("L", {"F": Dictionary(F="elsewhere.raw")}),
        ("L", {"Alternates": Array([])}),
        ("L", {"Filter": Name.JPXDecode}),
        ("L", {"Filter": Name.CCITTFaxDecode}),
        ("L", {"Filter": Name.JBIG2Decode}),
        ("L", {"Filter": Name.FlateDecode}),
        ("L", {"Filter": Name.Unheard}),
        ("L", {"Width": 601}),
        ("L", {"Width": -600}),
        ("L", {"Width": Name.X}),
        ("RGB", {"ColorSpace": Name.DeviceGray, "Filter": Name.DCTDecode}),
        ("RGB", {"DecodeParms": Dictionary(ColorTransform=0), "Filter": Name.DCTDecode}),
        ("RGB", {"Height": 300, "Filter": Name.DCTDecode}),
    ],
    ids=str,
)
def test_what_might_not_look_the_same_is_left_alone(mode: str, entries: Mapping[str, Any]) -> None:
    with Pdf.new() as pdf:
        quality = 95 if entries.get("Filter") == Name.DCTDecode else None
        one = image(pdf, NOISE[mode], quality=quality, entries=entries)
        before = one.read_raw_bytes(), repr(one.stream_dict)

        assert code_anew(one, EXTENT, LOW) == len(before[0])
        assert (one.read_raw_bytes(), repr(one.stream_dict)) == before


def test_an_image_that_takes_too_much_memory_is_left_alone() -> None:
    vast = Image.new("L", (MOST_PIXELS // 5000 + 1, 5000))
    with Pdf.new() as pdf:
        one = image(pdf, vast, quality=None)

        code_anew(one, EXTENT, LOW)

        assert size_of(one) == vast.size


@pytest.mark.parametrize("keeps", [0, 2, 500])
def test_an_image_that_breaks_off_is_left_alone(keeps: int) -> None:
    with Pdf.new() as pdf:
        one = image(pdf, NOISE["RGB"])
        one.write(broken := one.read_raw_bytes()[:keeps], filter=Name.DCTDecode)

        assert code_anew(one, EXTENT, LOW) == keeps
        assert one.read_raw_bytes() == broken


def test_cmyk_in_jpeg_is_left_alone() -> None:
    with Pdf.new() as pdf:
        one = image(pdf, NOISE["RGB"], entries={"ColorSpace": Name.DeviceCMYK})
        one.write(coded := jpeg(CMYK), filter=Name.DCTDecode)

        code_anew(one, EXTENT, LOW)

        assert one.read_raw_bytes() == coded
