"""SIGHUP: what changed in the settings takes effect, and nothing else notices."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager

from ingestd.cli.samples import pdf
from ingestd.sandbox import Fault, Kind
from tests.acceptance.running import COMMAND, Daemon, Site
from tests.workbench import CREATE, LocalKanbert

ONE, TWO = pdf("Invoice 1"), pdf("Invoice 2")


@contextmanager
def running(site: Site) -> Iterator[Daemon]:
    """A daemon that watches all its inboxes."""
    with site.run() as daemon:
        daemon.wait_for("inbox.watching", len(site.inboxes))
        yield daemon


def add_inbox(site: Site, name: str) -> None:
    site.inboxes.append(name)
    site.inbox(name).mkdir()


def reload(site: Site, daemon: Daemon, answer: str = "settings.reloaded") -> None:
    """Write the settings anew, and have them read."""
    before = len(daemon.all(answer))
    site.write_settings()
    daemon.process.send_signal(signal.SIGHUP)
    daemon.wait_for(answer, before + 1)


def create_is_asked(kanbert: LocalKanbert) -> bool:
    return kanbert.journal.wait_for(
        lambda entries: CREATE in {entry.operation for entry in entries}, seconds=60
    )


def test_a_new_inbox_is_served_and_the_others_go_on_undisturbed(site: Site) -> None:
    with running(site) as daemon:
        add_inbox(site, "mail")
        reload(site, daemon)
        (site.inbox("mail") / "one.pdf").write_bytes(ONE)
        (site.inbox() / "two.pdf").write_bytes(TWO)
        daemon.wait_for("document.delivered", 2)

        assert daemon.stop() == 0

    assert site.files("mail") == {"done/one.pdf": ONE}
    assert site.files() == {"done/two.pdf": TWO}
    assert daemon.all("settings.reloaded")[0]["added"] == ["inboxes.mail"]
    assert len(daemon.all("inbox.watching", inbox="scanner")) == 1


def test_an_inbox_that_was_taken_out_is_left_alone(site: Site) -> None:
    add_inbox(site, "mail")
    with running(site) as daemon:
        site.inboxes.remove("mail")
        reload(site, daemon)
        daemon.wait_for("inbox.left", inbox="mail")
        (site.inbox("mail") / "one.pdf").write_bytes(ONE)
        (site.inbox() / "two.pdf").write_bytes(TWO)
        daemon.wait_for("document.delivered", path="two.pdf")

        daemon.stop()

    assert site.files("mail") == {"one.pdf": ONE}


def test_what_changed_of_an_inbox_takes_effect(site: Site) -> None:
    with running(site) as daemon:
        site.options["done"] = '"away"'
        reload(site, daemon)
        (site.inbox() / "one.pdf").write_bytes(ONE)
        daemon.wait_for("document.delivered")

    assert site.files() == {"away/one.pdf": ONE}


def test_another_token_file_takes_effect(site: Site) -> None:
    site.account["token_file"] = '"/nowhere/at/all.token"'
    (site.inbox() / "one.pdf").write_bytes(ONE)
    with running(site) as daemon:
        daemon.wait_for("account.paused")
        del site.account["token_file"]
        reload(site, daemon)
        daemon.wait_for("document.delivered")

    assert site.files() == {"done/one.pdf": ONE}


def test_a_secret_of_the_new_settings_is_hidden_as_those_from_before(site: Site) -> None:
    secret = "a-new-password"
    with running(site) as daemon:
        add_inbox(site, secret)  # whoever would write it into the log
        site.account["proxy"] = f'"http://me:{secret}@127.0.0.1:9"'
        reload(site, daemon)
        daemon.wait_for("inbox.watching", 3)

    assert secret not in daemon.output
    assert "[hidden]" in daemon.output


def test_what_is_in_flight_is_finished_as_it_was_begun(
    site: Site, local_kanbert: LocalKanbert
) -> None:
    site.account["timeout"] = '"20s"'
    local_kanbert.faults.add(Fault(operation=CREATE, kind=Kind.DELAY, delay=2.0))
    with running(site) as daemon:
        (site.inbox() / "one.pdf").write_bytes(ONE)
        assert create_is_asked(local_kanbert)
        site.options["done"] = '"away"'
        site.account["concurrency"] = "1"
        reload(site, daemon)
        (site.inbox() / "two.pdf").write_bytes(TWO)
        daemon.wait_for("document.delivered", 2)

        assert daemon.stop() == 0

    assert site.files() == {"done/one.pdf": ONE, "away/two.pdf": TWO}
    assert (local_kanbert.store.count(), local_kanbert.journal.count(CREATE)) == (2, 2)
    assert not daemon.all("inbox.unavailable")
    assert not daemon.all("document.recovered")
    assert "Traceback" not in daemon.output


def test_an_end_during_a_reload_finishes_what_is_in_flight(
    site: Site, local_kanbert: LocalKanbert
) -> None:
    site.account["timeout"] = '"20s"'
    local_kanbert.faults.add(Fault(operation=CREATE, kind=Kind.DELAY, delay=2.0))
    with running(site) as daemon:
        (site.inbox() / "one.pdf").write_bytes(ONE)
        assert create_is_asked(local_kanbert)
        site.options["done"] = '"away"'
        reload(site, daemon)

        code = daemon.stop()

    assert (code, site.files(), site.work()) == (0, {"done/one.pdf": ONE}, [])
    assert "Traceback" not in daemon.output


def test_settings_that_are_broken_are_refused_and_the_running_ones_stay(site: Site) -> None:
    with running(site) as daemon:
        site.options["setle"] = '"1s"'
        reload(site, daemon, "settings.refused")
        (site.inbox() / "one.pdf").write_bytes(ONE)
        daemon.wait_for("document.delivered")

        assert daemon.stop() == 0

    (refused,) = daemon.all("settings.refused")
    assert "setle is no setting; did you mean settle?" in refused["error"]
    assert refused["hint"]
    assert len(daemon.all("inbox.watching")) == 1


def test_what_only_shows_when_it_is_used_is_refused_too(site: Site) -> None:
    with running(site) as daemon:
        add_inbox(site, "mail")
        site.account["ca_bundle"] = '"/nowhere/at/all.pem"'
        reload(site, daemon, "settings.refused")

        daemon.stop()

    assert "/nowhere/at/all.pem" in daemon.all("settings.refused")[0]["error"]
    assert not daemon.all("inbox.left")


def test_what_takes_a_restart_is_named_and_the_rest_takes_effect(site: Site) -> None:
    with running(site) as daemon:
        site.state = "elsewhere"
        site.log["level"] = '"debug"'
        reload(site, daemon)
        (site.inbox() / "one.pdf").write_bytes(ONE)
        daemon.wait_for("document.seen")

    (told,) = daemon.all("settings.restart_needed")
    assert (told["settings"], told["level"]) == (["state_dir"], "warning")
    assert not (site.folder / "elsewhere").exists()


def test_a_hangup_before_the_settings_are_read_has_them_read_again(site: Site) -> None:
    first = site.write_settings().read_text()
    add_inbox(site, "mail")
    second = site.write_settings().read_text()
    settings = site.folder / "settings.toml"
    os.mkfifo(settings)
    with site.run_with(settings) as daemon:
        with settings.open("w") as once:  # it was opened by now, too
            daemon.process.send_signal(signal.SIGHUP)
            once.write(first)
        daemon.wait_for("inbox.watching")
        settings.write_text(second)
        daemon.wait_for("inbox.watching", inbox="mail")

        assert daemon.stop() == 0


def test_a_hangup_reloads_also_where_nohup_has_it_ignored(site: Site) -> None:
    command = " ".join([*COMMAND, "--config", str(site.write_settings()), "run"])
    with Daemon(["sh", "-c", f"trap '' HUP; exec {command}"]) as daemon:
        daemon.wait_for("inbox.watching")
        reload(site, daemon)

        assert daemon.stop() == 0


def test_a_terminal_that_is_closed_ends_a_run_that_ends(
    site: Site, local_kanbert: LocalKanbert
) -> None:
    site.account["timeout"] = '"20s"'
    local_kanbert.faults.add(Fault(operation=CREATE, kind=Kind.DELAY, delay=1.0))
    for name, content in {"one.pdf": ONE, "two.pdf": TWO}.items():
        (site.inbox() / name).write_bytes(content)
    site.account["concurrency"] = "1"
    with Daemon(site.once_command()) as once:
        assert create_is_asked(local_kanbert)

        code = once.stop(signal.SIGHUP)

    assert code == 1  # not everything was done
    assert local_kanbert.store.count() == 1
