"""People, programs and a dead man's switch are told, and nothing waits for them."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingestd.cli.samples import pdf
from tests.acceptance.running import COMMAND, PATIENCE, Site
from tests.daemon.carrying import until
from tests.kanbert.servers import Server, answer, answering, serving
from tests.observe.notify.listening import bodies, paths

ONE = pdf("Invoice 1")


@pytest.fixture
def hook() -> Iterator[Server]:
    with serving(answering(answer(204))) as server:
        yield server


@pytest.fixture
def switch() -> Iterator[Server]:
    with serving(answering(answer(200))) as server:
        yield server


def settings(site: Site, **notify: str) -> Path:
    path = site.write_settings()
    lines = ["", "[notify]", *(f'{key} = "{value}"' for key, value in notify.items())]
    path.write_text(path.read_text() + "\n".join(lines))
    return path


def named(hook: Server) -> list[dict[str, str]]:
    """Everything that messages are about."""
    return [one for body in bodies(hook) for one in body["about"]]


def titles(hook: Server) -> list[str]:
    return [body["title"] for body in bodies(hook)]


def test_a_wrong_token_and_its_mending_are_one_message_each_and_a_failing_heartbeat(
    site: Site, hook: Server, switch: Server
) -> None:
    site.token_file.write_text("wrong\n")
    path = settings(
        site,
        webhook_url=f"http://{hook.address}/",
        heartbeat_url=f"http://{switch.address}/uuid",
    )
    with site.run_with(path) as daemon:
        for number in range(3):
            (site.inbox() / f"{number}.pdf").write_bytes(pdf(f"Invoice {number}"))
        daemon.wait_for("account.paused")
        until(lambda: bool(hook.heard and switch.heard))

        site.token_file.write_text(site.token + "\n")
        daemon.wait_for("document.delivered", 3)
        until(lambda: len(hook.heard) > 1 and len(switch.heard) > 1)
        assert daemon.stop() == 0

    assert titles(hook) == ["Account main is paused", "Account main is back"]
    assert (paths(switch)[0], paths(switch)[-1]) == ("/uuid/fail", "/uuid")
    assert not daemon.all("notification.failed")


def test_documents_that_failed_are_told_with_their_reasons(site: Site, hook: Server) -> None:
    for name in ("one.pdf", "two.pdf"):
        (site.inbox() / name).write_bytes(b"")
    site.options["give_up_on_incomplete"] = '"200ms"'
    path = settings(site, webhook_url=f"http://{hook.address}/", bundle="0s")

    with site.run_with(path) as daemon:
        daemon.wait_for("document.failed", 2)
        until(lambda: len(named(hook)) == 2)
        daemon.stop()

    assert {body["kind"] for body in bodies(hook)} == {"document.failed"}
    assert sorted(one["name"] for one in named(hook)) == ["one.pdf", "two.pdf"]
    assert all(one["inbox"] == "scanner" and one["reason"] for one in named(hook))


def test_nothing_is_told_when_all_is_well(site: Site, hook: Server) -> None:
    (site.inbox() / "one.pdf").write_bytes(ONE)

    with site.run_with(settings(site, webhook_url=f"http://{hook.address}/")) as daemon:
        daemon.wait_for("document.delivered")
        daemon.stop()

    assert hook.connections == 0


def test_a_program_that_never_answers_delays_neither_a_delivery_nor_the_end(site: Site) -> None:
    def never(server: Server, _connection: object) -> None:
        server.done.wait(PATIENCE)

    (site.inbox() / "empty.pdf").write_bytes(b"")
    site.options["give_up_on_incomplete"] = '"200ms"'
    with serving(never) as hanging:
        url = f"http://{hanging.address}/"
        path = settings(site, webhook_url=url, heartbeat_url=url)
        with site.run_with(path) as daemon:
            daemon.wait_for("document.failed")
            until(lambda: hanging.connections > 0)

            (site.inbox() / "one.pdf").write_bytes(ONE)
            daemon.wait_for("document.delivered")

            assert daemon.stop() == 0

    assert site.files()["done/one.pdf"] == ONE


def test_addresses_are_in_no_log(site: Site) -> None:
    site.token_file.write_text("wrong\n")
    with serving(answering(answer(404))) as refusing:
        url = f"http://{refusing.address}/a-secret-path"
        with site.run_with(settings(site, webhook_url=url, heartbeat_url=url)) as daemon:
            daemon.wait_for("notification.failed", 2)
            daemon.stop()

    assert "a-secret-path" not in daemon.output


def once(site: Site, hook: Server, switch: Server) -> int:
    """Run `ingestd once` on a file that is as it will be; its exit code."""
    os.utime(site.inbox() / "one.pdf", (0, 0))
    given = settings(
        site,
        webhook_url=f"http://{hook.address}/",
        heartbeat_url=f"http://{switch.address}/uuid",
    )
    command = [*COMMAND, "--config", str(given), "once"]
    return subprocess.run(command, capture_output=True, timeout=PATIENCE, check=False).returncode


def test_a_run_that_went_well_gives_a_sign_of_life_and_tells_nobody(
    site: Site, hook: Server, switch: Server
) -> None:
    (site.inbox() / "one.pdf").write_bytes(ONE)

    code = once(site, hook, switch)

    assert (code, paths(switch), titles(hook)) == (0, ["/uuid"], [])


def test_a_run_with_a_failure_tells_it_at_its_end(site: Site, hook: Server, switch: Server) -> None:
    (site.inbox() / "one.pdf").write_bytes(b"")

    code = once(site, hook, switch)

    assert (code, paths(switch), titles(hook)) == (1, ["/uuid/fail"], ["A document failed"])


def test_runs_tell_of_a_refused_account_once_and_once_that_it_is_back(
    site: Site, hook: Server, switch: Server
) -> None:
    (site.inbox() / "one.pdf").write_bytes(ONE)
    site.token_file.write_text("wrong\n")
    codes = [once(site, hook, switch), once(site, hook, switch)]

    site.token_file.write_text(site.token + "\n")
    codes.append(once(site, hook, switch))

    assert codes == [3, 3, 0]
    assert paths(switch) == ["/uuid/fail", "/uuid/fail", "/uuid"]
    assert titles(hook) == ["Account main is paused", "Account main is back"]


def test_what_was_told_before_a_reload_is_not_told_again_and_its_end_is(
    site: Site, hook: Server
) -> None:
    site.token_file.write_text("wrong\n")
    url = f"http://{hook.address}/"
    path = settings(site, webhook_url=url)
    with site.run_with(path) as daemon:
        daemon.wait_for("account.paused")
        until(lambda: bool(hook.heard))

        settings(site, webhook_url=url, bundle="1s")
        daemon.process.send_signal(signal.SIGHUP)
        daemon.wait_for("settings.reloaded")
        site.token_file.write_text(site.token + "\n")
        daemon.wait_for("account.resumed")
        until(lambda: len(hook.heard) > 1)
        daemon.stop()

    assert titles(hook) == ["Account main is paused", "Account main is back"]


def test_whoever_comes_with_a_reload_is_told_from_then_on(site: Site, hook: Server) -> None:
    with site.run() as daemon:
        daemon.wait_for("inbox.watching")
        settings(site, webhook_url=f"http://{hook.address}/")
        daemon.process.send_signal(signal.SIGHUP)
        daemon.wait_for("settings.reloaded")

        site.token_file.write_text("wrong\n")
        (site.inbox() / "one.pdf").write_bytes(ONE)
        daemon.wait_for("account.paused")
        until(lambda: bool(hook.heard))
        daemon.stop()

    assert titles(hook) == ["Account main is paused"]
