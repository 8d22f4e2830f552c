from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ingestd.admin.doctor.finding import Finding
from ingestd.admin.doctor.named_files import NamedFilesRound
from ingestd.config import Settings
from tests.admin.doctor.places import told

HOOK = "https://hook.example/in"
ADDRESS = {"webhook_url_file": HOOK, "heartbeat_url_file": HOOK, "urls_file": "ntfys://a.b/c"}


def settings(**tables: Any) -> Settings:
    account = {"base_url": "https://kanbert.example", "token": "t"}
    return Settings(accounts={"main": account}, **tables)


def notify(**given: object) -> Settings:
    return settings(notify=given)


def webhook(token_file: Path) -> Settings:
    return notify(webhook_url=HOOK, webhook_token_file=token_file)


def web(token_file: Path) -> Settings:
    return settings(web={"listen": "127.0.0.1:8470", "token_file": str(token_file)})


def found(given: Settings) -> list[Finding]:
    return list(NamedFilesRound(given, patience=5).findings())


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file that nobody else may read."""
    path = tmp_path / "secret"
    path.touch(mode=0o600)
    return path


@pytest.mark.parametrize("key", ADDRESS)
def test_a_file_with_an_address_is_well_and_not_repeated(file: Path, key: str) -> None:
    file.write_text(ADDRESS[key])

    (finding,) = found(notify(**{key: file}))

    assert told(finding) == [("ok", f"notify: {key}")]
    assert finding.what == f"{file} can be read and holds 1 address."


@pytest.mark.parametrize("key", ADDRESS)
def test_what_is_no_address_is_refused_as_it_is_at_the_start(file: Path, key: str) -> None:
    file.write_text("no address")

    (finding,) = found(notify(**{key: file}))

    assert told(finding) == [("fail", f"notify: {key}")]
    assert finding.what == f"notify.{key}: {file} does not hold what is meant."
    assert finding.cure


def test_each_file_is_named_that_cannot_be_read(tmp_path: Path) -> None:
    findings = found(notify(**{key: tmp_path / key for key in ADDRESS}))

    assert {finding.level for finding in findings} == {"fail"}
    assert {finding.subject: finding.what for finding in findings} == {
        f"notify: {key}": f"notify.{key}: {tmp_path / key} cannot be read: "
        "No such file or directory."
        for key in ADDRESS
    }


def test_a_file_without_an_address_notifies_nobody_and_is_told(file: Path) -> None:
    file.write_text("# none yet\n")

    (finding,) = found(notify(urls_file=file))

    assert told(finding) == [("warn", "notify: urls_file")]
    assert finding.what == f"{file} holds no address: none is used."


@pytest.mark.parametrize(
    ("content", "level"),
    [("secret\n", "ok"), ("", "warn"), ("one\ntwo", "fail"), ("tökén", "fail")],
    ids=["one line", "empty", "two lines", "letters that no header has"],
)
def test_how_a_token_for_the_webhook_stands(file: Path, content: str, level: str) -> None:
    file.write_text(content)

    assert told(*found(webhook(file))) == [(level, "notify: webhook_token_file")]


def test_a_token_without_a_webhook_is_nobody_s(tmp_path: Path) -> None:
    assert found(notify(webhook_token_file=tmp_path / "gone")) == []


@pytest.mark.parametrize(
    ("content", "level"),
    [("secret\n", "ok"), ("", "fail"), ("one\ntwo", "fail")],
    ids=["one line", "empty", "two lines"],
)
def test_how_a_token_of_those_who_ask_stands(file: Path, content: str, level: str) -> None:
    file.write_text(content)

    assert told(*found(web(file))) == [(level, "web: token_file")]


def test_a_token_is_not_looked_at_where_nobody_is_answered(tmp_path: Path) -> None:
    assert found(settings(web={"token_file": str(tmp_path / "gone")})) == []


@pytest.mark.parametrize("given", [webhook, web])
def test_everybody_who_can_read_a_token_is_warned_of(file: Path, given: Any) -> None:
    file.write_text("secret")
    file.chmod(0o644)

    _, finding = found(given(file))

    assert finding.level == "warn"
    assert finding.cure == f"chmod o-rwx '{file}'"


@pytest.mark.parametrize("given", [webhook, web])
def test_a_folder_is_no_token(tmp_path: Path, given: Any) -> None:
    (finding,) = found(given(tmp_path))

    assert finding.level == "fail"
    assert "it is a folder" in finding.what
