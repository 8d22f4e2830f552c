from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import pytest
from pikepdf import (
    Array,
    AttachedFileSpec,
    Dictionary,
    Encryption,
    Name,
    Object,
    Pdf,
    Stream,
    String,
)

from ingestd.shrink.answers import Unshrinkable
from ingestd.shrink.samples import size_of
from ingestd.shrink.steps import STEPS, require_pages, shrink
from tests.describe.pdfs import XML
from tests.shrink.pdfs import (
    DRAW,
    add,
    document,
    form,
    image,
    images_of,
    named,
    noise,
    saved,
    scanned,
)

PLENTY = 10**9
SCAN = scanned(noise(600, 600))


def size_at(number: int) -> int:
    """Bytes that the scan has after a step."""
    fits, size = PLENTY, 0
    for _ in range(number + 1):
        copy, _ = shrink(SCAN, fits=fits)
        size = len(copy)
        fits = size - 1
    return size


SIZES = [size_at(number) for number in range(len(STEPS))]


@pytest.mark.parametrize("number", range(len(STEPS)))
def test_the_first_step_whose_copy_fits_is_the_last_one_taken(number: int) -> None:
    copy, step = shrink(SCAN, fits=SIZES[number])

    assert (len(copy), step) == (SIZES[number], STEPS[number])


def test_each_step_leaves_less() -> None:
    assert sorted(SIZES, reverse=True) == SIZES
    assert len(SCAN) > SIZES[0]


def test_what_fits_at_no_step_is_not_made_smaller() -> None:
    with pytest.raises(Unshrinkable, match="too large even with its images at 150 dpi"):
        shrink(SCAN, fits=SIZES[-1] - 1)


def test_no_step_goes_below_150_dpi() -> None:
    assert min(step.dpi for step in STEPS) == 150


def test_a_document_always_comes_out_the_same() -> None:
    assert shrink(SCAN, fits=SIZES[-1]) == shrink(SCAN, fits=SIZES[-1])


def test_the_id_of_a_copy_is_made_of_nothing_but_its_content() -> None:
    copies = [shrink(scanned(noise(size, 600)), fits=PLENTY)[0] for size in (600, 601)]
    ids = set()
    for copy in copies:
        with Pdf.open(BytesIO(copy)) as pdf:
            ids.add(bytes(pdf.trailer.ID[1]))

    assert len(ids) == 2  # made of the time, they would be the same


def test_a_copy_that_lacks_a_page_is_none() -> None:
    with pytest.raises(Unshrinkable, match="Of its 2 pages, a copy has 1"):
        require_pages(SCAN, 2)


def test_what_is_no_image_counts_too() -> None:
    with document() as pdf:
        add(pdf, image(pdf, noise(600, 600)))
        pdf.pages[0].obj.Rest = pdf.make_indirect(Stream(pdf, noise(200, 200).tobytes()))
        large = saved(pdf)

    with pytest.raises(Unshrinkable, match="too large"):
        shrink(large, fits=120_000)


