"""What is the account's trouble, or the folder's, is nobody's document's."""

from __future__ import annotations

import os

from ingestd.cli.samples import pdf
from ingestd.sandbox import ALL_SCOPES, Fault, Kind, Server, Store, create_app
from tests.acceptance.running import Site
from tests.workbench import CHECK, CREATE, LocalKanbert

ONE, TWO = pdf("Invoice 1"), pdf("Invoice 2")


def test_a_wrong_token_moves_nothing_and_a_new_token_file_is_enough(site: Site) -> None:
    site.token_file.write_text("wrong\n")
    for number in range(10):
        (site.inbox() / f"{number}.pdf").write_bytes(pdf(f"Invoice {number}"))
    with site.run() as daemon:
        daemon.wait_for("account.paused")
        assert set(site.files()) == {f"{number}.pdf" for number in range(10)}

        new = site.token_file.with_suffix(".new")  # or it would be seen while it is empty
        new.write_text(site.token + "\n")
        new.replace(site.token_file)
        daemon.wait_for("account.resumed")
        daemon.wait_for("document.delivered", 10)

    assert len(daemon.all("account.paused")) == 1
    assert not daemon.all("document.failed")
    assert site.work() == []


def test_an_outage_leaves_the_files_in_the_inbox_and_ends_by_itself(
    site: Site, local_kanbert: LocalKanbert
) -> None:
    local_kanbert.faults.add(Fault(status=503, times=None))
    with site.run() as daemon:
        daemon.wait_for("account.paused")
        (site.inbox() / "one.pdf").write_bytes(ONE)
        local_kanbert.faults.clear()
        daemon.wait_for("document.delivered")

    assert site.files() == {"done/one.pdf": ONE}
    assert local_kanbert.store.count() == 1


def test_a_create_whose_answer_got_lost_makes_one_invoice(
    site: Site, local_kanbert: LocalKanbert
) -> None:
    local_kanbert.faults.add(Fault(kind=Kind.COMMIT_THEN_DROP, operation=CREATE))
    (site.inbox() / "one.pdf").write_bytes(ONE)

    with site.run() as daemon:
        daemon.wait_for("document.ambiguous")
        daemon.wait_for("document.delivered")

    assert local_kanbert.store.count() == local_kanbert.journal.count(CREATE) == 1


def test_a_missing_inbox_is_named_and_the_others_run_on(site: Site) -> None:
    site.inboxes.append("mailbox")
    with site.run() as daemon:
        named = daemon.wait_for("inbox.unavailable", inbox="mailbox")
        (site.inbox() / "one.pdf").write_bytes(ONE)
        daemon.wait_for("document.delivered", inbox="scanner")

        site.inbox("mailbox").mkdir()
        (site.inbox("mailbox") / "two.pdf").write_bytes(TWO)
        daemon.wait_for("document.delivered", inbox="mailbox")

    assert str(site.inbox("mailbox")) in named["error"]
    assert named["hint"]


def test_an_inbox_that_is_deleted_and_made_anew_is_served_again(site: Site) -> None:
    with site.run() as daemon:
        daemon.wait_for("inbox.watching")
        (site.inbox() / "one.pdf").write_bytes(ONE)
        daemon.wait_for("document.delivered", 1)

        site.inbox().rename(site.folder / "away")
        daemon.wait_for("inbox.unavailable")
        site.inbox().mkdir()
        (site.inbox() / "two.pdf").write_bytes(TWO)
        daemon.wait_for("document.delivered", 2)

    assert site.files() == {"done/two.pdf": TWO}


def test_two_inboxes_deliver_to_their_own_accounts(site: Site, local_kanbert: LocalKanbert) -> None:
    site.inboxes.append("mailbox")
    site.inbox("mailbox").mkdir()
    with (
        Store(":memory:") as other_store,
        Server(create_app(other_store, tokens={"other": ALL_SCOPES})) as other,
    ):
        settings = site.write_settings()
        text = settings.read_text()
        text += '\naccount = "other"\n[accounts.other]\ntoken = "other"\n'
        text += f'base_url = "{other.base_url}"\n'
        scanner = "[inboxes.scanner]"
        settings.write_text(text.replace(scanner, f'{scanner}\naccount = "main"'))
        (site.inbox() / "one.pdf").write_bytes(ONE)
        (site.inbox("mailbox") / "one.pdf").write_bytes(ONE)

        with site.run_with(settings) as daemon:
            daemon.wait_for("document.delivered", 2)

        assert (local_kanbert.store.count(), other_store.count()) == (1, 1)


def test_a_wrong_setting_pauses_its_inbox_after_three_equal_refusals(
    site: Site, local_kanbert: LocalKanbert
) -> None:
    site.options["fields"] = '{ supplier_id = "nobody" }'
    site.account["concurrency"] = "1"
    for number in range(5):
        (site.inbox() / f"{number}.pdf").write_bytes(pdf(f"Invoice {number}"))

    with site.run() as daemon:
        suspect = daemon.wait_for("setting.suspect")
        daemon.stop()

    assert suspect["setting"] == "inboxes.scanner.fields.supplier_id"
    assert local_kanbert.journal.count(CREATE) == len(daemon.all("document.failed")) == 3
    assert sum(name.startswith("failed/") for name in site.files()) == 6  # and their reasons


def test_the_token_is_in_no_log(site: Site, local_kanbert: LocalKanbert) -> None:
    local_kanbert.faults.add(Fault(operation=CHECK, status=401, times=1))
    name = f"{site.token}.pdf"
    (site.inbox() / name).write_bytes(ONE)

    with site.run() as daemon:
        daemon.wait_for("account.paused")
        os.utime(site.token_file)
        daemon.wait_for("document.delivered")
        daemon.stop()

    assert site.token not in daemon.output
    assert "[hidden].pdf" in daemon.output
