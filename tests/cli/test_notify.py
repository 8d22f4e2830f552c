"""`ingestd notify`: says of every channel whether it took a test, and nobody's secrets."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.cli.running import ingestd
from tests.kanbert.servers import answer, answering, serving
from tests.observe.notify.listening import bodies, paths


def notify(
    folder: Path, *arguments: str, settings: str, **environ: str
) -> subprocess.CompletedProcess[str]:
    (folder / "ingestd.toml").write_text(
        '[accounts.main]\nbase_url = "https://kanbert.example"\ntoken = "t"\n'
        f"[notify]\n{settings}\n"
    )
    return ingestd("notify", *arguments, folder=folder, **environ)


def test_a_test_reaches_every_channel(tmp_path: Path) -> None:
    with (
        serving(answering(answer(200))) as service,
        serving(answering(answer(204))) as hook,
        serving(answering(answer(200))) as switch,
    ):
        told = notify(
            tmp_path,
            "--test",
            settings=f'urls = ["json://{service.address}"]\n'
            f'webhook_url = "http://{hook.address}/hook"\n'
            f'heartbeat_url = "http://{switch.address}/uuid"',
        )

    assert (told.returncode, told.stderr) == (0, "")
    assert told.stdout.splitlines() == [
        "ok    json (number 1 of urls)",
        "ok    webhook 127.0.0.1",
        "ok    heartbeat 127.0.0.1",
    ]
    assert bodies(service)[0]["title"].endswith("This is a test")
    assert bodies(hook)[0]["kind"] == "test"
    assert paths(switch) == ["/uuid"]


def test_the_environment_s_proxies_see_no_webhook_and_no_heartbeat(tmp_path: Path) -> None:
    with serving(answering(answer(204))) as hook, serving(answering(answer(200))) as proxy:
        url = f"http://{hook.address}/"
        told = notify(
            tmp_path,
            "--test",
            settings=f'webhook_url = "{url}"\nheartbeat_url = "{url}"',
            HTTP_PROXY=f"http://{proxy.address}",
            http_proxy=f"http://{proxy.address}",
        )

    assert told.returncode == 0
    assert (len(hook.heard), proxy.connections) == (2, 0)


def test_what_does_not_arrive_is_said_with_why_and_the_others_are_tried(tmp_path: Path) -> None:
    with serving(answering(answer(403))) as refusing, serving(answering(answer(200))) as switch:
        told = notify(
            tmp_path,
            "--test",
            settings=f'urls = ["json://{refusing.address}/s3cr3t-path", "nonsense://s3cr3t"]\n'
            f'webhook_url = "http://{refusing.address}/s3cr3t-path"\n'
            f'heartbeat_url = "http://{switch.address}/uuid"',
        )

    assert told.returncode == 1
    lines = told.stdout.splitlines()
    assert [line[:4] for line in lines] == ["fail", "fail", "fail", "ok  "]
    assert lines[2] == "fail  webhook 127.0.0.1: It answered 403"
    assert "s3cr3t" not in told.stdout + told.stderr


def test_where_nobody_is_notified_it_says_what_to_set(tmp_path: Path) -> None:
    told = notify(tmp_path, "--test", settings="")

    assert told.returncode == 2
    assert "[notify] has no urls, no webhook_url and no heartbeat_url" in told.stderr
    assert "docs/notifications.md" in told.stderr


def test_without_the_option_nothing_is_sent(tmp_path: Path) -> None:
    with serving(answering(answer(200))) as hook:
        told = notify(tmp_path, settings=f'webhook_url = "http://{hook.address}/"')

    assert told.returncode == 2
    assert "Did you mean --test?" in told.stderr
    assert hook.connections == 0


def test_a_file_that_is_not_there_is_a_mistake_in_the_settings(tmp_path: Path) -> None:
    told = notify(tmp_path, "--test", settings='webhook_url_file = "/nowhere/hook"')

    assert told.returncode == 2
    assert "notify.webhook_url_file: /nowhere/hook cannot be read" in told.stderr