def test_all_pages_and_everything_on_them_but_the_images_stay() -> None:
    with document(DRAW + b" BT /F1 9 Tf (Rechnung 4711) Tj ET") as pdf:
        add(pdf, image(pdf, noise(600, 600)))
        pdf.add_blank_page()
        pdf.docinfo["/Title"] = "Rechnung"
        pdf.Root.Metadata = pdf.make_indirect(
            Stream(pdf, b"<x:xmpmeta/>", Type=Name.Metadata, Subtype=Name.XML)
        )
        pdf.attachments["factur-x.xml"] = AttachedFileSpec(
            pdf, XML, relationship=Name.Alternative, mime_type="text/xml"
        )
        before = saved(pdf, fix_metadata_version=False)

    copy, _ = shrink(before, fits=len(before) // 2)

    with Pdf.open(BytesIO(copy)) as pdf, Pdf.open(BytesIO(before)) as original:
        assert len(pdf.pages) == 2
        assert pdf.pages[0].obj.Contents.read_bytes() == original.pages[0].obj.Contents.read_bytes()
        assert pdf.Root.Metadata.read_bytes() == b"<x:xmpmeta/>"
        assert repr(pdf.docinfo) == repr(original.docinfo)
        kept = pdf.attachments["factur-x.xml"]
        assert (kept.get_file().read_bytes(), kept.relationship) == (XML, Name.Alternative)


def test_an_image_on_two_pages_is_coded_for_the_page_that_draws_it_larger() -> None:
    with document(b"36 0 0 36 0 0 cm /A Do") as pdf:
        shared = image(pdf, noise(600, 600))
        add(pdf, shared)
        pdf.pages.append(pdf.pages[0])
        pdf.pages[1].obj.Contents = Stream(pdf, DRAW)
        large = saved(pdf)

    copy, step = shrink(large, fits=SIZES[-1] + 1000)

    with Pdf.open(BytesIO(copy)) as pdf:
        assert [size_of(one).width for one in images_of(pdf)] == 2 * [step.dpi] == [150, 150]


def test_an_image_that_is_drawn_small_itself_masks_another_as_finely_as_before() -> None:
    with document(b"q 9 0 0 9 0 0 cm /B Do Q " + DRAW) as pdf:
        mask = image(pdf, noise(600, 600, "L"), quality=None)
        add(pdf, image(pdf, noise(600, 600), entries={"SMask": mask}))
        add(pdf, mask, "B")
        large = saved(pdf)

    copy, _ = shrink(large, fits=len(large) - 300_000)

    with Pdf.open(BytesIO(copy)) as pdf:
        masked, masking = images_of(pdf)
        assert size_of(masking).width == 600
        assert masked.SMask.objgen == masking.objgen


def signature() -> Dictionary:
    return Dictionary(Type=Name.Sig, Contents=String("..."), ByteRange=Array([0, 1, 2, 3]))


def in_field(pdf: Pdf, value: Object | None) -> None:
    one = Dictionary(FT=Name.Sig, T="Signature")
    if value is not None:
        one.V = value
    pdf.Root.AcroForm = Dictionary(Fields=Array([pdf.make_indirect(one)]), SigFlags=3)


def signed_in_place(pdf: Pdf) -> None:
    in_field(pdf, signature())


def signed_indirectly(pdf: Pdf) -> None:
    in_field(pdf, pdf.make_indirect(signature()))


def with_granted_rights(pdf: Pdf) -> None:
    pdf.Root.Perms = Dictionary(UR3=pdf.make_indirect(signature()))


@pytest.mark.parametrize("sign", [signed_in_place, signed_indirectly, with_granted_rights])
def test_a_signed_document_stays_as_it_is(sign: Callable[[Pdf], None]) -> None:
    with document() as pdf:
        add(pdf, image(pdf, noise(600, 600)))
        sign(pdf)
        signed = saved(pdf)

    with pytest.raises(Unshrinkable, match="It is signed"):
        shrink(signed, fits=SIZES[0])


def test_a_field_that_nobody_has_signed_yet_is_no_signature() -> None:
    with document() as pdf:
        add(pdf, image(pdf, noise(600, 600)))
        in_field(pdf, None)
        unsigned = saved(pdf)

    assert shrink(unsigned, fits=len(unsigned) - 1)


@pytest.mark.parametrize(
    ("password", "why"), [("secret", "It needs a password"), ("", "protected against changes")]
)
def test_an_encrypted_document_stays_as_it_is(password: str, why: str) -> None:
    with document() as pdf:
        add(pdf, image(pdf, noise(600, 600)))
        encrypted = saved(pdf, encryption=Encryption(owner="owner", user=password))

    with pytest.raises(Unshrinkable, match=why):
        shrink(encrypted, fits=SIZES[0])


@pytest.mark.parametrize("content", [b"", b"BT (no image) Tj ET"])
def test_a_document_without_images_cannot_be_made_smaller(content: bytes) -> None:
    with document(content) as pdf:
        plain = saved(pdf)

    with pytest.raises(Unshrinkable, match="no images"):
        shrink(plain, fits=1)


def test_images_of_annotations_stay_and_that_is_said() -> None:
    with document(b"") as pdf:
        looks = form(pdf, DRAW, Resources=named(A=image(pdf, noise(600, 600))))
        stamp = Dictionary(Type=Name.Annot, Subtype=Name.Stamp, AP=Dictionary(N=looks))
        pdf.pages[0].obj.Annots = Array([pdf.make_indirect(stamp)])
        stamped = saved(pdf)

    with pytest.raises(Unshrinkable, match="those of annotations stay as they are"):
        shrink(stamped, fits=1)


@pytest.mark.parametrize("broken", [b"", b"%PDF-1.7\n", b"%PDF-1.7\n" + bytes(10_000)])
def test_what_is_no_pdf_cannot_be_made_smaller(broken: bytes) -> None:
    with pytest.raises(Unshrinkable, match="cannot be read"):
        shrink(broken, fits=1)
