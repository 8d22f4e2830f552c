"""config.example.toml is what people copy: it must load, be complete, and tell the truth."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from ingestd.config import load
from ingestd.config.own import LedgerSettings, LogSettings, NotifySettings
from ingestd.config.settings import Account, Inbox, OAuth2, Settings
from ingestd.config.web import MetricsSettings, WebSettings
from ingestd.daemon.folders import RESCAN

EXAMPLE = Path(__file__).parents[2] / "config.example.toml"

TABLES: dict[str, type[BaseModel]] = {
    "": Settings,
    "accounts.main": Account,
    "inboxes.scanner": Inbox,
    "ledger": LedgerSettings,
    "log": LogSettings,
    "metrics": MetricsSettings,
    "web": WebSettings,
    "notify": NotifySettings,
}
NEEDED: dict[str, dict[str, Any]] = {
    "": {"accounts": {"main": {"base_url": "https://kanbert.example"}}},
    "accounts.main": {"base_url": "https://kanbert.example"},
    "inboxes.scanner": {"path": "/srv/scans"},
}
"""What a table cannot do without."""

NO_DEFAULTS = {
    ("", "state_dir"),  # depends on the system
    ("accounts.main", "token"),
    ("accounts.main", "oauth2"),
    ("inboxes.scanner", "account"),  # depends on how many there are
    ("inboxes.scanner", "rescan"),  # depends on how it is watched
    ("notify", "urls_file"),
    ("notify", "webhook_url_file"),
    ("notify", "webhook_token_file"),
    ("notify", "heartbeat_url_file"),
}
"""What stands behind a "#" to show how it is written."""


def shown() -> Iterator[tuple[str, str, str, bool]]:
    """Every setting in the example: its table, its name, its value, and whether a "#" hides it."""
    table = ""
    for line in EXAMPLE.read_text("utf-8").splitlines():
        if header := re.match(r"\[(.+?)\]", line):
            table = header[1]
        elif setting := re.match(r"(# )?([a-z_0-9]+) = (.+)", line):
            yield table, setting[2], setting[3], bool(setting[1])


def read(text: str) -> Any:
    return tomllib.loads(f"value = {text}")["value"]


DEFAULTS = [
    (table, name, text)
    for table, name, text, hidden in shown()
    if hidden and table in TABLES and (table, name) not in NO_DEFAULTS
]


def test_the_example_can_be_used_as_it_is() -> None:
    settings = load(EXAMPLE, {})

    assert settings.accounts["main"].base_url == "https://api.kanbert.com/api/v1"


def test_the_example_with_everything_uncommented_can_be_used_too(tmp_path: Path) -> None:
    text = re.sub(r"(?m)^# ([a-z_0-9]+ = )", r"\1", EXAMPLE.read_text("utf-8"))
    text = re.sub(r"(?m)^(token|oauth2|\w+_url_file|urls_file) = .*", "", text)
    (tmp_path / "all.toml").write_text(text, encoding="utf-8")

    assert load(tmp_path / "all.toml", {}).inboxes["scanner"].fields["tags"] == ["scanner"]


@pytest.mark.parametrize(("table", "name", "text"), DEFAULTS)
def test_what_stands_behind_a_hash_is_the_default(table: str, name: str, text: str) -> None:
    kind, needed = TABLES[table], NEEDED.get(table, {})

    written = kind(**needed, **{name: read(text)})

    assert getattr(written, name) == getattr(kind(**needed), name)


def test_what_is_shown_of_rescan_is_its_default_where_a_folder_is_watched() -> None:
    text = next(text for _, name, text, _ in shown() if name == "rescan")

    assert Inbox(path=Path("/srv"), rescan=read(text)).rescan == RESCAN


@pytest.mark.parametrize("table", [table for table in TABLES if table])
def test_every_setting_is_shown(table: str) -> None:
    names = {name for other, name, *_ in shown() if other == table}
    tables = {"fields"} if table == "inboxes.scanner" else set()

    assert names | tables == set(TABLES[table].model_fields)


def test_every_table_is_shown() -> None:
    tables = {table.split(".")[0] for table, *_ in shown() if table}
    names = {name for table, name, *_ in shown() if not table}

    assert tables | names | {"ledger"} == set(Settings.model_fields)


def test_everything_of_oauth2_is_shown() -> None:
    text = EXAMPLE.read_text("utf-8")

    assert {name for name in OAuth2.model_fields if f"{name} = " in text} == set(
        OAuth2.model_fields
    )


def test_no_line_is_too_long_to_read() -> None:
    assert max(len(line) for line in EXAMPLE.read_text("utf-8").splitlines()) <= 110
