"""Who is notified, and that nobody else learns where."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingestd.config import Addresses, Secrets, addresses, secret_keys, webhook_token
from ingestd.errors import SettingsError
from tests.config.conftest import MINIMAL, Load

TELEGRAM = "tgram://123456789:AAF-secret_bot_token/-100200300"
HOOK = "http://n8n.lan:5678/webhook/0b6c1a2d-secret"
SWITCH = "https://hc-ping.com/b7e1c0de-secret"


def notify(*lines: str) -> str:
    return MINIMAL + "\n[notify]\n" + "\n".join(lines)


def test_nobody_is_notified_unless_that_is_asked_for(load_text: Load) -> None:
    found = addresses(load_text().notify)

    assert (found, bool(found)) == (Addresses(), False)


def test_addresses_may_stand_in_the_settings(load_text: Load) -> None:
    text = notify(
        f'urls = ["{TELEGRAM}"]', f'webhook_url = "{HOOK}"', f'heartbeat_url = "{SWITCH}"'
    )

    assert addresses(load_text(text).notify) == Addresses((TELEGRAM,), HOOK, SWITCH)


def test_addresses_may_be_in_files(load_text: Load, tmp_path: Path) -> None:
    files = {"urls": f"# ours\n{TELEGRAM}\n\n{TELEGRAM}2\n", "hook": HOOK, "switch": f"{SWITCH}\n"}
    for name, content in files.items():
        (tmp_path / name).write_text(content)
    text = notify(
        f'urls_file = "{tmp_path}/urls"',
        f'webhook_url_file = "{tmp_path}/hook"',
        f'heartbeat_url_file = "{tmp_path}/switch"',
    )

    found = addresses(load_text(text).notify)

    assert found == Addresses((TELEGRAM, f"{TELEGRAM}2"), HOOK, SWITCH)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('urls = ["s3cr3t"]', "number 1 is no address of Apprise's"),
        (f'urls = ["{TELEGRAM}", "s3cr3t"]', "number 2 is no address of Apprise's"),
        ('webhook_url = "ftp://s3cr3t"', "must begin with https:// or http://"),
        ('heartbeat_url = "s3cr3t"', "must begin with https:// or http://"),
        ('heartbeat_every = "59s"', "must be a minute or more"),
        ("silence_alarm = -1", "greater than or equal to 0"),
        (f'webhook_url = "{HOOK}"\nwebhook_url_file = "/x"', "only one of them can be meant"),
        (f'urls = ["{TELEGRAM}"]\nurls_file = "/x"', "only one of them can be meant"),
        ('urls = "s3cr3t"', "notify.urls"),
        ("webhook_url = 7", "notify.webhook_url"),
    ],
)
def test_what_cannot_be_meant_is_refused_without_repeating_it(
    load_text: Load, line: str, said: str
) -> None:
    with pytest.raises(SettingsError) as error:
        load_text(notify(line))

    assert said in str(error.value)
    assert "s3cr3t" not in str(error.value)


@pytest.mark.parametrize("content", [None, b"s3cr3t", b"\xff", b""])
@pytest.mark.parametrize("key", ["webhook_url_file", "heartbeat_url_file"])
def test_a_file_without_an_address_is_refused_without_repeating_it(
    load_text: Load, tmp_path: Path, key: str, content: bytes | None
) -> None:
    file = tmp_path / "file"
    if content is not None:
        file.write_bytes(content)
    given = load_text(notify(f'{key} = "{file}"')).notify

    with pytest.raises(SettingsError, match=f"notify.{key}: {file}") as error:
        addresses(given)

    assert "s3cr3t" not in str(error.value)


@pytest.mark.parametrize("key", ["urls_file", "webhook_url_file", "heartbeat_url_file"])
def test_what_is_no_file_is_said(load_text: Load, key: str) -> None:
    with pytest.raises(SettingsError, match=f"notify.{key}: /dev/null cannot be read: it is a dev"):
        addresses(load_text(notify(f'{key} = "/dev/null"')).notify)


def test_a_line_that_is_no_address_is_refused(load_text: Load, tmp_path: Path) -> None:
    (tmp_path / "urls").write_text(f"{TELEGRAM}\ns3cr3t\n")

    with pytest.raises(SettingsError, match=r"notify\.urls_file"):
        addresses(load_text(notify(f'urls_file = "{tmp_path}/urls"')).notify)


def test_a_token_is_read_each_time_it_is_asked_for(load_text: Load, tmp_path: Path) -> None:
    given = load_text(notify(f'webhook_token_file = "{tmp_path}/t"')).notify
    (tmp_path / "t").write_text("one\n")
    first = webhook_token(given)
    (tmp_path / "t").write_text("two\n")

    assert (first, webhook_token(given)) == ("one", "two")


def test_without_a_file_there_is_no_token(load_text: Load) -> None:
    assert webhook_token(load_text().notify) == ""


def test_the_log_hides_addresses_keys_and_the_token(load_text: Load, tmp_path: Path) -> None:
    (tmp_path / "switch").write_text(SWITCH)
    (tmp_path / "token").write_text("a-token")
    text = notify(
        f'urls = ["{TELEGRAM}"]',
        f'webhook_url = "{HOOK}"',
        f'heartbeat_url_file = "{tmp_path}/switch"',
        f'webhook_token_file = "{tmp_path}/token"',
    )

    hidden = set(Secrets(load_text(text), []))

    assert {TELEGRAM, "AAF-secret_bot_token", HOOK, SWITCH, "a-token"} <= hidden
    assert {"b7e1c0de-secret", "0b6c1a2d-secret"} <= hidden


def test_they_are_known_for_secrets_that_stand_in_the_settings(tmp_path: Path) -> None:
    file = tmp_path / "ingestd.toml"
    file.write_text(f'[notify]\nurls = ["{TELEGRAM}"]\nwebhook_url = "{HOOK}"\nheartbeat_url = ""')

    assert secret_keys(file) == ["notify.urls", "notify.webhook_url"]


def test_they_are_shown_nowhere(load_text: Load) -> None:
    settings = load_text(notify(f'urls = ["{TELEGRAM}"]', f'webhook_url = "{HOOK}"'))

    assert "secret" not in repr(settings)
