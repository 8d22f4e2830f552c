from __future__ import annotations

import pytest
from pikepdf import Array, Dictionary, Name, Pdf, Stream

from ingestd.shrink.answers import Unshrinkable
from ingestd.shrink.drawn import UNKNOWN, Extent, drawn
from tests.shrink.pdfs import DRAW, add, add_page, document, form, image, named, noise


def dot(pdf: Pdf) -> Stream:
    return image(pdf, noise(1, 1))


def extent(content: bytes) -> Extent | None:
    """How large a page's content draws its image."""
    with document(content) as pdf:
        add(pdf, one := dot(pdf))
        return drawn(pdf).get(one.objgen)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"144 0 0 72 0 0 cm /A Do", Extent(144, 72)),
        (b"-144 0 0 72 300 0 cm /A Do", Extent(144, 72)),
        (b"0 144 -72 0 0 0 cm /A Do", Extent(144, 72)),
        (b"30 40 -60 80 0 0 cm /A Do", Extent(50, 100)),
        (b"2 0 0 3 0 0 cm 10 0 0 10 0 0 cm /A Do", Extent(20, 30)),
        (b"2 0 0 1 0 0 cm 0 1 -1 0 0 0 cm 72 0 0 72 0 0 cm /A Do", Extent(72, 144)),
        (b"q 9 0 0 9 0 0 cm q 2 0 0 2 0 0 cm Q Q 72 0 0 72 0 0 cm /A Do", Extent(72, 72)),
        (b"Q 72 0 0 72 0 0 cm /A Do", Extent(72, 72)),
        (b"q 72 0 0 10 0 0 cm /A Do Q q 9 0 0 144 0 0 cm /A Do Q", Extent(72, 144)),
        (b"/A Do", Extent(1, 1)),
        (b"1 2 cm 72 0 0 72 0 0 cm /A Do", UNKNOWN),
        (b"q (x) 0 0 1 0 0 cm Q 72 0 0 72 0 0 cm /A Do", Extent(72, 72)),
        (b"BI /W 1 /H 1 /BPC 8 /CS /G ID x EI 72 0 0 72 0 0 cm /A Do", Extent(72, 72)),
        (b"BT (/A Do) Tj ET", None),
        (b"/B Do (A) Do Do /A /A Do", None),
    ],
    ids=[
        "scaled",
        "mirrored",
        "turned",
        "turned and scaled",
        "scaled twice",
        "scaled before it is turned",
        "saved and restored",
        "restored too often",
        "drawn twice",
        "not scaled",
        "scaled by nonsense",
        "nonsense restored",
        "after an inline image",
        "only written of",
        "named wrongly",
    ],
)
def test_an_image_is_as_large_as_what_is_drawn_says(
    content: bytes, expected: Extent | None
) -> None:
    assert extent(content) == pytest.approx(expected)


def test_a_page_can_have_units_of_its_own() -> None:
    with document() as pdf:
        add(pdf, one := dot(pdf))
        pdf.pages[0].obj.UserUnit = 3

        assert drawn(pdf) == {one.objgen: Extent(216, 216)}


def test_of_several_pages_the_one_that_draws_it_largest_counts() -> None:
    with document(b"10 0 0 20 0 0 cm /A Do") as pdf:
        add_page(pdf, b"20 0 0 10 0 0 cm /A Do")
        one = dot(pdf)
        add(pdf, one)
        add(pdf, one, page=1)

        assert drawn(pdf) == {one.objgen: Extent(20, 20)}


@pytest.mark.parametrize("own", [True, False], ids=["resources of its own", "the page's resources"])
def test_a_form_is_followed_as_it_is_drawn(own: bool) -> None:
    with document(b"2 0 0 2 0 0 cm /F Do 2 0 0 2 0 0 cm /F Do") as pdf:
        one = dot(pdf)
        add(pdf, one)
        entries = {"Resources": named(A=one)} if own else {}
        add(pdf, form(pdf, DRAW, Matrix=[1, 0, 0, 3, 0, 0], **entries), "F")

        assert drawn(pdf) == {one.objgen: Extent(4 * 72, 4 * 3 * 72)}


