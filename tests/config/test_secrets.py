from __future__ import annotations

import os
from pathlib import Path

import pytest

from ingestd.config import Secrets, credential_file, credentials, secret_folders, secret_keys
from ingestd.errors import SettingsError
from ingestd.kanbert import BearerToken, OAuth2ClientCredentials, TokenFile
from tests.config.conftest import ACCOUNT, INBOX, MINIMAL, Load
from tests.hardship import without_waiting

OTHER_ACCOUNT = ACCOUNT.replace("main", "other")
FETCHED = "oauth2 = {{ token_url = 'https://k', client_id = '1', {secret} }}"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "credentials"
    folder.mkdir()
    return folder


# ---- where a token comes from --------------------------------------------------------------------


def test_a_token_may_stand_in_the_settings(load_text: Load) -> None:
    found = credentials("main", load_text(ACCOUNT + "token = 't'" + INBOX), [])

    assert isinstance(found, BearerToken)
    assert found.token() == "t"


def test_a_token_that_can_be_none_is_told_with_its_account(load_text: Load) -> None:
    settings = load_text(ACCOUNT + "token = 'two words'" + INBOX)

    with pytest.raises(SettingsError, match=r"^accounts\.main\.token: The token is") as caught:
        credentials("main", settings, [])

    assert "Copy the token again" in caught.value.hint


def test_a_token_may_be_in_a_file(load_text: Load) -> None:
    found = credentials("main", load_text(ACCOUNT + "token_file = '/etc/t'" + INBOX), [])

    assert repr(found) == repr(TokenFile("/etc/t"))


def test_a_token_may_be_fetched(load_text: Load) -> None:
    oauth2 = "oauth2 = { token_url = 'https://k', client_id = '1', client_secret_file = '/s' }"

    found = credentials("main", load_text(ACCOUNT + oauth2 + INBOX), [])

    assert isinstance(found, OAuth2ClientCredentials)


@pytest.mark.parametrize("name", ["main.token", "kanbert.token"])
def test_a_token_may_be_handed_over_in_a_folder(load_text: Load, folder: Path, name: str) -> None:
    (folder / name).write_text("t")

    found = credentials("main", load_text(), [folder / "missing", folder])

    assert repr(found) == repr(TokenFile(folder / name))


def test_the_accounts_own_file_and_the_first_folder_win(load_text: Load, folder: Path) -> None:
    later = folder.with_name("later")
    later.mkdir()
    for path in (folder / "kanbert.token", folder / "main.token", later / "main.token"):
        path.write_text("t")

    found = credentials("main", load_text(), [folder, later])

    assert repr(found) == repr(TokenFile(folder / "main.token"))


def test_with_two_accounts_a_file_must_say_whose_it_is(load_text: Load, folder: Path) -> None:
    (folder / "kanbert.token").write_text("t")
    settings = load_text(ACCOUNT + OTHER_ACCOUNT + INBOX + "account = 'main'")

    with pytest.raises(SettingsError, match=r"accounts\.other has no token"):
        credentials("other", settings, [folder])


def test_no_token_is_said_with_the_three_ways_to_give_one(load_text: Load, folder: Path) -> None:
    with pytest.raises(SettingsError, match=r"accounts\.main has no token") as caught:
        credentials("main", load_text(), [folder])

    for way in (
        'token_file = "…"',
        "main.token or kanbert.token in $CREDENTIALS_DIRECTORY or /run/secrets",
        'token = "…"',
        "$INGESTD_ACCOUNTS__MAIN__TOKEN",
        "an oauth2 table",
    ):
        assert way in caught.value.hint


def test_systemd_and_docker_hand_over_in_their_folders() -> None:
    assert secret_folders({"CREDENTIALS_DIRECTORY": "/run/c"}) == [
        Path("/run/c"),
        Path("/run/secrets"),
    ]
    assert secret_folders({}) == [Path("/run/secrets")]


# ---- what the log must hide ----------------------------------------------------------------------


def secrets_of(load_text: Load, text: str, folders: list[Path] | None = None) -> Secrets:
    return Secrets(load_text(text), folders or [])


def test_what_stands_in_the_settings_is_secret(load_text: Load) -> None:
    text = ACCOUNT + "token = ' t0ken '\nproxy = 'http://me:pr%2Fxy@proxy:3128'"
    text += (
        OTHER_ACCOUNT
        + "oauth2 = { token_url = 'https://k', client_id = '1', client_secret = 'client' }"
    )
    text += INBOX + "account = 'main'\n[ledger]\nurl = 'postgresql://me:hunter2@db/books'"

    secrets = set(secrets_of(load_text, text))

    assert {"t0ken", "client", "hunter2", "pr%2Fxy", "pr/xy"} <= secrets


@pytest.mark.parametrize("content", ["t0ken", "t0ken\n", " t0ken \r\n", "\ufefft0ken\n"])
def test_what_is_in_a_token_file_is_secret(load_text: Load, folder: Path, content: str) -> None:
    (folder / "token").write_text(content, encoding="utf-8")
    text = ACCOUNT + f"token_file = '{folder / 'token'}'" + INBOX

    assert "t0ken" in set(secrets_of(load_text, text))


