from __future__ import annotations

from pathlib import Path

import pytest

from ingestd.admin.doctor.settings import (
    Access,
    access_of,
    of_secret_file,
    of_settings_file,
    of_source,
)

ME = 1000
FILE = Path("/etc/ingestd/ingestd.toml")
TOKEN = ["accounts.main.token"]


@pytest.mark.parametrize(
    ("source", "variables", "said"),
    [
        (FILE, [], f"{FILE} is read."),
        (FILE, ["INGESTD_A", "INGESTD_B"], f"{FILE} is read, and over it INGESTD_A, INGESTD_B "),
        (None, ["INGESTD_A"], "There is no file, only INGESTD_A from the environment."),
    ],
)
def test_where_the_settings_come_from_is_said(
    source: Path | None, variables: list[str], said: str
) -> None:
    found = of_source(source, variables)

    assert found.level == "ok"
    assert found.what.startswith(said)


def test_a_file_in_the_working_folder_is_named_with_its_whole_path() -> None:
    assert of_source(Path("ingestd.toml"), []).what == f"{Path.cwd()}/ingestd.toml is read."


@pytest.mark.parametrize(
    ("access", "user", "secrets", "cure"),
    [
        (Access(FILE, 0o600, ME, ME), ME, TOKEN, ""),
        (Access(FILE, 0o640, ME, ME), ME, TOKEN, "chmod g-rwx,o-rwx "),
        (Access(FILE, 0o644, ME, ME), ME, TOKEN, "chmod g-rwx,o-rwx "),
        (Access(FILE, 0o604, ME, ME), ME, TOKEN, "chmod o-rwx "),
        (Access(FILE, 0o640, 0, ME), ME, TOKEN, ""),
        (Access(FILE, 0o644, 0, ME), ME, TOKEN, "chmod o-rwx "),
        (Access(FILE, 0o640, 0, ME), 0, TOKEN, ""),
        (Access(FILE, 0o644, 0, ME), 0, TOKEN, "chmod o-rwx "),
        (Access(FILE, 0o640, 0, 0), 0, TOKEN, "chmod g-rwx,o-rwx "),
        (Access(FILE, 0o644, ME, ME), ME, [], ""),
    ],
    ids=[
        "the owner alone",
        "the owner's group",
        "everybody",
        "everybody but the group",
        "the daemon by its group",
        "everybody, and the daemon by its group",
        "the daemon by its group, asked by root",
        "everybody, asked by root",
        "root's own",
        "nothing secret in it",
    ],
)
def test_who_may_read_a_settings_file_with_a_secret(
    access: Access, user: int, secrets: list[str], cure: str
) -> None:
    found = list(of_settings_file(access, secrets, user=user))

    assert [finding.cure.startswith(cure) for finding in found] == [True] * bool(cure)
    assert all("accounts.main.token" in finding.what for finding in found)


@pytest.mark.parametrize(("mode", "warned"), [(0o600, False), (0o640, False), (0o644, True)])
def test_a_secret_s_own_file_is_not_for_everybody(mode: int, warned: bool) -> None:
    found = list(of_secret_file("token", Access(FILE, mode, ME, ME)))

    assert [finding.cure for finding in found] == [f"chmod o-rwx '{FILE}'"] * warned


def test_the_rights_are_those_of_the_file_that_a_link_leads_to(tmp_path: Path) -> None:
    (tmp_path / "real").touch(mode=0o600)
    (tmp_path / "link").symlink_to("real")

    found = access_of(tmp_path / "link")

    assert (found.path, found.mode) == (tmp_path / "link", 0o600)
