"""Every kind of command says the same on a terminal and in a pipe, and ends the same."""

from __future__ import annotations

from dataclasses import dataclass, field

import click
import pytest

from ingestd.cli.listing import width
from ingestd.cli.samples import pdf
from ingestd.kanbert import CreateInvoice
from ingestd.sandbox import NewBooking, NewInvoice
from tests.acceptance.outlets import Outlet, told
from tests.acceptance.running import Site
from tests.intake.marking import make_ready
from tests.workbench import LocalKanbert, new_client, now

EITHER = pytest.mark.parametrize("outlet", list(Outlet), ids=lambda outlet: outlet.value)


@dataclass(frozen=True)
class Desk:
    """A site with an invoice that has a booking, one that has a file, and a failed document."""

    site: Site
    ids: dict[str, str] = field(default_factory=dict)

    def told(self, outlet: Outlet, *arguments: str, ctrl_c_at: str = "") -> tuple[int, str]:
        """Run a command to its end; its exit code, and what it said without colours."""
        named = [argument.format(**self.ids) for argument in arguments]
        folder = self.site.folder
        environ = {"TMPDIR": str(folder), "NO_COLOR": "1"}
        return told(outlet, *named, folder=folder, ctrl_c_at=ctrl_c_at, **environ)


@pytest.fixture
def desk(site: Site, local_kanbert: LocalKanbert) -> Desk:
    site.write_settings()
    make_ready(site.inbox(), now())
    (site.folder / "known.pdf").write_bytes(pdf("known"))
    (site.inbox() / "failed").mkdir()
    (site.inbox() / "failed/letter.pdf").write_bytes(pdf("letter"))
    with new_client(local_kanbert) as client:
        client.create(CreateInvoice(title="Known"), file=pdf("known"))
    booked = local_kanbert.store.add(NewInvoice(title="Paper"), [NewBooking(value=10_000)])
    (booking,) = local_kanbert.store.bookings(booked.id)
    return Desk(site, {"invoice": booked.id, "booking": booking.id})


@EITHER
@pytest.mark.parametrize(
    ("command", "code", "said"),
    [
        ("--version", 0, "ingestd, version "),
        ("--help", 0, "\nCommands:\n"),
        ("run --help", 0, "Usage: ingestd run "),
        ("completion bash", 0, "_INGESTD_COMPLETE"),
        ("completion nosuch", 2, "nosuch"),
        ("duplicate known.pdf", 0, "Known"),
        ("duplicate failed.pdf", 2, "It cannot be read: "),
        (f"duplicate --hash {'0' * 32}", 1, "Kanbert does not know it."),
        ("invoices show {invoice}", 0, "{booking}"),
        ("invoices show nosuch", 1, "Not found"),
        ("bookings update {invoice} {booking} --value 80", 0, "100.00 -> 80.00"),
        ("retry letter.pdf", 0, "letter.pdf"),
        ("retry nosuch.pdf", 1, "nosuch.pdf"),
        ("sandbox --listen nowhere", 2, "is not HOST:PORT"),
        ("demo", 0, "What Kanbert has now\n"),
    ],
)
def test_it_says_and_ends_the_same(
    desk: Desk, outlet: Outlet, command: str, code: int, said: str
) -> None:
    ended, text = desk.told(outlet, *command.split())

    assert said.format(**desk.ids) in text
    assert "Traceback" not in text
    assert ended == code


@EITHER
@pytest.mark.parametrize(
    ("command", "when", "said"),
    [
        ("run", "inbox.watching", "daemon.stopped"),
        ("sandbox --listen 127.0.0.1:0", "Ctrl-C ends it.", "base_url = "),
        ("demo --keep", "inbox.watching", "All files are still in "),
        ("status --watch", "TODAY", "ingestd is not running."),
    ],
)
def test_what_goes_on_until_ctrl_c_ends_in_good_order(
    desk: Desk, outlet: Outlet, command: str, when: str, said: str
) -> None:
    ended, text = desk.told(outlet, *command.split(), ctrl_c_at=when)

    assert said in text
    assert "Traceback" not in text
    assert ended == 0


def test_what_is_watched_is_drawn_in_place_and_stays_when_it_ends(desk: Desk) -> None:
    _, text = desk.told(Outlet.TERMINAL, "status", "--watch", ctrl_c_at="TODAY")

    before, _, rest = text.partition("\x1b[?1049h")
    drawn, _, left = rest.partition("\x1b[?1049l")
    assert before == ""
    assert drawn.startswith("\x1b[Hingestd is not running.")
    assert "\x1b[2J" not in drawn
    assert left.startswith("ingestd is not running.")
    assert left.endswith("\n")
    assert "\x1b" not in left


@EITHER
@pytest.mark.parametrize("command", ["status", "history", "reconcile", "invoices list"])
def test_a_table_is_as_wide_as_the_terminal_and_whole_in_a_pipe(
    site: Site, outlet: Outlet, command: str
) -> None:
    name = f"{'a long name ' * 6}請求書.pdf"
    (site.inbox() / name).write_bytes(pdf("long"))
    assert site.once().returncode == 0
    filed = site.inbox() / "done" / name
    (site.inbox() / "done" / f"other {name}").write_bytes(pdf("other"))

    _, text = Desk(site).told(outlet, *command.split())

    lines = [line for line in click.unstyle(text).splitlines() if "…" in line or name[:30] in line]
    assert filed.exists()
    if outlet is Outlet.TERMINAL:
        assert all(width(line) <= 80 for line in lines)
        assert not any(name in line for line in lines)
    elif command != "status":
        assert any(name.removesuffix(".pdf") in line for line in lines)
