from __future__ import annotations

import os
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from ingestd import __version__
from ingestd.admin.doctor.programs import (
    EXTRAS,
    current_umask,
    installed,
    needed,
    of_extras,
    of_installed,
    of_user,
    of_versions,
    user_name,
    versions,
)

PROJECT = Path(__file__).parents[3] / "pyproject.toml"


def test_the_extras_are_those_of_the_package() -> None:
    given = tomllib.loads(PROJECT.read_text())["project"]["optional-dependencies"]

    packages = {
        extra: tuple(re.findall(r"^[\w-]+", package)[0] for package in given[extra])
        for extra in given
        if extra not in {"all", "dev"}
    }
    assert packages == EXTRAS


def test_what_is_installed_has_its_version() -> None:
    found = installed()

    assert found.keys() == EXTRAS.keys()
    assert found["sandbox"]["fastapi"]


@pytest.mark.parametrize(
    ("settings", "found"),
    [
        ({}, {}),
        ({"ledger": {"url": ""}, "inboxes": {"a": {}}}, {}),
        ({"ledger": {"url": "postgresql://db"}}, {"postgres": "[ledger] url"}),
        ({"notify": {"urls": []}, "web": {"listen": ""}}, {}),
        ({"notify": {"urls": ["x"]}}, {"notify": "[notify] urls"}),
        ({"notify": {"urls": [], "urls_file": "/x"}}, {"notify": "[notify] urls"}),
        ({"notify": {"webhook_url": "https://hook.example"}}, {}),
        ({"web": {"listen": "127.0.0.1:1"}}, {"web": "[web] listen"}),
        ({"metrics": {"textfile": "/run/ingestd.prom"}}, {"web": "[metrics] textfile"}),
        ({"inboxes": {"a": {"einvoice": "off"}}}, {}),
        (
            {"inboxes": {"a": {"einvoice": "fields"}, "b": {"einvoice": "fields"}}},
            {"einvoice": "[inboxes.a] einvoice"},
        ),
        ({"inboxes": {"a": {"oversize": "fail"}}}, {}),
        (
            {"inboxes": {"a": {"oversize": "shrink"}, "b": {"oversize": "shrink"}}},
            {"shrink": "[inboxes.a] oversize"},
        ),
    ],
)
def test_what_the_settings_need(settings: dict[str, Any], found: dict[str, str]) -> None:
    assert needed(settings) == found


@pytest.mark.parametrize(
    ("packages", "level"),
    [({"psycopg": "3.2"}, "ok"), ({"psycopg": None}, "fail")],
)
def test_an_extra_that_a_setting_needs_has_to_be_installed(
    packages: dict[str, str | None], level: str
) -> None:
    extras: dict[str, dict[str, str | None]] = {"postgres": packages, "notify": {"apprise": None}}

    (found,) = of_extras(extras, {"postgres": "[ledger] url"})

    assert found.level == level
    assert "[ledger] url" in found.what
    assert ('pip install "ingestd[postgres]"' in found.cure) is (level == "fail")


def test_without_what_reads_e_invoices_documents_are_delivered_all_the_same() -> None:
    extras = {"einvoice": {"pypdf": None, "lxml": None}}

    (found,) = of_extras(extras, {"einvoice": "[inboxes.a] einvoice"})

    assert (found.level, found.what) == (
        "warn",
        "[inboxes.a] einvoice needs what is not installed: pypdf and lxml.",
    )


def test_what_is_installed_is_told_also_where_nothing_needs_it() -> None:
    extras: dict[str, dict[str, str | None]] = {
        "web": {"starlette": "1.0"},
        "einvoice": {"pypdf": "6.0", "lxml": None},
    }

    told = of_installed(extras)

    assert (told.level, told.what) == ("ok", "Installed: web; not installed: einvoice.")


def test_that_nothing_is_installed_is_a_sentence_too() -> None:
    assert of_installed({"web": {"starlette": None}}).what == "Not installed: web."


def test_the_versions_are_told() -> None:
    told = of_versions(versions()).what

    assert told.startswith(f"ingestd {__version__}, Python 3.")
    assert re.search(r"SQLite 3\.\d+\.\d+, Linux \d", told)


@pytest.mark.parametrize(("umask", "level"), [(0o022, "ok"), (0o077, "ok"), (0o000, "warn")])
def test_what_is_made_is_not_for_everybody_to_write(umask: int, level: str) -> None:
    found = of_user("ingestd", umask)

    assert found.level == level
    assert f"{umask:04o}" in found.what


def test_the_umask_is_as_it_was_after_it_was_asked_for() -> None:
    before = os.umask(0o027)
    try:
        assert (current_umask(), current_umask()) == (0o027, 0o027)
    finally:
        os.umask(before)


def test_the_user_has_a_name() -> None:
    assert user_name()
