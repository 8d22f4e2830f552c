"""What is called `.pdf` and is no document, is too large, or is one under two names."""

from __future__ import annotations

import contextlib
import os
import socket
import stat
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from watchdog.events import FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer

from ingestd.cli.samples import pdf
from tests.acceptance.running import Site
from tests.acceptance.test_hostile_names import LONG_AGO
from tests.workbench import LocalKanbert

SECRET = b"root:x:0:0\n"


@contextlib.contextmanager
def opened(*folders: Path) -> Iterator[set[str]]:
    """The names of the files in some folders that anybody opens meanwhile."""
    seen = set[str]()

    class Opened(FileSystemEventHandler):
        def on_opened(self, event: FileSystemEvent) -> None:
            seen.add(os.path.basename(os.fsdecode(event.src_path)))

    observer = Observer()
    for folder in folders:
        observer.schedule(Opened(), str(folder))
    observer.start()
    try:
        yield seen
    finally:
        observer.stop()
        observer.join()


def odd_things(inbox: Path, elsewhere: Path) -> dict[str, str]:
    """Make everything that is no regular file; what each is called in the log."""
    elsewhere.mkdir()
    (elsewhere / "secret").write_bytes(SECRET)
    (elsewhere / "real.pdf").write_bytes(pdf("An invoice elsewhere"))
    (inbox / "secret.pdf").symlink_to(elsewhere / "secret")
    (inbox / "real.pdf").symlink_to(elsewhere / "real.pdf")
    (inbox / "dangling.pdf").symlink_to(elsewhere / "nothing")
    (inbox / "loop.pdf").symlink_to("loop.pdf")
    (inbox / "folder link.pdf").symlink_to(elsewhere)
    links = ("secret.pdf", "real.pdf", "dangling.pdf", "loop.pdf", "folder link.pdf")
    os.mkfifo(inbox / "pipe.pdf")
    with socket.socket(socket.AF_UNIX) as listener:
        folder = os.open(inbox, os.O_RDONLY)
        listener.bind(f"/proc/self/fd/{folder}/socket.pdf")  # a whole path may be too long
        os.close(folder)
    made = dict.fromkeys(links, "symbolic link") | {
        "pipe.pdf": "named pipe",
        "socket.pdf": "socket",
    }
    with contextlib.suppress(PermissionError):  # for root only
        os.mknod(inbox / "device.pdf", 0o600 | stat.S_IFCHR, os.makedev(1, 3))
        made["device.pdf"] = "device"
    return made


def test_what_is_no_regular_file_is_never_opened_and_named_once(
    site: Site, local_kanbert: LocalKanbert, tmp_path: Path
) -> None:
    site.options["rescan"] = '"200ms"'
    odd = odd_things(site.inbox(), tmp_path / "elsewhere")
    (site.inbox() / "folder.pdf").mkdir()
    (site.inbox() / "folder.pdf" / "inside.pdf").write_bytes(pdf("In a folder"))

    with opened(site.inbox(), tmp_path / "elsewhere") as seen, site.run() as daemon:
        for name in ("one.pdf", "two.pdf", "three.pdf"):  # each takes a listing at least
            (site.inbox() / name).write_bytes(pdf(name))
            daemon.wait_for("document.delivered", path=name)
        deferred = daemon.all("document.deferred")

    assert {line["path"] for line in deferred} == set(odd)
    assert len(deferred) == len(odd)
    assert all(odd[line["path"]] in line["reason"] for line in deferred)
    assert "one.pdf" in seen
    assert not seen & {"secret", "real.pdf", *odd}
    assert all(os.path.lexists(site.inbox() / name) for name in odd)
    assert (site.inbox() / "folder.pdf" / "inside.pdf").is_file()
    assert local_kanbert.store.count() == 3


def test_a_run_that_ends_does_not_wait_for_what_is_no_regular_file(
    site: Site, tmp_path: Path
) -> None:
    odd = odd_things(site.inbox(), tmp_path / "elsewhere")

    ended = site.once()

    assert ended.returncode == 1
    assert f"{len(odd)}  cannot be taken, see the log" in ended.stdout


LARGEST = 15_000_000
TEN_GB = 10_000_000_000


def sized(size: int) -> bytes:
    """A PDF of so many bytes."""
    about = pdf("A fine scan", padding=b"%" * (size - 1000))
    return pdf("A fine scan", padding=b"%" * (size - 1000 + size - len(about)))


def sparse(path: Path, *, head: bytes = b"", end: bytes = b"") -> None:
    with path.open("wb") as file:
        file.write(head)
        file.truncate(TEN_GB - len(end))
        file.seek(0, os.SEEK_END)
        file.write(end)