def test_a_form_in_a_form_is_followed() -> None:
    with document(b"/G Do") as pdf:
        one = dot(pdf)
        inner = form(pdf, DRAW, Resources=named(A=one), Matrix=[2, 0, 0, 2, 0, 0])
        add(pdf, form(pdf, b"3 0 0 3 0 0 cm /F Do", Resources=named(F=inner)), "G")

        assert drawn(pdf) == {one.objgen: Extent(6 * 72, 6 * 72)}


def test_a_form_that_draws_itself_is_not_followed_for_ever() -> None:
    with document(b"/F Do") as pdf:
        itself = form(pdf, b"/F Do")
        itself.Resources = named(F=itself)
        add(pdf, itself, "F")

        with pytest.raises(Unshrinkable, match="too many layers"):
            drawn(pdf)


def test_forms_that_draw_forms_by_the_dozen_are_not_all_followed() -> None:
    with document(b"/F Do") as pdf:
        one = form(pdf, b"")
        for _ in range(8):
            one = form(pdf, 12 * b"/F Do ", Resources=named(F=one))
        add(pdf, one, "F")

        with pytest.raises(Unshrinkable, match="more than can be followed"):
            drawn(pdf)


def in_pattern(pdf: Pdf, drawing: Stream) -> None:
    entries = {"PatternType": 1, "PaintType": 1, "TilingType": 1, "XStep": 9, "YStep": 9}
    pattern = form(pdf, b"/A Do", Resources=named(A=drawing))
    for key, value in entries.items():
        pattern[f"/{key}"] = value
    pdf.pages[0].obj.Resources.Pattern = Dictionary(P=pattern)


def in_annotation(pdf: Pdf, drawing: Stream) -> None:
    looks = form(pdf, b"/A Do", Resources=named(A=drawing))
    annotation = Dictionary(
        Type=Name.Annot, Subtype=Name.Stamp, Rect=[0, 0, 9, 9], AP=Dictionary(N=looks)
    )
    pdf.pages[0].obj.Annots = Array([pdf.make_indirect(annotation)])


def in_soft_mask(pdf: Pdf, drawing: Stream) -> None:
    group = form(pdf, b"/A Do", Resources=named(A=drawing), Group=Dictionary(S=Name.Transparency))
    mask = Dictionary(Type=Name.Mask, S=Name.Luminosity, G=group)
    pdf.pages[0].obj.Resources.ExtGState = Dictionary(G=Dictionary(SMask=mask))


def in_form_of_pattern(pdf: Pdf, drawing: Stream) -> None:
    both = form(pdf, b"/A Do", Resources=named(A=drawing))
    add(pdf, both, "F")
    in_pattern(pdf, both)


def as_soft_mask_of_an_image(pdf: Pdf, drawing: Stream) -> None:
    image(pdf, noise(1, 1), entries={"SMask": drawing})


def as_mask_of_an_image(pdf: Pdf, drawing: Stream) -> None:
    image(pdf, noise(1, 1), entries={"Mask": drawing})


ELSEWHERE = [in_pattern, in_annotation, in_soft_mask, in_form_of_pattern]
MASKS = [as_soft_mask_of_an_image, as_mask_of_an_image]


@pytest.mark.parametrize("elsewhere", [*ELSEWHERE, *MASKS])
def test_what_is_drawn_elsewhere_too_may_be_larger_there(elsewhere: object) -> None:
    assert callable(elsewhere)
    with document(DRAW) as pdf:
        add(pdf, one := dot(pdf))
        elsewhere(pdf, one)

        assert drawn(pdf) == {one.objgen: UNKNOWN}


@pytest.mark.parametrize("elsewhere", [*ELSEWHERE[:3], *MASKS])
def test_what_is_drawn_only_elsewhere_is_not_followed(elsewhere: object) -> None:
    assert callable(elsewhere)
    with document(b"") as pdf:
        elsewhere(pdf, dot(pdf))

        assert drawn(pdf) == {}
