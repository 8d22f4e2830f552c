"""What the log says of files that are left alone."""

from __future__ import annotations

import io
import json
from dataclasses import replace

from ingestd.intake.complaints import Complaints
from ingestd.intake.pairing import Oddity
from ingestd.observe import open_log

LINK = Oddity("a.toml", "is a symbolic link", 1, awaited_by=("a.pdf",))


def test_it_is_said_once_for_the_documents_that_wait_for_it() -> None:
    output = io.StringIO()
    complaints = Complaints(open_log(output), lambda: None)

    for awaited_by in (("a.pdf",), ("a.pdf",), ("a.jpg", "a.pdf")):
        complaints.say([replace(LINK, awaited_by=awaited_by)])

    assert [json.loads(line)["reason"] for line in output.getvalue().splitlines()] == [
        "It is a symbolic link, and is left alone; a.pdf waits for it.",
        "It is a symbolic link, and is left alone; a.jpg and a.pdf wait for it.",
    ]