Drop = Callable[[Path], Any]
WHOLE, TOO_LARGE = pdf("Invoice"), "more than 15,000,000 cannot be delivered"
FILES: dict[str, tuple[Drop, str]] = {
    "empty.pdf": (lambda path: path.touch(), "The file is empty"),
    "letter.pdf": (lambda path: path.write_bytes(b"Dear Sir\n"), "This is not a PDF"),
    "zeros.pdf": (lambda path: path.write_bytes(bytes(9999)), "This is not a PDF"),
    "half.pdf": (lambda path: path.write_bytes(WHOLE[:200]), "not complete"),
    "largest.pdf": (lambda path: path.write_bytes(sized(LARGEST)), ""),
    "too large.pdf": (lambda path: path.write_bytes(sized(LARGEST + 1)), TOO_LARGE),
    "sparse.pdf": (sparse, TOO_LARGE),
    "sparse and whole.pdf": (lambda path: sparse(path, head=WHOLE, end=WHOLE), TOO_LARGE),
    "sparse and half.pdf": (lambda path: sparse(path, head=WHOLE), TOO_LARGE),
    "junk before.pdf": (lambda path: path.write_bytes(b"x" * 1019 + WHOLE), ""),
    "too much before.pdf": (lambda path: path.write_bytes(b"x" * 1020 + WHOLE), "not a PDF"),
}
TEMPORARY = (
    "a.pdf.part",
    "~$a.pdf",
    ".~lock.a.pdf#",
    "._a.pdf",
    ".a.pdf",
    "..pdf",
    "....pdf",
    "pdf",
)


def test_what_is_no_invoice_fails_with_its_reason_and_keeps_no_other_waiting(
    site: Site, local_kanbert: LocalKanbert
) -> None:
    site.account["timeout"] = '"30s"'
    for name, (drop, _) in FILES.items():
        drop(site.inbox() / name)
    for name in TEMPORARY:
        (site.inbox() / name).write_bytes(pdf(name))
    for path in site.inbox().iterdir():
        os.utime(path, (LONG_AGO, LONG_AGO))

    ended = site.once()

    fine = {name for name, (_, why) in FILES.items() if not why}
    failed = site.inbox() / "failed"
    assert ended.returncode == 1
    assert {path.name for path in (site.inbox() / "done").iterdir()} == fine
    for name in FILES.keys() - fine:
        assert FILES[name][1] in (failed / f"{name}.reason.txt").read_text().split("\n")[0]
    assert local_kanbert.store.count() == len(fine)
    assert all((site.inbox() / name).read_bytes() == pdf(name) for name in TEMPORARY)
    assert not any(f'"{name}"' in ended.stderr for name in TEMPORARY)


# ---- one file under two names --------------------------------------------------------------------


def test_a_file_with_two_names_is_delivered_once_and_keeps_both(
    site: Site, local_kanbert: LocalKanbert
) -> None:
    (site.inbox() / "a.pdf").write_bytes(WHOLE)
    (site.inbox() / "b.pdf").hardlink_to(site.inbox() / "a.pdf")

    ended = site.once()

    assert ended.returncode == 0
    assert site.files() == {"done/a.pdf": WHOLE, "done/b.pdf": WHOLE}
    assert local_kanbert.store.count() == 1


def test_what_is_added_by_another_name_after_it_was_sent_is_delivered_as_well(
    site: Site, local_kanbert: LocalKanbert, tmp_path: Path
) -> None:
    outside = tmp_path / "outside.pdf"
    outside.write_bytes(WHOLE)
    (site.inbox() / "a.pdf").hardlink_to(outside)
    (site.inbox() / "done").write_text("a file where the folder should be")
    with site.run() as daemon:
        daemon.wait_for("document.deferred")  # sent, and not put away
        with outside.open("ab") as file:
            file.write(b"\n")
        daemon.process.kill()
        daemon.wait()
    (site.inbox() / "done").unlink()

    with site.run() as daemon:
        first = daemon.wait_for("document.delivered", level="warning")
        daemon.wait_for("document.delivered", level="info")

    assert "changed after it had been read" in first["reason"]
    assert site.files() == {"done/a.pdf": WHOLE + b"\n"}
    sent = sorted(invoice.size for invoice in local_kanbert.store.invoices() if invoice.size)
    assert sent == [len(WHOLE), len(WHOLE) + 1]
    assert site.work() == []


# ---- time stamps ---------------------------------------------------------------------------------

STAMPS = {
    "1938": -1_000_000_000,
    "1970": 0,
    "2001": LONG_AGO,
    "2106": 2**32 + 1_000_000,
    "2500": 16_725_225_600,  # as far as the filesystem goes
}


def stamped(path: Path, content: bytes, seconds: int) -> None:
    path.write_bytes(content)
    os.utime(path, (seconds, seconds))


def test_time_stamps_decide_the_order_and_nothing_else(
    site: Site, local_kanbert: LocalKanbert
) -> None:
    site.account["concurrency"] = "1"
    site.options |= {"order": '"oldest"', "filed_layout": '"filed in %Y"'}
    for year, seconds in reversed(STAMPS.items()):
        stamped(site.inbox() / f"{year}.pdf", pdf(year), seconds)
    years = {datetime.now().astimezone().year}

    ended = site.once()

    years.add(datetime.now().astimezone().year)
    assert ended.returncode == 0
    assert [invoice.title for invoice in local_kanbert.store.invoices()] == list(STAMPS)
    assert {Path(path).parent.name for path in site.files()} <= {f"filed in {y}" for y in years}
    assert {Path(path).name for path in site.files()} == {f"{year}.pdf" for year in STAMPS}


def test_half_a_file_with_an_impossible_time_stamp_does_not_wait_for_ever(site: Site) -> None:
    for year, seconds in STAMPS.items():
        stamped(site.inbox() / f"{year}.pdf", WHOLE[:200], seconds)
    (site.inbox() / "now.pdf").write_bytes(WHOLE[:200])

    ended = site.once()

    assert f"{len(STAMPS)}  failed" in ended.stdout
    assert "1  not complete yet" in ended.stdout
    assert (site.inbox() / "now.pdf").is_file()
