"""All checks together, where something hangs."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from ingestd.admin.doctor import Around, Finding, examine
from ingestd.admin.doctor.errand import PATIENCE
from ingestd.config import Settings
from ingestd.daemon.folders import known_as, recalled
from ingestd.ledger import Ledger
from tests.admin.doctor.test_account import Client
from tests.mounting import mounts_allowed
from tests.sharing import Mood, Share


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "scans").mkdir()
    (tmp_path / "server").mkdir()
    return Settings(
        state_dir=tmp_path / "state",
        accounts={"main": {"base_url": "https://kanbert.example", "token": "t"}},
        inboxes={"scanner": {"path": tmp_path / "scans", "done": str(tmp_path / "archive")}},
    )


@pytest.fixture
def hung(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Path]:
    """A folder on a share that hangs."""
    with mounts_allowed(tmp_path / request.param) as point:
        share = Share(tmp_path / "server", point)
        share.become(Mood.HUNG)
        yield point
        share.close()


def around() -> Around:
    return Around(
        client=lambda _: Client(),
        open_ledger=lambda: None,
        recall=recalled,
        known_as=known_as,
        environ={},
        secret_folders=[],
        user=1000,
        patience=0.5,
    )


def failed(findings: Iterator[Finding]) -> list[tuple[str, str]]:
    return [(finding.subject, finding.what) for finding in findings if finding.level == "fail"]


def test_a_folder_is_waited_for_as_long_as_a_disk_takes_that_was_asleep() -> None:
    assert PATIENCE == 10.0


@pytest.mark.parametrize(
    ("hung", "subject"),
    [("state", "state folder"), ("archive", "inbox scanner: done")],
    indirect=["hung"],
)
def test_a_folder_that_hangs_is_named_and_all_others_are_looked_at(
    settings: Settings, hung: Path, subject: str
) -> None:
    began = time.monotonic()

    found = list(examine(settings, None, around()))

    assert time.monotonic() - began < 5
    silent = f"{hung} does not answer: whatever is asked of it hangs."
    assert failed(iter(found)) == [(subject, silent)]
    assert "account main: clock" in [finding.subject for finding in found]


def test_a_ledger_that_hangs_is_named(settings: Settings) -> None:
    never = threading.Event()

    def hanging() -> Ledger | None:
        never.wait()
        return None

    said = failed(examine(settings, None, replace(around(), open_ledger=hanging)))

    assert [subject for subject, _ in said] == ["ledger"]
    never.set()


def test_settings_without_an_inbox_are_well_and_told(settings: Settings) -> None:
    alone = settings.model_copy(update={"inboxes": {}})

    found = list(examine(alone, None, around()))

    assert [one.what for one in found if one.level == "warn"] == [
        "There is none: nothing is watched."
    ]
    assert failed(iter(found)) == []


def test_files_that_settings_name_are_looked_at(settings: Settings, tmp_path: Path) -> None:
    notify = settings.notify.model_copy(update={"urls_file": tmp_path / "gone"})
    log = settings.log.model_copy(update={"file": str(tmp_path)})

    said = failed(
        examine(settings.model_copy(update={"notify": notify, "log": log}), None, around())
    )

    assert [subject for subject, _ in said] == ["notify: urls_file", "log: file"]


def test_files_that_no_setting_names_are_not_spoken_of(settings: Settings) -> None:
    subjects = {finding.subject.partition(":")[0] for finding in examine(settings, None, around())}

    assert not subjects & {"notify", "web", "log"}
