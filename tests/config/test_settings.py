from __future__ import annotations

from pathlib import Path

import pytest

from ingestd.config import state_dir
from tests.config.conftest import ACCOUNT, INBOX, MINIMAL, Load, Refuse

OAUTH2 = "[accounts.main.oauth2]\ntoken_url = 'https://k'\nclient_id = '1'\n"
TWO_ACCOUNTS = ACCOUNT + ACCOUNT.replace("main", "other")


def inboxes(**texts: str) -> str:
    return ACCOUNT + "\n".join(f"[inboxes.{name}]\n{text}" for name, text in texts.items())


# ---- accounts ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    [
        "https://api.kanbert.com/api/v1",
        "http://127.0.0.1:8480/api/v1",
        "http://[::1]:8480",
        "http://localhost",
    ],
)
def test_a_token_may_travel_encrypted_or_within_the_machine(load_text: Load, address: str) -> None:
    settings = load_text(f'[accounts.main]\nbase_url = "{address}"' + INBOX)

    assert settings.accounts["main"].base_url == address


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("http://api.kanbert.com/api/v1", "or the token would travel unencrypted"),
        ("http://192.168.1.5", "or the token would travel unencrypted"),
        ("http://localhost.example", "or the token would travel unencrypted"),
        ("api.kanbert.com", "must begin with https://"),
        ("ftp://api.kanbert.com", "must begin with https://"),
        ("https://user:hunter2@kanbert.example", "must not hold a user"),
        ("", "must begin with https://"),
    ],
)
@pytest.mark.parametrize("key", ["base_url", "token_url"])
def test_a_token_does_not_travel_anywhere_else(
    refusal: Refuse, key: str, address: str, said: str
) -> None:
    oauth2 = f"oauth2 = {{ token_url = '{address}', client_id = '1', client_secret = 's' }}"
    texts = {
        "base_url": f'[accounts.main]\nbase_url = "{address}"',
        "token_url": ACCOUNT + oauth2,
    }

    error = str(refusal(texts[key] + INBOX))

    assert f"{key}: " in error
    assert said in error
    assert "hunter2" not in error


@pytest.mark.parametrize(
    ("credentials", "said"),
    [
        ("token = 't'\ntoken_file = '/t'", "accounts.main: has token and token_file"),
        (
            "token = 't'\n" + OAUTH2 + "client_secret = 's'",
            "accounts.main: has token and oauth2; only one of them can be meant",
        ),
        (
            OAUTH2,
            "accounts.main.oauth2: needs either client_secret_file or client_secret",
        ),
        (
            OAUTH2 + "client_secret = 's'\nclient_secret_file = '/s'",
            "accounts.main.oauth2: needs either client_secret_file or client_secret",
        ),
    ],
)
def test_an_account_has_one_credential(refusal: Refuse, credentials: str, said: str) -> None:
    assert said in str(refusal(ACCOUNT + credentials + INBOX))


@pytest.mark.parametrize("key", ["timeout", "deadline"])
def test_no_time_at_all_is_no_timeout(refusal: Refuse, key: str) -> None:
    assert f"accounts.main.{key}: " in str(refusal(ACCOUNT + f"{key} = '0s'" + INBOX))


# ---- names ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["Scanner", "scänner", "a b", "", "../x", "-a", "a" * 64])
def test_a_name_that_could_not_be_a_variable_or_a_file_is_refused(
    refusal: Refuse, name: str
) -> None:
    error = refusal(ACCOUNT + f"[inboxes.'{name}']\npath = '/srv'")

    assert f'"{name}" cannot be a name; use lower-case letters, digits' in str(error)


def test_an_inbox_delivers_to_the_only_account(load_text: Load) -> None:
    settings = load_text()

    assert settings.account_of(settings.inboxes["scanner"]) == "main"


def test_an_inbox_delivers_to_the_account_it_names(load_text: Load) -> None:
    settings = load_text(TWO_ACCOUNTS + INBOX + "account = 'other'")

    assert settings.account_of(settings.inboxes["scanner"]) == "other"


def test_an_account_that_is_not_there_is_named_with_those_that_are(refusal: Refuse) -> None:
    error = refusal(TWO_ACCOUNTS + INBOX + "account = 'mian'")

    assert 'inboxes.scanner: no account "mian"; there is: main, other' in str(error)


def test_with_two_accounts_an_inbox_says_which(refusal: Refuse) -> None:
    error = refusal(TWO_ACCOUNTS + INBOX)

    assert "inboxes.scanner: say which account it delivers to: main, other" in str(error)


# ---- folders -------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["scans", "../scans", "~/scans"])
def test_a_path_is_whole(refusal: Refuse, path: str) -> None:
    error = refusal(inboxes(scanner=f"path = '{path}'"))

    assert f'inboxes.scanner.path: "{path}" is relative; write the whole path.' in str(error)


def test_the_folders_of_an_inbox_are_below_it_or_where_they_are_said_to_be(
    load_text: Load,
) -> None:
    inbox = load_text(MINIMAL + "done = '../archive/'\nfailed = '/srv/failed'").inboxes["scanner"]

    assert inbox.folder(inbox.done) == Path("/srv/archive")
    assert inbox.folder(inbox.failed) == Path("/srv/failed")