def test_the_token_of_whoever_asks_is_secret(load_text: Load, folder: Path) -> None:
    (folder / "web").write_text("ask-me")

    secrets = secrets_of(load_text, MINIMAL + f"[web]\ntoken_file = '{folder / 'web'}'")

    assert "ask-me" in set(secrets)


@pytest.mark.parametrize("name", ["main.token", "kanbert.token"])
def test_what_is_handed_over_in_a_folder_is_secret(
    load_text: Load, folder: Path, name: str
) -> None:
    (folder / name).write_text("t0ken")

    assert "t0ken" in set(secrets_of(load_text, MINIMAL, [folder]))


@pytest.mark.parametrize(
    "given", ["token = 't'", "token_file = '/etc/t'", FETCHED.format(secret="client_secret = 't'")]
)
def test_where_the_settings_have_a_credential_no_line_is_kept_waiting_for_the_folders(
    load_text: Load, folder: Path, given: str
) -> None:
    (folder / "main.token").write_text("nobody's")

    assert "nobody's" not in set(secrets_of(load_text, ACCOUNT + given + INBOX, [folder]))


def test_a_token_that_is_handed_over_to_further_settings_is_secret(
    load_text: Load, folder: Path
) -> None:
    (folder / "main.token").write_text("t0ken")
    secrets = secrets_of(load_text, ACCOUNT + "token = 'before'" + INBOX, [folder])

    secrets.add(load_text(MINIMAL))

    assert set(secrets) == {"before", "t0ken", ""}


def test_a_secret_that_was_replaced_is_hidden_from_then_on(load_text: Load, folder: Path) -> None:
    path = folder / "main.token"
    path.write_text("first")
    secrets = secrets_of(load_text, MINIMAL, [folder])
    assert "first" in set(secrets)

    (folder / "new").write_text("second")
    os.replace(folder / "new", path)

    assert "second" in set(secrets)


def test_a_secret_whose_file_is_gone_stays_one(load_text: Load, folder: Path) -> None:
    (folder / "main.token").write_text("t0ken")
    secrets = secrets_of(load_text, MINIMAL, [folder])
    assert "t0ken" in set(secrets)

    (folder / "main.token").unlink()

    assert "t0ken" in set(secrets)


def test_a_pipe_is_not_waited_for_and_holds_no_secret(load_text: Load, folder: Path) -> None:
    os.mkfifo(folder / "main.token")

    secrets = secrets_of(load_text, MINIMAL, [folder])

    assert not any(without_waiting(lambda: list(secrets)))


def test_a_secret_that_was_put_there_later_is_one(load_text: Load, folder: Path) -> None:
    secrets = secrets_of(load_text, MINIMAL, [folder])
    assert not any(secrets)

    (folder / "kanbert.token").write_text("t0ken")

    assert "t0ken" in set(secrets)


def test_a_file_is_read_again_only_when_it_changed(load_text: Load, folder: Path) -> None:
    path = folder / "main.token"
    path.write_text("first")
    secrets = secrets_of(load_text, MINIMAL, [folder])
    before = path.stat()
    assert "first" in set(secrets)

    path.write_text("other")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))

    assert "first" in set(secrets)


# ---- where secrets lie ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "where"),
    [
        ("token = 't'", None),
        ("token_file = '/etc/t'", Path("/etc/t")),
        (FETCHED.format(secret="client_secret = 's'"), None),
        (FETCHED.format(secret="client_secret_file = '/etc/s'"), Path("/etc/s")),
    ],
)
def test_the_file_that_holds_a_credential_is_known(
    load_text: Load, given: str, where: Path | None
) -> None:
    assert credential_file("main", load_text(ACCOUNT + given + INBOX), []) == where


def test_an_account_without_a_credential_has_no_file_of_it(load_text: Load) -> None:
    with pytest.raises(SettingsError, match="has no token"):
        credential_file("main", load_text(), [])


def test_the_secrets_in_a_settings_file_are_named(file: Path) -> None:
    file.write_text(
        ACCOUNT
        + "token = 'x'\nproxy = 'http://me:secret@proxy'"
        + OTHER_ACCOUNT
        + FETCHED.format(secret="client_secret = 's'")
        + "\n[ledger]\nurl = 'postgresql://me:hunter2@db/books'"
    )

    assert secret_keys(file) == [
        "accounts.main.token",
        "accounts.main.proxy",
        "accounts.other.oauth2.client_secret",
        "ledger.url",
    ]


def test_files_and_addresses_without_a_password_are_no_secrets(file: Path) -> None:
    file.write_text(
        ACCOUNT + "token = ''\ntoken_file = '/etc/t'\n[ledger]\nurl = 'postgresql://me@db/books'"
    )

    assert secret_keys(file) == []


def test_secrets_of_further_settings_are_hidden_beside_those_from_before(
    load_text: Load, tmp_path: Path
) -> None:
    file = tmp_path / "token"
    file.write_text("in a file\n")
    secrets = Secrets(load_text(ACCOUNT + "token = 'before'" + INBOX), [])

    secrets.add(load_text(ACCOUNT + f"token_file = '{file}'" + INBOX))
    first = set(secrets)
    secrets.add(load_text(ACCOUNT + "token = 'after'" + INBOX))

    assert first == {"before", "in a file"}
    assert set(secrets) == {"before", "in a file", "after"}
