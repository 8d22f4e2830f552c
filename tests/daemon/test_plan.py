"""What changes between two settings, as a table."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from ingestd import config
from ingestd.daemon.plan import (
    Changes,
    InboxPlan,
    changed_tables,
    changes,
    in_the_way,
    plan_of,
    that_can_change,
)
from ingestd.errors import SettingsError

GIVEN: dict[str, Any] = {
    "state_dir": "/var/lib/ingestd",
    "accounts": {
        "main": {"base_url": "https://api.example.com", "token": "secret"},
        "other": {"base_url": "https://api.example.com", "token_file": "/etc/other.token"},
    },
    "inboxes": {
        "scanner": {"path": "/srv/scans", "account": "main"},
        "mail": {"path": "/srv/mail", "account": "other", "fields": {"tags": ["mail"]}},
    },
}


def settings(**laid_over: Any) -> config.Settings:
    """The settings above with some keys set: `inboxes__mail__path="/other"`; None: taken out."""
    given = deepcopy(GIVEN)
    for key, value in laid_over.items():
        table, *below = key.split("__")
        at, keys = given, [table, *below]
        for name in keys[:-1]:
            at = at.setdefault(name, {})
        if value is None:
            del at[keys[-1]]
        else:
            at[keys[-1]] = value
    return config.Settings(**given)


BEFORE = settings()
NEW = {"path": "/srv/new", "account": "main"}


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        ({}, Changes()),
        ({"inboxes__new": NEW}, Changes(added=("new",))),
        ({"inboxes__mail": None}, Changes(removed=("mail",))),
        ({"inboxes__mail__path": "/srv/post"}, Changes(changed=("mail",))),
        ({"inboxes__mail__done": "away"}, Changes(changed=("mail",))),
        ({"inboxes__mail__fields": {"tags": ["post"]}}, Changes(changed=("mail",))),
        ({"inboxes__mail__account": "main"}, Changes(changed=("mail",))),
        ({"accounts__other__concurrency": 2}, Changes(changed=("mail",))),
        ({"accounts__main__token": "another"}, Changes(changed=("scanner",))),
        ({"accounts__other__token_file": "/etc/new.token"}, Changes(changed=("mail",))),
        ({"accounts__third": GIVEN["accounts"]["main"]}, Changes()),
        ({"log": {"level": "debug"}}, Changes()),
        (
            {"inboxes__mail": None, "inboxes__post": GIVEN["inboxes"]["mail"]},
            Changes(added=("post",), removed=("mail",)),
        ),
    ],
)
def test_an_inbox_is_another_where_it_or_its_account_is(
    after: Mapping[str, Any], expected: Changes
) -> None:
    before, now = plan_of(BEFORE, []), plan_of(settings(**after), [])

    assert changes(before.inboxes, now.inboxes) == expected


def test_a_token_that_is_found_elsewhere_makes_another_account(tmp_path: Path) -> None:
    tokenless = settings(accounts__main__token=None)
    folders = [tmp_path / "first", tmp_path / "second"]
    for folder in folders:
        folder.mkdir()
    (folders[1] / "main.token").write_text("a token")
    before = plan_of(tokenless, folders)
    (folders[0] / "main.token").write_text("a token")

    assert changes(before.accounts, plan_of(tokenless, folders).accounts).changed == ("main",)


def test_a_ca_bundle_that_was_replaced_makes_another_account(tmp_path: Path) -> None:
    bundle = tmp_path / "ca.pem"
    given = settings(accounts__main__ca_bundle=str(bundle))
    bundle.write_text("one")
    before = plan_of(given, [])
    again = plan_of(given, [])
    bundle.write_text("another")

    assert changes(before.accounts, again.accounts) == Changes()
    assert changes(before.accounts, plan_of(given, []).accounts).changed == ("main",)


def test_an_account_without_a_token_is_no_plan() -> None:
    with pytest.raises(SettingsError, match="main has no token"):
        plan_of(settings(accounts__main__token=None), [])


def test_what_is_changed_is_ended_and_begun() -> None:
    between = Changes(added=("a",), changed=("b",), removed=("c",))

    assert (between.begun, between.ended) == (("a", "b"), ("b", "c"))


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        ({}, Changes()),
        ({"log": {"level": "debug"}}, Changes(changed=("log",))),
        (
            {"accounts__main__timeout": "5s"},
            Changes(changed=("accounts.main", "inboxes.scanner")),
        ),
        ({"inboxes__new": NEW}, Changes(added=("inboxes.new",))),
        ({"inboxes__mail": None}, Changes(removed=("inboxes.mail",))),
    ],
)
def test_every_table_that_changed_is_named(after: Mapping[str, Any], expected: Changes) -> None:
    wanted = settings(**after)
    before, now = plan_of(BEFORE, []), plan_of(wanted, [])
    accounts = changes(before.accounts, now.accounts)
    inboxes = changes(before.inboxes, now.inboxes)

    assert changed_tables(BEFORE, wanted, accounts, inboxes) == expected


def test_a_table_that_names_a_file_with_something_else_in_it_changed() -> None:
    changed = changed_tables(BEFORE, BEFORE, Changes(), Changes(), {"notify"})

    assert changed == Changes(changed=("notify",))


@pytest.mark.parametrize(
    ("leaving", "coming", "expected"),
    [
        ({"path": "/a"}, {"path": "/b"}, False),
        ({"path": "/a", "done": "/done"}, {"path": "/b", "done": "/done"}, False),
        ({"path": "/a"}, {"path": "/a"}, True),
        ({"path": "/a", "recursive": True}, {"path": "/a/b"}, True),
        ({"path": "/a"}, {"path": "/a", "recursive": True}, True),
        ({"path": "/a", "done": "/b"}, {"path": "/b"}, True),
        ({"path": "/b"}, {"path": "/a", "failed": "/b"}, True),
    ],
)
def test_an_inbox_waits_for_another_where_one_sees_the_other_s_files(
    leaving: dict[str, Any], coming: dict[str, Any], expected: bool
) -> None:
    account = plan_of(BEFORE, []).accounts["main"]

    def plan(name: str, given: dict[str, Any]) -> InboxPlan:
        return InboxPlan(name, config.Inbox(**given), "main", account)

    assert in_the_way(plan("one", leaving), plan("other", coming)) is expected


def test_an_inbox_waits_for_one_of_the_same_name_wherever_that_is() -> None:
    elsewhere = plan_of(settings(inboxes__mail__path="/srv/post"), [])

    assert in_the_way(plan_of(BEFORE, []).inboxes["mail"], elsewhere.inboxes["mail"])


@pytest.mark.parametrize(
    ("read", "kept"),
    [
        ({"inboxes__new": NEW, "log": {"level": "debug"}}, []),
        ({"state_dir": "/elsewhere"}, ["state_dir"]),
        ({"ledger": {"url": "postgresql://db/ingestd"}}, ["ledger.url"]),
        ({"log": {"format": "json", "file": "/log"}}, ["log.format", "log.file"]),
        (
            {"log": {"file_max_size": "1MB", "file_keep": 2}},
            ["log.file_max_size", "log.file_keep"],
        ),
    ],
)
def test_what_takes_a_restart_is_named_and_stays_and_the_rest_is_taken(
    read: Mapping[str, Any], kept: list[str]
) -> None:
    wanted = settings(**read, inboxes__mail__done="away")

    effective, keys = that_can_change(BEFORE, wanted)

    assert keys == kept
    assert effective.inboxes == wanted.inboxes
    assert (effective.state_dir, effective.ledger) == (BEFORE.state_dir, BEFORE.ledger)
    assert effective.log == BEFORE.log.model_copy(update={"level": wanted.log.level})


def test_a_state_folder_that_is_only_written_out_is_the_same() -> None:
    silent = settings(state_dir=None)

    assert that_can_change(silent, settings(state_dir=config.state_dir(silent)))[1] == []
