from __future__ import annotations

import os
import traceback
from pathlib import Path

import pytest

from ingestd.config import find, load, load_with_inboxes
from ingestd.config.loading import PLACES
from ingestd.errors import SettingsError
from tests.config.conftest import ACCOUNT, INBOX, MINIMAL, Load, Refuse
from tests.hardship import bound_by_rights

# ---- where settings come from --------------------------------------------------------------------


def test_what_is_not_set_has_its_default(load_text: Load) -> None:
    settings = load_text()

    assert settings.accounts["main"].timeout == 30.0
    assert settings.inboxes["scanner"].max_size == 15_000_000
    assert settings.log.level == "info"


def test_the_file_is_the_one_that_was_named(tmp_path: Path) -> None:
    named, other = tmp_path / "named.toml", tmp_path / "other.toml"
    named.write_text(MINIMAL)

    settings = load(named, {"INGESTD_CONFIG": str(other)})

    assert list(settings.inboxes) == ["scanner"]


def test_the_environment_can_name_the_file(file: Path) -> None:
    file.write_text(MINIMAL)

    assert list(load(None, {"INGESTD_CONFIG": str(file)}).inboxes) == ["scanner"]


def test_the_first_place_with_a_file_is_used(file: Path) -> None:
    file.write_text(MINIMAL)
    missing, later = file.with_name("missing.toml"), file.with_name("later.toml")
    later.write_text("not even TOML")

    assert list(load(None, {}, (missing, file, later)).inboxes) == ["scanner"]


def test_the_file_that_is_used_can_be_asked_for(tmp_path: Path) -> None:
    named, there = tmp_path / "named.toml", tmp_path / "there.toml"
    there.touch()

    assert find(named, {"INGESTD_CONFIG": "other"}, [there]) == named
    assert find(None, {"INGESTD_CONFIG": "other"}, [there]) == Path("other")
    assert find(None, {}, [tmp_path / "missing", there]) == there
    assert find(None, {}, [tmp_path / "missing"]) is None


def test_a_file_in_a_folder_that_may_not_be_looked_into_is_said(tmp_path: Path) -> None:
    hidden = tmp_path / "hidden"
    hidden.mkdir()
    (hidden / "ingestd.toml").write_text(MINIMAL)
    hidden.chmod(0)

    def refuse() -> None:
        load(None, {}, [hidden / "ingestd.toml"])

    with pytest.raises(SettingsError, match="cannot be read: Permission denied"):
        bound_by_rights(refuse)


def test_the_working_folder_comes_before_the_system_s() -> None:
    assert (Path("ingestd.toml"), Path("/etc/ingestd/ingestd.toml")) == PLACES


def test_a_file_that_was_named_and_is_missing_is_said(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"no settings file .*missing\.toml") as caught:
        load(tmp_path / "missing.toml", {})

    assert "config.example.toml" in caught.value.hint


def test_no_settings_at_all_are_said_with_where_they_are_looked_for(
    tmp_path: Path,
) -> None:
    here, there = tmp_path / "here.toml", tmp_path / "there.toml"

    with pytest.raises(SettingsError, match=rf"no \$INGESTD_CONFIG, no {here} or {there}\."):
        load(None, {}, (here, there))


def test_a_file_that_may_not_be_read_is_said(file: Path) -> None:
    file.write_text(MINIMAL)
    file.chmod(0)

    with pytest.raises(SettingsError, match="cannot be read: Permission denied"):
        bound_by_rights(lambda: load(file, {}))


