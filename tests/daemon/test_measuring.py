"""Who tells of metrics and health is there where the settings ask for it, and what it needs too."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ingestd.config import Settings
from ingestd.daemon.measuring import missing, require
from ingestd.daemon.observers import Observers
from ingestd.daemon.observing import posts
from ingestd.errors import SettingsError
from tests.daemon.standing import Standing, lookout
from tests.workbench import Bench

Tables = dict[str, dict[str, str]]

WEB = {"web": {"listen": "127.0.0.1:0"}}
TEXTFILE = {"metrics": {"textfile": "/run/x.prom"}}
NOBODY = ["Reporting", "Service", "VitalSigns"]


@pytest.fixture
def standing(bench: Bench) -> Iterator[Standing]:
    standing = Standing(bench)
    yield standing
    standing.close()


def given(tables: Tables, **more: object) -> Settings:
    account = {"base_url": "https://kanbert.example"}
    return Settings.model_validate({"accounts": {"main": account}, **tables, **more})


def observing(
    standing: Standing, folder: Path, tables: Tables, *, hurried: bool = False
) -> list[str]:
    """The kinds of those that are made."""
    looking = lookout(standing.fleet, standing.carrying.bench, hurried=hurried)
    relief = Observers(posts(folder, looking, environ={}), looking.log).relief(given(tables))
    relief.close()
    return [type(observer).__name__ for _, observer in relief.by_post if observer]


WANTED: dict[str, tuple[Tables, list[str]]] = {
    "nothing": ({}, NOBODY),
    "the web": (WEB, [*NOBODY, "Recalling", "Answering"]),
    "a textfile": (TEXTFILE, [*NOBODY, "Recalling", "Noting"]),
}


@pytest.mark.parametrize(("tables", "made"), WANTED.values(), ids=WANTED)
def test_only_what_is_wanted_is_made(
    standing: Standing, tmp_path: Path, tables: Tables, made: list[str]
) -> None:
    assert observing(standing, tmp_path, tables) == made


def test_nobody_is_told_of_a_run_that_ends(standing: Standing, tmp_path: Path) -> None:
    assert observing(standing, tmp_path, WEB, hurried=True) == NOBODY


@pytest.mark.parametrize(
    ("tables", "setting"), [(WEB, "[web] listen"), (TEXTFILE, "[metrics] textfile")]
)
def test_what_is_missing_is_named_with_the_setting_and_what_to_do(
    tables: Tables, setting: str
) -> None:
    with pytest.raises(SettingsError) as raised:
        require(given(tables), ["uvicorn", "prometheus-client"])

    assert str(raised.value) == (
        f"{setting} needs uvicorn and prometheus-client, which is not installed."
    )
    assert raised.value.hint == 'Install it with: pip install "ingestd[web]"'


@pytest.mark.parametrize(
    ("there", "lacking"),
    [
        ({"starlette", "uvicorn", "prometheus_client"}, []),
        ({"starlette", "uvicorn"}, ["prometheus-client"]),
        (set(), ["starlette", "uvicorn", "prometheus-client"]),
    ],
)
def test_what_is_missing_is_found_without_being_imported(
    there: set[str], lacking: list[str]
) -> None:
    assert missing(lambda module: module if module in there else None) == lacking
