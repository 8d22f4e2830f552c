"""Names that somebody chose to break something, or that just came so."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import unicodedata
from pathlib import Path

from ingestd.cli.samples import pdf
from tests.acceptance.running import PATIENCE, Site
from tests.workbench import LocalKanbert

LONG_AGO = 1_000_000_000

NAMES = {
    "newline": b"new\nline.pdf",
    "newline and a field": b'x\nevent: document.delivered\n{"level": "info"}.pdf',
    "carriage return": b"carriage\rreturn.pdf",
    "tab and null's kin": b"tab\there\x01\x02\x7f.pdf",
    "quotes": b"\"double\" 'single' `back`.pdf",
    "a header of its own": b'x"; filename="y.pdf"\r\nContent-Type: text_html\r\n\r\n.pdf',
    "backslash": b"back\\slash\\..\\x.pdf",
    "right to left": "invoice\u202efdp.exe.pdf".encode(),
    "zero width": "in\u200bvoi\u2060ce\ufeff.pdf".encode(),
    "emoji": "\U0001f9fe invoice \U0001f468\u200d\U0001f469\u200d\U0001f467.pdf".encode(),
    "invalid UTF-8": b"r\xe9sum\xe9 \xff\xfe.pdf",
    "half a surrogate": b"\xed\xa0\x80.pdf",
    "255 bytes": b"a" * 251 + b".pdf",
    "255 bytes of emoji": "\U0001f9fe".encode() * 62 + b"abc.pdf",
    "255 invalid bytes": b"\xff" * 251 + b".pdf",
    "leading dash": b"-rf.pdf",
    "two dashes": b"--config=x.pdf",
    "leading spaces": b"   spaces.pdf",
    "trailing spaces": b"spaces   .pdf",
    "dots before the suffix": b"dots....pdf",
    "nothing but a space": b" .pdf",
    "per cent": b"100%.pdf",
    "encoded null": b"nul%00.pdf",
    "encoded way up": b"%2e%2e%2fup.pdf",
    "format": b"%s%n%d {0} {event}.pdf",
    "semicolon": b"a; rm -r b.pdf",
    "command": b"$(touch x) ${HOME} | x &.pdf",
    "markup": b"<script>alert(1)<!--.pdf",
    "colours": b"\x1b[31mred\x1b[2J\x1b]0;title\x07.pdf",
    "C1 control": "\u009b31m.pdf".encode(),
    "rich markup": b"[bold red]x[!].pdf",
    "line separator": "line\u2028separator\u2029.pdf".encode(),
    "device of another system": b"CON.pdf",
    "stream of another system": b"a:b.pdf",
    "lower case": b"case.pdf",
    "upper case": b"CASE.pdf",
    "upper suffix": b"case.PDF",
    "composed": unicodedata.normalize("NFC", "Rechnung für März.pdf").encode(),
    "decomposed": unicodedata.normalize("NFD", "Rechnung für März.pdf").encode(),
    "like one of ours": b"case (2).pdf",
    "like a reason": b"case.pdf.reason.txt.pdf",
}


def dropped(folder: Path, contents: dict[bytes, bytes]) -> None:
    for name, content in contents.items():
        path = os.path.join(os.fsencode(folder), name)
        with open(path, "wb") as file:
            file.write(content)
        os.utime(path, (LONG_AGO, LONG_AGO))


def lying_in(folder: Path) -> dict[bytes, bytes]:
    found = {}
    for entry in os.scandir(os.fsencode(folder)):
        if entry.is_file():
            with open(entry.path, "rb") as file:
                found[entry.name] = file.read()
    return found


def test_every_name_is_delivered_once_and_kept(site: Site, local_kanbert: LocalKanbert) -> None:
    contents = {name: pdf(f"Invoice {what}") for what, name in NAMES.items()}
    dropped(site.inbox(), contents)

    ended = site.once()

    assert ended.returncode == 0
    assert lying_in(site.inbox() / "done") == contents
    assert local_kanbert.store.count() == len(NAMES)
    written = ended.stderr.removesuffix("\n").split("\n")
    assert all(line.isprintable() for line in written)
    lines = [json.loads(line) for line in written]
    told = [line["path"] for line in lines if line["event"] == "document.delivered"]
    assert sorted(told) == sorted(map(os.fsdecode, NAMES.values()))
    for invoice in local_kanbert.store.invoices():
        assert invoice.filename
        assert invoice.filename.isprintable()
        assert not set(invoice.filename) & set('"\\/%')
        assert invoice.title.isprintable()


LETTER = b"Dear Sir or Madam\n"


def test_a_reason_keeps_its_lines_whatever_the_name(site: Site) -> None:
    dropped(site.inbox(), dict.fromkeys(NAMES.values(), LETTER))

    ended = site.once()

    assert ended.returncode == 1
    lying = lying_in(site.inbox() / "failed")
    reasons = {name: text for name, text in lying.items() if text != LETTER}
    assert len(reasons) == len(lying) - len(reasons) == len(NAMES)
    assert all(name.removesuffix(b".reason.txt") in lying for name in reasons)
    for text in reasons.values():
        said, advice, empty, *facts = text.decode().removesuffix("\n").split("\n")
        assert said.startswith("This is not a PDF")
        assert advice.startswith("Save or print")
        assert empty == ""
        assert [fact.partition(": ")[0] for fact in facts] == ["document", "inbox", "time", "id"]
        assert all(fact.isprintable() for fact in facts)


def test_what_people_read_holds_no_control_characters(site: Site) -> None:
    site.log["format"] = '"console"'
    dropped(site.inbox(), dict.fromkeys(NAMES.values(), LETTER))

    ended = subprocess.run(site.once_command(), capture_output=True, timeout=PATIENCE, check=False)

    lines = (ended.stderr + ended.stdout).decode().split("\n")
    assert all(line.isprintable() for line in lines)
    assert sum(" document.failed " in line for line in lines) == len(NAMES)
    assert sum(line.startswith("failed: ") for line in lines) == len(NAMES)


def test_a_terminal_is_sent_no_escape_sequence_of_a_name(site: Site) -> None:
    dropped(site.inbox(), dict.fromkeys(NAMES.values(), LETTER))

    shown = on_a_terminal(site.once_command())

    assert b"document.failed" in shown
    assert b"\x1b[" in shown  # colours of our own, and the progress bar
    for sequence in (b"\x1b[2J", b"\x1b]", b"\x07", b"\xc2\x9b", "\u202e".encode(), b"\xff"):
        assert sequence not in shown


def on_a_terminal(command: list[str]) -> bytes:
    """Run a command whose output is a terminal; what was written to it."""
    ours, its = os.openpty()
    environ = {**os.environ, "TERM": "xterm", "NO_COLOR": ""}
    with subprocess.Popen(command, stdin=its, stdout=its, stderr=its, env=environ) as process:
        os.close(its)
        shown = b""
        with contextlib.suppress(OSError):  # EIO: it ended
            while piece := os.read(ours, 65536):
                shown += piece
        os.close(ours)
        process.wait(PATIENCE)
    return shown