def test_a_folder_is_no_settings_file(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read: Is a directory") as refused:
        load(tmp_path, {})

    assert refused.value.hint == "Name the file itself with --config."


@pytest.mark.parametrize("content", [b"a = ", b"[a\n", b"a = 1\na = 2\n", b"\xff\xfe", b'a = "\n"'])
def test_what_is_not_toml_is_said_with_the_file(file: Path, content: bytes) -> None:
    file.write_bytes(content)

    with pytest.raises(SettingsError, match=r"ingestd\.toml is not valid TOML"):
        load(file, {})


def test_a_file_that_is_no_settings_file_is_not_read_to_its_end() -> None:
    with pytest.raises(SettingsError, match="/dev/zero has more than 1,048,576 bytes"):
        load(Path("/dev/zero"), {})


def test_a_setting_that_is_there_twice_is_named(refusal: Refuse) -> None:
    told = refusal(ACCOUNT + 'token = "s3cret"\ntoken = "s3cret"\n')

    assert 'ingestd.toml is not valid TOML: "token" has a value already (at line 5).' in str(told)


# ---- what is wrong with them ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "key", "near"),
    [
        ("stat_dir = '/x'" + MINIMAL, "stat_dir", "state_dir"),
        ("[acounts.main]\n" + INBOX, "acounts", "accounts"),
        (ACCOUNT + "time_out = '1s'" + INBOX, "accounts.main.time_out", "timeout"),
        (
            ACCOUNT + "oauth2 = { token_uri = '', client_id = '' }" + INBOX,
            "accounts.main.oauth2.token_uri",
            "token_url",
        ),
        (MINIMAL + "recursiv = true", "inboxes.scanner.recursiv", "recursive"),
        (
            MINIMAL + "[inboxes.scanner.fields]\ntitel = 'x'",
            "inboxes.scanner.fields.titel",
            "title",
        ),
        (
            MINIMAL + "[[inboxes.scanner.fields.vats]]\nvat = 20\nvalues = 1",
            "inboxes.scanner.fields.vats.0.values",
            "value",
        ),
        (MINIMAL + "[log]\nlevl = 'info'", "log.levl", "level"),
        (MINIMAL + "[ledger]\nuri = ''", "ledger.uri", "url"),
    ],
)
def test_an_unknown_key_is_named_with_its_file_and_the_nearest_key(
    file: Path, refusal: Refuse, text: str, key: str, near: str
) -> None:
    lines = str(refusal(text)).splitlines()

    assert f"{file}: {key} is no setting; did you mean {near}?" in lines


def test_a_key_like_no_other_is_only_named(refusal: Refuse) -> None:
    assert "log.zzz is no setting." in str(refusal(MINIMAL + "[log]\nzzz = 1"))


def test_everything_that_is_wrong_is_said_at_once(refusal: Refuse) -> None:
    error = refusal("[accounts.main]\nproxi = ''" + INBOX + "rescan = '0s'\n[log]\nlevel = 'loud'")

    assert len(str(error).splitlines()) == 4
    assert "accounts.main.base_url is missing." in str(error)
    assert "inboxes.scanner.rescan: Input should be greater than 0, not '0s'." in str(error)
    assert "log.level: Input should be 'debug', 'info'" in str(error)


@pytest.mark.parametrize("text", [INBOX, "[accounts]\n" + INBOX])
def test_there_must_be_an_account(refusal: Refuse, text: str) -> None:
    assert "accounts" in str(refusal(text))


@pytest.mark.parametrize("text", [ACCOUNT, ACCOUNT + "[inboxes]"])
def test_to_ask_an_account_no_inbox_is_needed(load_text: Load, text: str) -> None:
    assert load_text(text).inboxes == {}


def test_what_is_about_inboxes_is_told_where_there_is_none_and_what_to_write(file: Path) -> None:
    file.write_text(ACCOUNT)

    with pytest.raises(SettingsError) as caught:
        load_with_inboxes(file, {})

    assert str(caught.value) == f"There is no inbox in {file}."
    assert "[inboxes.scanner]" in caught.value.hint


def test_without_a_file_the_inbox_is_missing_in_the_environment() -> None:
    given = {"INGESTD_ACCOUNTS__MAIN__BASE_URL": "https://kanbert.example"}

    with pytest.raises(SettingsError, match=r"^There is no inbox in the environment\.$"):
        load_with_inboxes(None, given, places=())


def test_what_is_about_inboxes_gets_them_where_there_are(file: Path) -> None:
    file.write_text(MINIMAL)

    assert list(load_with_inboxes(file, {}).inboxes) == ["scanner"]


@pytest.mark.parametrize(
    "text",
    [
        ACCOUNT + "token = 5318008" + INBOX,
        ACCOUNT + "token = ['5318008']" + INBOX,
        ACCOUNT + "oauth2 = { token_url = '', client_id = '', client_secret = 5318008 }" + INBOX,
        "accounts.main = '5318008'" + INBOX,
        ACCOUNT + "token = '5318008'\ntoken_file = '/x'" + INBOX,
        ACCOUNT + "token = '5318008'\nproxi = ''" + INBOX,
    ],
)
def test_no_message_shows_a_secret(refusal: Refuse, text: str) -> None:
    told = traceback.format_exception(refusal(text), chain=True)

    assert not any("5318008" in line for line in told)


def test_the_real_environment_is_left_out_where_another_is_given(
    load_text: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INGESTD_LOG__LEVEL", "debug")

    assert load_text(MINIMAL, {"PATH": os.defpath}).log.level == "info"