@pytest.mark.parametrize(
    ("scanner", "mail", "said"),
    [
        ("path = '/srv/a'", "path = '/srv/a'", "its folder belongs to"),
        ("path = '/srv/a'", "path = '/srv/x/../a/'", "its folder belongs to"),
        ("path = '/srv'\nrecursive = true", "path = '/srv/a'", "its folder belongs to"),
        ("path = '/srv/a'\ndone = '/srv/b'", "path = '/srv/b'", "scanner.done: /srv/b is an inbox"),
        ("path = '/srv/a'\nfailed = '.'", "path = '/srv/b'", "scanner.failed: /srv/a is an inbox"),
        (
            "path = '/srv/a'\nduplicates = '../b'",
            "path = '/srv/b'",
            "scanner.duplicates: /srv/b is an inbox",
        ),
        (
            "path = '/srv/a'\ndone = '/srv/b/from-a'",
            "path = '/srv/b'\nrecursive = true",
            "scanner.done: /srv/b/from-a is in inboxes.mail",
        ),
    ],
    ids=["same", "same otherwise written", "within", "done", "failed", "duplicates", "done within"],
)
def test_no_two_inboxes_see_the_same_file(
    refusal: Refuse, scanner: str, mail: str, said: str
) -> None:
    assert said in str(refusal(inboxes(scanner=scanner, mail=mail)))


@pytest.mark.parametrize(
    ("scanner", "mail"),
    [
        ("path = '/srv/a'\nrecursive = true", "path = '/srv/b'\nrecursive = true"),
        ("path = '/srv'", "path = '/srv/a'"),
        ("path = '/srv/a'\ndone = '/srv/done'", "path = '/srv/b'\ndone = '/srv/done'"),
        ("path = '/srv/a'\ndone = '/srv/b/done'", "path = '/srv/b'"),
    ],
    ids=["side by side", "below, not recursive", "one done for both", "done of the other"],
)
def test_inboxes_that_keep_apart_are_fine(load_text: Load, scanner: str, mail: str) -> None:
    assert len(load_text(inboxes(scanner=scanner, mail=mail)).inboxes) == 2


@pytest.mark.parametrize("layout", ["/%Y", "../%Y", "%Y/../../x"])
def test_a_layout_stays_below_done(refusal: Refuse, layout: str) -> None:
    assert "leads out of the done folder" in str(refusal(MINIMAL + f"filed_layout = '{layout}'"))


# ---- create fields -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("type = 'Bill'", "inboxes.scanner.fields.type: Input should be 'Invoice' or 'Credit'"),
        ("tags = 'scanner'", "inboxes.scanner.fields.tags: Input should be a valid list"),
        ("net_value = 'much'", "inboxes.scanner.fields.net_value: "),
        ("title = '" + "x" * 256 + "'", "inboxes.scanner.fields.title: "),
        ("external_id = 'x'", "external_id is made by ingestd"),
    ],
)
def test_a_field_that_kanbert_would_refuse_is_named(refusal: Refuse, field: str, said: str) -> None:
    assert said in str(refusal(MINIMAL + "[inboxes.scanner.fields]\n" + field))


def test_fields_are_kept_as_they_were_given(load_text: Load) -> None:
    settings = load_text(MINIMAL + "[inboxes.scanner.fields]\ntype = 'Invoice'\ntags = ['a']")

    assert settings.inboxes["scanner"].fields == {"type": "Invoice", "tags": ["a"]}


# ---- state ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "environ", "expected"),
    [
        ("state_dir = '/var/a'", {"STATE_DIRECTORY": "/var/b"}, "/var/a"),
        ("", {"STATE_DIRECTORY": "/var/b"}, "/var/b"),
        ("", {"STATE_DIRECTORY": "/var/b:/var/c"}, "/var/b"),
    ],
)
def test_state_is_kept_where_the_settings_or_systemd_say(
    load_text: Load, text: str, environ: dict[str, str], expected: str
) -> None:
    assert state_dir(load_text(text + MINIMAL), environ) == Path(expected)


def test_state_is_kept_with_the_users_where_nobody_says(load_text: Load) -> None:
    assert state_dir(load_text(), {}).name == "ingestd"


@pytest.mark.parametrize(
    ("text", "environ", "named"),
    [
        ("", {}, None),
        ("heartbeat_file = ''", {}, None),
        ("heartbeat_file = '/run/a'", {"INGESTD_HEARTBEAT_FILE": "/run/b"}, Path("/run/b")),
    ],
)
def test_no_heartbeat_file_is_touched_unless_one_is_named(
    load_text: Load, text: str, environ: dict[str, str], named: Path | None
) -> None:
    assert load_text(text + MINIMAL, environ).heartbeat_file == named


def test_a_log_file_rotates_itself_where_a_size_is_named(load_text: Load) -> None:
    log = load_text(MINIMAL + "[log]\nfile_max_size = '10MB'").log

    assert (log.file_max_size, log.file_keep) == (10_000_000, 5)


def test_a_heartbeat_file_is_named_by_its_whole_path(refusal: Refuse) -> None:
    assert 'heartbeat_file: "beat" is relative' in str(refusal("heartbeat_file = 'beat'" + MINIMAL))
