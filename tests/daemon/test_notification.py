"""What the settings ask for is what is made."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from ingestd import config
from ingestd.daemon.fleet import Fleet
from ingestd.daemon.notification import channels, last_seen, notifying_of
from ingestd.daemon.notifying import Notifying
from ingestd.daemon.times import Times
from ingestd.errors import SettingsError
from ingestd.ledger.opening import FILE_NAME
from ingestd.observe import open_log
from tests.daemon.standing import lookout
from tests.ledger.documents import NOON, document
from tests.workbench import Bench, new_ledger


def settings(folder: Path, **notify: object) -> config.Settings:
    return config.Settings(
        state_dir=folder,
        accounts={"main": {"base_url": "https://kanbert.example", "token": "t"}},
        notify=notify,
    )


def made(bench: Bench, **notify: object) -> Notifying | None:
    return notifying_of(settings(Path("/state"), **notify), lookout(Fleet(), bench))


def test_nobody_is_made_where_nobody_is_to_be_told(bench: Bench) -> None:
    assert made(bench) is None


def test_each_message_that_does_not_arrive_is_named_in_the_log(
    bench: Bench, tmp_path: Path
) -> None:
    stream = io.StringIO()
    to_nobody = settings(tmp_path, webhook_url="http://127.0.0.1:1/")
    looks = replace(lookout(Fleet(), bench, hurried=True), log=open_log(stream))
    notifying = notifying_of(to_nobody, looks)
    assert notifying is not None

    for kind in ("document.failed", "ledger.set_aside"):
        notifying.hear({"event": kind, "inbox": "scanner", "path": "a.pdf", "reason": "empty"})
    notifying.turn()
    notifying.close()

    lines = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert [line["event"] for line in lines] == ["notification.failed"] * 2
    assert "A document failed" in {line["message"] for line in lines}


@pytest.mark.parametrize("key", ["webhook_url", "heartbeat_url"])
def test_one_address_is_enough(bench: Bench, key: str) -> None:
    assert made(bench, **{key: "https://hook.example"}) is not None


def test_a_channel_is_made_for_every_address(tmp_path: Path) -> None:
    given = settings(
        tmp_path, urls=["json://a", "ntfy://b/c"], webhook_url="https://hook.example"
    ).notify

    names = [channel.name for channel in channels(given, config.addresses(given), Times())]

    assert names == ["json (number 1 of urls)", "ntfy (number 2 of urls)", "webhook hook.example"]


def test_addresses_of_apprise_need_apprise(tmp_path: Path) -> None:
    given = settings(tmp_path, urls=["json://a"]).notify

    with pytest.raises(SettingsError, match="apprise, which is not installed") as error:
        channels(given, config.addresses(given), Times(), missing=lambda: True)

    assert error.value.hint == 'Install it with: pip install "ingestd[notify]"'


def test_a_token_that_cannot_be_read_is_said_before_there_is_anything_to_tell(
    tmp_path: Path,
) -> None:
    given = settings(
        tmp_path, webhook_url="https://hook.example", webhook_token_file="/dev/null"
    ).notify

    with pytest.raises(SettingsError, match=r"webhook_token_file: /dev/null cannot be read: it is"):
        channels(given, config.addresses(given), Times())


def test_a_webhook_needs_no_apprise(tmp_path: Path) -> None:
    given = settings(tmp_path, webhook_url="https://hook.example").notify

    found = channels(given, config.addresses(given), Times(), missing=lambda: True)

    assert [channel.name for channel in found] == ["webhook hook.example"]


# ---- when something arrived last -----------------------------------------------------------------


def test_the_ledger_knows_when_something_arrived_last_in_each_inbox(tmp_path: Path) -> None:
    ledger = new_ledger(tmp_path)
    for number, inbox in enumerate(["scanner", "scanner", "mail"], start=1):
        arrived = NOON + timedelta(days=number)
        ledger.add(document(number, inbox=inbox, claimed_at=arrived, updated_at=arrived))
    ledger.close()
    given = settings(tmp_path)

    assert last_seen(given, "scanner") == NOON + timedelta(days=2)
    assert last_seen(given, "mail") == NOON + timedelta(days=3)
    assert last_seen(given, "new") is None


@pytest.mark.parametrize("content", [None, b"no ledger"])
def test_a_ledger_that_cannot_be_read_knows_nothing(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / FILE_NAME).write_bytes(content)

    assert last_seen(settings(tmp_path), "scanner") is None
