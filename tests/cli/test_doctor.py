"""`ingestd doctor`: what it says of setups that are well, and of those that are not."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.utils import formatdate
from pathlib import Path
from typing import Any

import pytest

from ingestd import __version__
from ingestd.sandbox import Fault, Server, Store, create_app
from ingestd.sandbox.auth import READ
from tests.acceptance.running import Site, files_below
from tests.cli.running import ALONE, ingestd
from tests.cli.terminal import on_terminal
from tests.hardship import bound_by_rights, read_only, small_filesystem
from tests.mounting import bind, mounts_allowed
from tests.sharing import Mood, Share
from tests.workbench import LIST, LocalKanbert


@dataclass
class Setup:
    """A folder with settings, an inbox and a token file."""

    folder: Path
    base_url: str
    token: str
    inbox: dict[str, str] = field(default_factory=dict)
    more: str = ""

    @property
    def scans(self) -> Path:
        return self.folder / "scans"

    def write(self) -> None:
        self.scans.mkdir(exist_ok=True)
        token_file = self.folder / "kanbert.token"
        token_file.write_text(self.token)
        token_file.chmod(0o600)
        lines = [
            f'state_dir = "{self.folder / "state"}"',
            f'[accounts.main]\nbase_url = "{self.base_url}"\ntoken_file = "{token_file}"',
            self.more,
            f'[inboxes.scanner]\npath = "{self.scans}"',
            *(f"{key} = {value}" for key, value in self.inbox.items()),
        ]
        (self.folder / "ingestd.toml").write_text("\n".join(lines))

    def examined(self, **environ: str) -> Examined:
        """What the doctor says, as JSON."""
        self.write()
        return self.examined_as_it_is(**environ)

    def examined_as_it_is(self, **environ: str) -> Examined:
        told = ingestd("doctor", "--json", folder=self.folder, **environ)
        assert told.stderr == ""
        return Examined(told.returncode, json.loads(told.stdout), told.stdout)

    def serve_once(self) -> None:
        self.write()
        assert ingestd("once", folder=self.folder).returncode == 0


@dataclass
class Examined:
    """What the doctor said."""

    code: int
    told: dict[str, Any]
    text: str

    def of(self, subject: str) -> list[dict[str, str]]:
        return [one for one in self.told["findings"] if one["subject"] == subject]

    def one(self, subject: str, level: str) -> dict[str, str]:
        """The one finding of a subject that has this level."""
        (found,) = [one for one in self.of(subject) if one["level"] == level]
        return found

    @property
    def failed(self) -> list[str]:
        return [one["subject"] for one in self.told["findings"] if one["level"] == "fail"]


@pytest.fixture
def setup(tmp_path: Path, local_kanbert: LocalKanbert) -> Setup:
    return Setup(tmp_path, local_kanbert.base_url, local_kanbert.token)


@pytest.fixture
def share(setup: Setup) -> Iterator[Share]:
    """The inbox lies on a share."""
    server = setup.folder / "server"
    server.mkdir()
    with mounts_allowed(setup.scans) as point:
        share = Share(server, point)
        yield share
        share.close()


# ---- a setup that is well ------------------------------------------------------------------------


def test_a_setup_that_is_well_is_fine_and_left_as_it_is(setup: Setup) -> None:
    setup.write()
    (setup.scans / "invoice.pdf").write_bytes(b"%PDF-")
    before = files_below(setup.folder)

    found = setup.examined()

    assert (found.code, found.failed) == (0, [])
    assert found.of("account main: access")
    assert files_below(setup.folder) == before
    assert not (setup.scans / ".ingestd").exists()


def test_nothing_is_created_in_kanbert(setup: Setup, local_kanbert: LocalKanbert) -> None:
    setup.examined()

    assert list(local_kanbert.store.invoices()) == []


def test_the_token_is_never_shown(setup: Setup) -> None:
    setup.write()
    shown = ingestd("doctor", folder=setup.folder)

    assert setup.token not in shown.stdout + shown.stderr + setup.examined().text


def test_versions_and_extras_are_listed_for_scripts(setup: Setup) -> None:
    told = setup.examined().told

    assert told["level"] == "warn"  # the sandbox is not encrypted
    assert told["versions"]["ingestd"] == __version__
    assert told["versions"].keys() == {"ingestd", "Python", "SQLite", "kernel"}
    assert told["extras"]["sandbox"]["fastapi"]


def test_each_check_is_a_line_and_what_to_do_stands_below_it(setup: Setup) -> None:
    setup.write()

    told = ingestd("doctor", folder=setup.folder)

    *lines, nothing, total = told.stdout.splitlines()
    assert (told.returncode, told.stderr, nothing) == (0, "", "")
    assert all(line.startswith(("ok    ", "warn  ", "fail  ", "      ")) for line in lines)
    checks = [number for number, line in enumerate(lines) if not line.startswith(" ")]
    assert total == f"{len(checks)} checks, 0 failed, 1 with a warning."
    (warned,) = [number for number, line in enumerate(lines) if line.startswith("warn")]
    assert lines[warned + 1].startswith("      ")


def test_on_a_terminal_there_are_colours_unless_they_are_not_wanted(setup: Setup) -> None:
    setup.write()

    code, coloured = on_terminal("doctor", folder=setup.folder)
    _, plain = on_terminal("doctor", folder=setup.folder, NO_COLOR="1")

    assert code == 0
    assert "\x1b[32mok  \x1b[0m  versions" in coloured
    assert "\x1b[33mwarn\x1b[0m  account main: address" in coloured
    assert "\x1b" not in plain
    assert "ok    versions" in plain


def test_a_daemon_at_work_is_named_and_not_disturbed(
    tmp_path: Path, local_kanbert: LocalKanbert
) -> None:
    site = Site(tmp_path, local_kanbert.base_url, local_kanbert.token)
    with site.run() as daemon:
        daemon.wait_for("inbox.watching")

        told = ingestd("--config", str(tmp_path / "ingestd.toml"), "doctor", folder=tmp_path)

        assert told.returncode == 0
        assert f"(process {daemon.process.pid})" in told.stdout
        assert daemon.process.poll() is None
        assert not daemon.all("inbox.unavailable")


# ---- settings ------------------------------------------------------------------------------------


def test_without_settings_all_else_is_said_and_where_they_are_looked_for(tmp_path: Path) -> None:
    told = ingestd("doctor", "--json", folder=tmp_path, INGESTD_CONFIG="missing.toml")

    found = Examined(told.returncode, json.loads(told.stdout), told.stdout)
    assert (found.code, found.failed) == (2, ["settings"])
    assert found.one("settings", "fail")["what"] == "There is no settings file missing.toml."
    assert "Copy config.example.toml" in found.one("settings", "fail")["cure"]
    assert found.of("versions")


def test_each_wrong_setting_is_a_failure(setup: Setup) -> None:
    found = setup.examined(INGESTD_LOG__LEVL="debug", INGESTD_LEDGER__URL="mysql://")

    assert (found.code, found.failed) == (2, ["settings", "settings"])


def test_a_token_that_others_can_read_is_a_warning_with_the_command(setup: Setup) -> None:
    setup.more = 'proxy = "http://me:hunter2@127.0.0.1:3128"'
    setup.write()
    (setup.folder / "ingestd.toml").chmod(0o644)
    (setup.folder / "other.token").write_text(setup.token)
    (setup.folder / "other.token").chmod(0o644)
    variable = {"INGESTD_ACCOUNTS__MAIN__TOKEN_FILE": str(setup.folder / "other.token")}

    found = setup.examined(**variable)

    assert "accounts.main.proxy" in found.one("settings: rights", "warn")["what"]
    assert "chmod o-rwx" in found.one("account main: token", "warn")["cure"]
    assert next(iter(variable)) in found.one("settings", "ok")["what"]
    assert "hunter2" not in found.text
    assert found.code == 0


def test_a_token_that_was_handed_over_to_this_process_alone_may_have_any_rights(
    setup: Setup,
) -> None:
    setup.write()
    handed_over = setup.folder / "credentials"
    handed_over.mkdir()
    (handed_over / "main.token").write_text(setup.token)
    (handed_over / "main.token").chmod(0o444)
    settings = setup.folder / "ingestd.toml"
    lines = settings.read_text().splitlines()
    settings.write_text("\n".join(line for line in lines if not line.startswith("token_file")))

    found = setup.examined_as_it_is(CREDENTIALS_DIRECTORY=str(handed_over))

    assert str(handed_over) in found.one("account main: token", "ok")["what"]
    assert len(found.of("account main: token")) == 1
    assert found.of("account main: scopes")


def test_a_token_file_that_is_not_there_fails_as_such(setup: Setup) -> None:
    found = setup.examined(INGESTD_ACCOUNTS__MAIN__TOKEN_FILE=str(setup.folder / "missing"))

    token = found.one("account main: token", "fail")
    assert token["what"].endswith("/missing cannot be used: No such file or directory.")
    assert (found.code, found.failed) == (1, ["account main: token"])


def test_an_extra_that_a_setting_needs_is_named(setup: Setup) -> None:
    found = setup.examined(INGESTD_LEDGER__URL="postgresql://me:hunter2@127.0.0.1:1/books")

    assert found.of("extra postgres")
    assert found.one("ledger", "fail")["cure"]
    assert "hunter2" not in found.text


# ---- the account ---------------------------------------------------------------------------------


def test_a_wrong_token_fails(setup: Setup) -> None:
    setup.token = "a-wrong-token"

    found = setup.examined()

    assert (found.code, found.failed) == (1, ["account main: access"])
    assert found.one("account main: access", "fail")["cure"].startswith("Check the token")
    assert setup.token not in found.text


def test_no_token_at_all_fails(setup: Setup) -> None:
    setup.write()
    settings = setup.folder / "ingestd.toml"
    lines = settings.read_text().splitlines()
    settings.write_text("\n".join(line for line in lines if not line.startswith("token_file")))

    told = ingestd("doctor", folder=setup.folder)

    assert told.returncode == 1
    assert "fail  account main: token           accounts.main has no token." in told.stdout
    assert "1 failed" in told.stdout


def test_a_server_that_cannot_be_reached_fails(setup: Setup) -> None:
    setup.base_url = "http://127.0.0.1:1/api/v1"

    found = setup.examined()

    assert (found.code, found.failed) == (1, ["account main: access"])
    assert "Connection refused" in found.one("account main: access", "fail")["what"]


def test_a_file_of_authorities_that_cannot_be_read_fails(setup: Setup) -> None:
    setup.more = 'ca_bundle = "/etc/missing.pem"'

    found = setup.examined()

    assert found.failed == ["account main: access"]
    assert "/etc/missing.pem" in found.one("account main: access", "fail")["what"]


def test_a_token_that_may_only_read_fails(setup: Setup) -> None:
    with (
        Store(":memory:") as store,
        Server(create_app(store, tokens={setup.token: frozenset({READ})})) as server,
    ):
        setup.base_url = server.base_url

        found = setup.examined()

    assert (found.code, found.failed) == (1, ["account main: scopes"])


@pytest.mark.parametrize(("off", "level"), [(10, "ok"), (120, "warn"), (-900, "fail")])
def test_this_machine_s_clock_is_held_against_kanbert_s(
    setup: Setup, local_kanbert: LocalKanbert, off: int, level: str
) -> None:
    page = '{"data": [], "links": [], "meta": {"path": "", "per_page": 1, "next_cursor": null}}'
    headers = {"Date": formatdate(time.time() + off, usegmt=True)}
    local_kanbert.faults.add(Fault(operation=LIST, status=200, headers=headers, body=page))

    assert [one["level"] for one in setup.examined().of("account main: clock")] == [level]


def test_a_limit_of_our_own_does_not_keep_the_doctor_waiting(setup: Setup) -> None:
    setup.more = "requests_per_minute = 1"
    began = time.monotonic()

    found = setup.examined()

    assert found.one("account main: scopes", "ok")
    assert found.one("account main: limit", "ok")
    assert time.monotonic() - began < 20


# ---- folders -------------------------------------------------------------------------------------


def test_an_inbox_that_is_not_there_fails_once(setup: Setup) -> None:
    setup.write()
    setup.scans.rmdir()

    told = ingestd("doctor", folder=setup.folder)

    assert told.returncode == 1
    assert f"The folder {setup.scans} does not exist." in told.stdout
    assert "1 failed" in told.stdout


def test_a_name_that_could_play_tricks_on_a_terminal_is_shown_harmless(setup: Setup) -> None:
    environ = {"INGESTD_INBOXES__SCANNER__PATH": f"{setup.folder}/\x1b[2J"}
    setup.write()

    told = ingestd("doctor", folder=setup.folder, **environ)
    found = setup.examined(**environ)

    assert r"\x1b[2J does not exist" in told.stdout
    assert "\x1b" not in told.stdout
    assert r"\x1b[2J does not exist" in found.one("inbox scanner: folder", "fail")["what"]


@pytest.mark.parametrize("folder", ["scans", "scans/.ingestd/work", "state"])
def test_a_folder_that_may_not_be_written_fails(setup: Setup, folder: str) -> None:
    setup.serve_once()

    with read_only(setup.folder / folder):
        found = bound_by_rights(setup.examined)

    subject = "state folder" if folder == "state" else "inbox scanner: folder"
    assert (found.code, found.failed) == (1, [subject])
    assert found.one(subject, "fail")["cure"]


def test_a_done_folder_on_another_filesystem_is_a_warning(setup: Setup) -> None:
    with small_filesystem(setup.folder / "archive", "60m") as archive:
        setup.inbox["done"] = f'"{archive}"'

        found = setup.examined()

    assert (found.code, found.failed) == (0, [])
    assert "memory" in found.one("inbox scanner: done", "warn")["what"]
    assert found.one(f"space on {archive}", "warn")


def test_too_little_room_fails(setup: Setup) -> None:
    with small_filesystem(setup.folder / "archive", "40m") as archive:
        setup.inbox["done"] = f'"{archive}"'

        assert setup.examined().failed == [f"space on {archive}"]


@pytest.mark.parametrize(("recursive", "failed"), [("true", True), ("false", False)])
def test_a_volume_mounted_in_an_inbox_with_subfolders_fails(
    setup: Setup, recursive: str, failed: bool
) -> None:
    setup.inbox["recursive"] = recursive
    setup.write()
    volume = setup.folder / "volume"
    volume.mkdir()
    with mounts_allowed(setup.scans / "accounting") as point:
        bind(volume, point)

        found = setup.examined()

    assert found.failed == ["inbox scanner: filesystem"] * failed


def test_a_share_that_is_not_mounted_is_known_and_not_touched(setup: Setup) -> None:
    setup.write()
    with mounts_allowed(setup.folder / "share") as point:
        volume = setup.folder / "volume"
        volume.mkdir()
        bind(volume, point)
        environ = {"INGESTD_INBOXES__SCANNER__PATH": str(point)}
        assert ingestd("once", folder=setup.folder, **environ).returncode == 0
        subprocess.run(["umount", str(point)], check=True)

        found = setup.examined(**environ)

        assert found.failed == ["inbox scanner: marker"]
        assert "is not mounted" in found.one("inbox scanner: marker", "fail")["what"]
        assert list(point.iterdir()) == []


def test_watching_natively_where_events_may_be_missing_is_a_warning(
    setup: Setup, share: Share
) -> None:
    setup.inbox["watch"] = '"native"'

    found = setup.examined()

    assert "fuse.share (server:/scans)" in found.one("inbox scanner: watching", "warn")["what"]
    assert share


def test_a_share_that_hangs_does_not_hang_the_doctor(setup: Setup, share: Share) -> None:
    setup.write()
    share.become(Mood.HUNG)
    began = time.monotonic()

    found = setup.examined_as_it_is()

    assert time.monotonic() - began < 25
    assert (found.code, found.failed) == (1, ["inbox scanner: folder"])
    assert "does not answer" in found.one("inbox scanner: folder", "fail")["what"]
    assert found.one("account main: scopes", "ok")


def test_an_ingestd_with_another_state_folder_in_the_inbox_fails(
    tmp_path: Path, local_kanbert: LocalKanbert
) -> None:
    site = Site(tmp_path, local_kanbert.base_url, local_kanbert.token)
    with site.run() as daemon:
        daemon.wait_for("inbox.watching")

        told = ingestd(
            "doctor",
            folder=tmp_path,
            INGESTD_CONFIG=str(tmp_path / "ingestd.toml"),
            INGESTD_STATE_DIR=str(tmp_path / "another"),
        )

    assert told.returncode == 1
    assert "An ingestd with another state folder is at work in it" in told.stdout


def test_a_reader_that_has_seen_enough_is_no_error(setup: Setup) -> None:
    setup.write()
    with subprocess.Popen(
        [sys.executable, "-m", "ingestd", "doctor"],
        cwd=setup.folder,
        env=ALONE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()

        assert (process.wait(), process.stderr.read()) == (0, b"")
