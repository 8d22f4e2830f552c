"""Documents made smaller by a real child."""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from pikepdf import Name, Pdf

from ingestd.errors import TooLarge
from ingestd.isolation import Isolated, Limits
from ingestd.shrink import Shrinker, Shrunk
from ingestd.shrink.answers import understood, written
from ingestd.shrink.samples import MOST_PIXELS, size_of
from tests.isolation.isolating import AMPLE, impostor
from tests.shrink.pdfs import add, document, image, images_of, noise, saved, scanned

MOST, FITS = 1_000_000, 30_000  # bytes
SCAN = scanned(noise(600, 600))
NONE_NOW = "No process that makes PDFs smaller can be started now."
COPY = written(Shrunk(b"%PDF-1.7\n", 150, 60))


@pytest.fixture(scope="module")
def shrinker() -> Iterator[Shrinker]:
    shrinker = Shrinker.for_up_to(MOST)
    yield shrinker
    shrinker.close()


def test_a_scan_is_made_to_fit(shrinker: Shrinker) -> None:
    shrunk = shrinker.shrink(SCAN, fits=FITS, timeout=AMPLE)

    assert len(shrunk.data) <= FITS < len(SCAN)
    with Pdf.open(BytesIO(shrunk.data)) as pdf:
        assert [size_of(one).width for one in images_of(pdf)] == [shrunk.dpi] == [200]


def test_why_it_cannot_be_and_what_to_do_is_said(shrinker: Shrinker) -> None:
    with pytest.raises(TooLarge) as raised:
        shrinker.shrink(SCAN, fits=1000, timeout=AMPLE)

    assert str(raised.value) == (
        f"The file has {len(SCAN):,} bytes; more than 1,000 cannot be delivered. No smaller "
        "copy can be sent. It is too large even with its images at 150 dpi."
    )
    assert raised.value.hint.startswith("Scan it with a lower resolution")


def test_what_inflates_to_more_than_any_image_takes_is_left_alone(shrinker: Shrinker) -> None:
    with document(b"q 72 0 0 72 0 0 cm /A Do Q /B Do") as pdf:
        add(pdf, image(pdf, noise(600, 600)))
        bomb = image(pdf, noise(9, 9), quality=None)
        bomb.write(zlib.compress(bytes(4 * MOST_PIXELS + 1), 9), filter=Name.FlateDecode)
        add(pdf, bomb, "B")
        size = len(bomb.read_raw_bytes())
        hostile = saved(pdf)

    shrunk = shrinker.shrink(hostile, fits=FITS + size, timeout=AMPLE)

    with Pdf.open(BytesIO(shrunk.data)) as pdf:
        scan, left_alone = images_of(pdf)
        assert (size_of(scan).width, len(left_alone.read_raw_bytes())) == (200, size)


def test_what_takes_more_memory_than_there_is_is_left_alone() -> None:
    with document() as pdf:
        vast = image(pdf, noise(9, 9), quality=None, entries={"Width": 6000, "Height": 6000})
        vast.write(zlib.compress(bytes(3 * 6000 * 6000)), filter=Name.FlateDecode)
        add(pdf, vast)
        greedy = saved(pdf)
    shrinker = Shrinker.for_up_to(MOST, memory=160 << 20)

    with pytest.raises(TooLarge, match="too large even with its images at 150 dpi"):
        shrinker.shrink(greedy, fits=FITS, timeout=AMPLE)

    assert shrinker.shrink(SCAN, fits=FITS, timeout=AMPLE)
    shrinker.close()


@pytest.mark.parametrize("garbage", [b"", b"%PDF-1.7", b"%PDF-1.7\n1 0 obj<</A[" + b"[" * 10_000])
def test_what_is_no_document_cannot_be(shrinker: Shrinker, garbage: bytes) -> None:
    with pytest.raises(TooLarge, match=r"No smaller copy can be sent\. It cannot be read"):
        shrinker.shrink(garbage, fits=FITS, timeout=AMPLE)


def test_what_takes_too_long_is_given_up(shrinker: Shrinker) -> None:
    with pytest.raises(TooLarge, match=r"was lost: it took longer than 0\.001 s"):
        shrinker.shrink(SCAN, fits=FITS, timeout=0.001)


def announced(message: bytes) -> bytes:
    return struct.pack("!I", len(message)) + message


def test_a_copy_that_does_not_fit_is_no_answer() -> None:
    command = impostor(f"channel.sendall({announced(COPY)!r}); signal.pause()")
    limits = Limits(memory=0, grown=0, longest=len(COPY), processor=0)
    liar = Shrinker(Isolated("lies", command, understand=understood, limits=limits))

    with pytest.raises(TooLarge, match=r"A smaller copy has 9 bytes\."):
        liar.shrink(b"", fits=8, timeout=AMPLE)

    liar.close()


def test_one_whose_process_was_ended_from_outside_is_tried_once_more(tmp_path: Path) -> None:
    been = tmp_path / "been here"
    dies_once = (
        f"first = not os.path.exists({str(been)!r}); os.makedirs({str(been)!r}, exist_ok=True); "
        f"first and os.kill(os.getpid(), 9); channel.sendall({announced(COPY)!r}); signal.pause()"
    )
    limits = Limits(memory=0, grown=1 << 60, longest=len(COPY), processor=0)
    shrinker = Shrinker(
        Isolated("shrinks", impostor(dies_once), understand=understood, limits=limits)
    )

    shrunk = shrinker.shrink(b"", fits=len(COPY), timeout=AMPLE)

    assert COPY.endswith(shrunk.data)
    shrinker.close()


def test_where_no_process_can_be_started_it_is_not_the_document_s_fault() -> None:
    limits = Limits(memory=0, grown=0, longest=0, processor=0)
    nowhere = Shrinker(Isolated("shrinks", ["/nowhere"], understand=understood, limits=limits))

    why = "[Errno 2] No such file or directory: '/nowhere'"
    for said in (f"No process that shrinks can be started: {why}.", NONE_NOW):
        with pytest.raises(OSError, match=f"^{re.escape(said)}$"):
            nowhere.shrink(SCAN, fits=FITS, timeout=AMPLE)


def test_after_its_end_nothing_is_made_smaller() -> None:
    shrinker = Shrinker.for_up_to(FITS)
    shrinker.close()

    with pytest.raises(OSError, match="was closed"):
        shrinker.shrink(SCAN, fits=FITS, timeout=AMPLE)
