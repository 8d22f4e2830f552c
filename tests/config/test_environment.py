from __future__ import annotations

from pathlib import Path

import pytest

from ingestd.config import given_in, load
from ingestd.errors import SettingsError
from tests.config.conftest import ACCOUNT, INBOX, MINIMAL, Load, Refuse

ENOUGH = {
    "INGESTD_ACCOUNTS__MAIN__BASE_URL": "https://kanbert.example/api/v1",
    "INGESTD_ACCOUNTS__MAIN__TOKEN": "12345",
    "INGESTD_INBOXES__SCANNER__PATH": "/srv/scans",
}


def test_the_environment_alone_is_enough() -> None:
    settings = load(None, ENOUGH, places=())

    token = settings.accounts["main"].token
    assert token is not None
    assert token.get_secret_value() == "12345"
    assert settings.inboxes["scanner"].path == Path("/srv/scans")


def test_the_environment_wins_over_the_file(load_text: Load) -> None:
    text = MINIMAL + "settle = '5s'\nrecursive = true\n[log]\nlevel = 'error'"

    settings = load_text(
        text, {"INGESTD_LOG__LEVEL": "debug", "INGESTD_INBOXES__SCANNER__SETTLE": "1s"}
    )

    assert settings.log.level == "debug"
    assert settings.inboxes["scanner"].settle == 1.0
    assert settings.inboxes["scanner"].recursive


def test_the_environment_adds_to_what_the_file_has(load_text: Load) -> None:
    settings = load_text(
        MINIMAL,
        {
            "INGESTD_INBOXES__MAIL__PATH": "/srv/mail",
            "INGESTD_INBOXES__SCANNER__FIELDS__NOTES": "from the scanner",
        },
    )

    assert sorted(settings.inboxes) == ["mail", "scanner"]
    assert settings.inboxes["scanner"].fields == {"notes": "from the scanner"}


@pytest.mark.parametrize("variable", ["INGESTD_LOG__LEVEL", "ingestd_log__level"])
def test_variables_have_no_case(load_text: Load, variable: str) -> None:
    assert load_text(MINIMAL, {variable: "debug"}).log.level == "debug"


@pytest.mark.parametrize(
    ("key", "text", "expected"),
    [
        ("INCLUDE", '["*.pdf", "*.jpg"]', ["*.pdf", "*.jpg"]),
        ("EXCLUDE", "[]", []),
        ("RECURSIVE", "true", True),
        ("MAX_SIZE", "500KB", 500_000),
        ("FIELDS", '{"type": "Credit", "tags": ["a"]}', {"type": "Credit", "tags": ["a"]}),
        ("FIELDS__TAGS", '["a", "b"]', {"tags": ["a", "b"]}),
        ("FIELDS__VATS", '[{"vat": 20, "value": 1}]', {"vats": [{"vat": 20, "value": 1}]}),
        ("FIELDS__SUPPLIER_ID", "77", {"supplier_id": "77"}),
        ("FIELDS__NOTES", "[draft] null", {"notes": "[draft] null"}),
    ],
)
def test_lists_and_tables_are_written_as_json(
    load_text: Load, key: str, text: str, expected: object
) -> None:
    settings = load_text(MINIMAL, {f"INGESTD_INBOXES__SCANNER__{key}": text})

    setting = key.partition("__")[0].lower()
    assert getattr(settings.inboxes["scanner"], setting) == expected


def test_oauth2_can_be_given_variable_by_variable(load_text: Load) -> None:
    prefix = "INGESTD_ACCOUNTS__MAIN__OAUTH2__"

    settings = load_text(
        MINIMAL,
        {
            f"{prefix}TOKEN_URL": "https://kanbert.example/oauth/token",
            f"{prefix}CLIENT_ID": "12",
            f"{prefix}CLIENT_SECRET_FILE": "/run/secrets/client",
        },
    )

    oauth2 = settings.accounts["main"].oauth2
    assert oauth2 is not None
    assert oauth2.client_secret_file == Path("/run/secrets/client")


@pytest.mark.parametrize(
    ("variable", "near"),
    [
        ("INGESTD_LOGS__LEVEL", "INGESTD_LOG__LEVEL"),
        ("INGESTD_LOG_LEVEL", "INGESTD_LOG__LEVEL"),
        ("INGESTD_STATEDIR", "INGESTD_STATE_DIR"),
        ("INGESTD_CONFIG_FILE", "INGESTD_CONFIG"),
        ("INGESTD_ACCOUNTS_MAIN_TOKEN", "INGESTD_ACCOUNTS__NAME__TOKEN"),
    ],
)
def test_a_variable_that_is_no_setting_is_named_with_the_nearest(
    refusal: Refuse, variable: str, near: str
) -> None:
    error = refusal(MINIMAL, {variable: "x"})

    assert str(error) == f"The environment variable {variable} is no setting."
    assert error.hint == f"Did you mean {near}?"


