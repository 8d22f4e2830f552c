from __future__ import annotations

import hashlib
from collections.abc import Iterator
from itertools import repeat

import pytest

from ingestd.sandbox.upload import LARGEST_FILE
from tests.sandbox.running import PDF, TOKEN, Running, errors_of


def test_of_a_file_hashes_size_and_name_are_kept(sandbox: Running) -> None:
    sandbox.create(file=PDF, filename="C:\\scans\\Rechnung März.pdf")

    stored = sandbox.store.invoices()[0]
    assert stored.md5 == hashlib.md5(PDF).hexdigest()
    assert stored.sha256 == hashlib.sha256(PDF).hexdigest()
    assert (stored.size, stored.filename) == (len(PDF), "Rechnung März.pdf")


@pytest.mark.parametrize(
    "content",
    [
        b"\xff\xd8\xff\xe0 jpeg",
        b"\x89PNG\r\n\x1a\n",
        b"II*\0tiff",
        b"RIFF\0\0\0\0WEBPVP8 ",
        b"\0\0\0\x18ftypheic",
        b"@PJL preamble\r\n%PDF-1.4",
    ],
)
def test_images_and_pdfs_are_known_by_their_content(sandbox: Running, content: bytes) -> None:
    assert sandbox.create(file=content, filename="x.bin").status_code == 201


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"hello", b"RIFF\0\0\0\0WAVE"])
def test_another_file_is_refused_whatever_its_name(sandbox: Running, content: bytes) -> None:
    answer = sandbox.create(file=content, filename="invoice.pdf")

    assert "must be a file of type: pdf" in errors_of(answer)["file"][0]


def test_a_file_input_that_was_left_empty_is_no_file(sandbox: Running) -> None:
    body = b"".join(
        b'--B\r\nContent-Disposition: form-data; name="%s"%s\r\n\r\n%s\r\n' % part
        for part in [(b"file", b'; filename=""', b""), (b"title", b"", b"x")]
    )

    answer = sandbox.client.post(
        "/incoming-invoices",
        content=body + b"--B--\r\n",
        headers={"Content-Type": "multipart/form-data; boundary=B"},
    )

    assert answer.status_code == 201


def test_the_largest_file_is_taken(sandbox: Running) -> None:
    answer = sandbox.create(file=PDF.ljust(LARGEST_FILE, b" "))

    assert answer.status_code == 201
    assert sandbox.store.invoices()[0].size == LARGEST_FILE


def test_a_file_one_byte_above_the_limit_is_refused(sandbox: Running) -> None:
    answer = sandbox.create(file=PDF.ljust(LARGEST_FILE + 1, b" "))

    assert answer.status_code == 413
    assert answer.json() == {"message": "The POST data is too large."}


def test_a_body_without_end_is_not_read_to_its_end(sandbox: Running) -> None:
    def endless() -> Iterator[bytes]:
        yield b'--B\r\nContent-Disposition: form-data; name="title"\r\n\r\n'
        yield from repeat(b"x" * 1024 * 1024, 64)

    answer = sandbox.client.post(
        "/incoming-invoices",
        content=endless(),
        headers={"Content-Type": "multipart/form-data; boundary=B"},
    )

    assert answer.status_code == 413


def test_a_body_that_announces_too_much_is_refused_before_it_is_sent(sandbox: Running) -> None:
    request = (
        b"POST /api/v1/incoming-invoices HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\n"
        b"Content-Type: multipart/form-data; boundary=B\r\nContent-Length: 99999999999\r\n\r\n"
    ) % TOKEN.encode()

    with sandbox.connect() as connection:
        connection.sendall(request)
        answer = connection.recv(1024)

    assert answer.startswith(b"HTTP/1.1 413 ")


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b"title=x", "application/x-www-form-urlencoded", 415),
        (b"{}", "application/json", 415),
        (b"", "multipart/form-data", 415),
        (b"nonsense", "multipart/form-data; boundary=B", 400),
        (
            b'--B\r\nContent-Disposition: form-data; name="title"\r\n\r\nx\r\n',
            "multipart/form-data; boundary=B",
            400,
        ),
    ],
)
def test_a_body_that_is_no_whole_multipart_form_is_refused(
    sandbox: Running, body: bytes, content_type: str, status: int
) -> None:
    answer = sandbox.client.post(
        "/incoming-invoices", content=body, headers={"Content-Type": content_type}
    )

    assert answer.status_code == status
    assert sandbox.store.count() == 0


def test_fields_beyond_the_thousandth_and_beyond_sixty_four_levels_are_left_out(
    sandbox: Running,
) -> None:
    parts = [("title" + "[a]" * 1200, (None, b"x")), *[("tags[]", (None, b"x"))] * 1000]

    answer = sandbox.client.post("/incoming-invoices", files=parts)

    assert answer.status_code == 201
    assert len(sandbox.store.invoices()[0].tags) == 999