def test_a_variable_like_no_setting_is_to_be_unset(refusal: Refuse) -> None:
    assert refusal(MINIMAL, {"INGESTD_ZZZ": "x"}).hint == "Unset it."


def test_other_programs_variables_are_their_own(load_text: Load) -> None:
    assert load_text(MINIMAL, {"INGEST_LOG": "x", "LOG__LEVEL": "debug"}).log.level == "info"


@pytest.mark.parametrize(
    ("variable", "text", "said"),
    [
        ("INGESTD_LOG__LEVL", "debug", "log.levl is no setting; did you mean level?"),
        ("INGESTD_LOG__FORMAT", "xml", "log.format: Input should be 'auto'"),
        ("INGESTD_INBOXES__SCANNER__SETTLE", "5", 'inboxes.scanner.settle: "5" is not a duration'),
        ("INGESTD_INBOXES__SCANNER__INCLUDE", "*.jpg", "include: Input should be a valid list"),
        ("INGESTD_INBOXES__SCANNER__FIELDS__TYPE", "Bill", "fields.type: Input should be"),
        ("INGESTD_INBOXES", "[", "inboxes: Input should be a valid dictionary"),
    ],
)
def test_what_is_wrong_in_a_variable_is_said_of_the_variable(
    refusal: Refuse, variable: str, text: str, said: str
) -> None:
    line = str(refusal(MINIMAL, {variable: text}))

    assert line.startswith(f"{variable}: ")
    assert said in line


_A = "INGESTD_ACCOUNTS__MAIN__"
_S = "INGESTD_INBOXES__SCANNER__"
_TOKENS = "accounts.main: has token and token_file; only one of them can be meant."

_SHARED = "inboxes.scanner: its folder belongs to inboxes.mail too."


@pytest.mark.parametrize(
    ("text", "environ", "line"),
    [
        (
            MINIMAL,
            {f"{_S}ACCOUNT": "spare", f"{_S}ORDER": "name"},
            f'{_S}ACCOUNT: inboxes.scanner: no account "spare"; there is: main.',
        ),
        (
            MINIMAL,
            {f"{_A}TOKEN": "a", f"{_A}TOKEN_FILE": "/t"},
            f"{_A}TOKEN and {_A}TOKEN_FILE: {_TOKENS}",
        ),
        (
            ACCOUNT + "token_file = '/t'" + INBOX,
            {f"{_A}TOKEN": "a"},
            f"{_A}TOKEN and THE_TOML: {_TOKENS}",
        ),
        (
            ACCOUNT + "token_file = '/t'\ntoken = 'a'" + INBOX,
            {f"{_A}TIMEOUT": "5s"},
            f"THE_TOML: {_TOKENS}",
        ),
        (
            MINIMAL,
            {f"{_S}DONE": "x", f"{_S}FAILED": "x"},
            f"{_S}DONE and {_S}FAILED: inboxes.scanner.failed: it is the done folder too.",
        ),
        (
            MINIMAL,
            {"INGESTD_INBOXES__MAIL__PATH": "/srv/scans"},
            f"THE_TOML and INGESTD_INBOXES__MAIL__PATH: {_SHARED}",
        ),
        (
            MINIMAL,
            {"ingestd_inboxes__mail__order": "name"},
            "ingestd_inboxes__mail__order: inboxes.mail.path is missing.",
        ),
        (
            MINIMAL,
            {f"{_A}OAUTH2__TOKEN_URL": "https://kanbert.example/oauth"},
            f"{_A}OAUTH2__TOKEN_URL: accounts.main.oauth2.client_id is missing.",
        ),
        (
            MINIMAL,
            {f"{_S}FILDS__TYPE": "Credit"},
            f"{_S}FILDS__TYPE: inboxes.scanner.filds is no setting; did you mean fields?",
        ),
        (
            INBOX,
            {f"{_S}ORDER": "name"},
            "THE_TOML: accounts is missing.",
        ),
    ],
)
def test_what_is_wrong_in_several_settings_together_is_said_of_where_they_are(
    file: Path, refusal: Refuse, text: str, environ: dict[str, str], line: str
) -> None:
    told = str(refusal(text, environ)).splitlines()[0]

    assert told == line.replace("THE_TOML", str(file))


def test_without_a_file_what_is_missing_is_missing_in_the_environment() -> None:
    given = {key: value for key, value in ENOUGH.items() if key.endswith("PATH")}

    with pytest.raises(SettingsError, match=r"^the environment: accounts is missing\.$"):
        load(None, given, places=())


def test_the_variables_that_hold_settings_are_named_and_not_the_file_s_path() -> None:
    environ = {
        "INGESTD_STATE_DIR": "/s",
        "ingestd_log__level": "debug",
        "INGESTD_CONFIG": "/etc/i",
        "PATH": "/bin",
    }

    assert given_in(environ) == ["INGESTD_STATE_DIR", "ingestd_log__level"]
