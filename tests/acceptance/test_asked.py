"""The real command, asked over HTTP how it goes, and what it writes for node_exporter."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from ingestd.cli.samples import pdf
from ingestd.sandbox import Fault
from tests.acceptance.running import Daemon, Site
from tests.daemon.carrying import until
from tests.web.asking import ask, connect, is_closed
from tests.workbench import CREATE, LocalKanbert

NAMES = ("Müller Scheidung.pdf", "Müller noch einmal.pdf", "Gehalt Schmidt.pdf")
WEB = '[web]\nlisten = "127.0.0.1:0"\n'


def run(site: Site, more: str = WEB) -> Daemon:
    settings = site.write_settings()
    settings.write_text(f"{settings.read_text()}\n{more}")
    return site.run_with(settings)


def url_of(daemon: Daemon) -> str:
    daemon.wait_for("inbox.watching")
    return str(daemon.wait_for("web.listening")["url"])


def numbers(text: str, name: str) -> dict[str, float]:
    """The samples with this name, by the values of their labels."""
    return {
        " ".join(value for _, value in sorted(one.labels.items())): one.value
        for family in text_string_to_metric_families(text)
        for one in family.samples
        if one.name == f"ingestd_{name}"
    }


@pytest.fixture
def carried(site: Site, local_kanbert: LocalKanbert) -> str:
    """What the metrics are after a document was delivered, one was known, and one refused."""
    with run(site) as daemon:
        url = url_of(daemon)
        for name, content, event in zip(
            NAMES,
            (pdf("one"), pdf("one"), pdf("two")),
            ("document.delivered", "document.duplicate", "document.failed"),
            strict=True,
        ):
            if event == "document.failed":
                local_kanbert.faults.add(Fault(operation=CREATE, status=422))
            (site.inbox() / name).write_bytes(content)
            daemon.wait_for(event)
        until(lambda: numbers(ask(url, "/metrics").body, "documents_in_flight") == {"scanner": 0})
        return ask(url, "/metrics").body


def test_everything_that_came_of_documents_is_counted(carried: str) -> None:
    assert numbers(carried, "documents_total") == {
        "scanner delivered": 1,
        "scanner duplicate": 1,
        "scanner failed": 1,
    }
    assert numbers(carried, "api_answers_total") == {
        "main list 200": 1,  # the greeting
        "main check 200": 3,
        "main create 201": 1,
        "main get 200": 1,  # of the one that was known
        "main create 422": 1,
    }
    assert numbers(carried, "upload_size_bytes_count") == {"main": 1}
    assert numbers(carried, "documents_waiting") == {"scanner": 0}
    assert numbers(carried, "inbox_available") == {"scanner": 1}
    assert numbers(carried, "account_paused") == {"main": 0}


def test_no_file_s_name_is_told(carried: str) -> None:
    assert not any(word in carried for name in NAMES for word in name.split())


def test_an_account_that_is_paused_is_not_ready_and_its_documents_wait(
    site: Site, local_kanbert: LocalKanbert
) -> None:
    local_kanbert.faults.add(Fault(status=401, times=None))
    (site.inbox() / "one.pdf").write_bytes(pdf("one"))
    with run(site) as daemon:
        url = url_of(daemon)
        daemon.wait_for("account.paused")

        until(lambda: numbers(ask(url, "/metrics").body, "documents_waiting") == {"scanner": 1})
        ready, alive = ask(url, "/readyz"), ask(url, "/healthz")
        metrics = ask(url, "/metrics").body

    assert (ready.status, alive.status) == (503, 200)
    stands = json.loads(ready.body)
    assert (stands["accounts"]["main"]["ok"], stands["inboxes"]["scanner"]["ok"]) == (False, True)
    assert numbers(metrics, "account_paused") == {"main": 1}


def test_it_ends_at_once_though_somebody_is_connected(site: Site) -> None:
    with run(site) as daemon:
        url = url_of(daemon)
        with connect(url) as connection:
            connection.sendall(b"GET /metrics HTTP/1.1\r\n")
            assert ask(url, "/healthz").status == 200
            began = time.monotonic()

            code = daemon.stop()

            assert (code, is_closed(connection)) == (0, True)
            assert time.monotonic() - began < 10


def test_a_port_that_is_in_use_ends_it_with_2_before_anything_runs(site: Site) -> None:
    with run(site) as daemon:
        port = url_of(daemon).rsplit(":", 1)[1]
        site.state = "another"
        with run(site, WEB.replace(":0", f":{port}")) as second:
            code = second.wait()

    assert code == 2
    assert f"web.listen: 127.0.0.1:{port} cannot be listened on" in second.output
    assert "Traceback" not in second.output


def test_the_last_success_is_known_after_a_restart(site: Site) -> None:
    (site.inbox() / "one.pdf").write_bytes(pdf("one"))
    with run(site) as daemon:
        daemon.wait_for("document.delivered")
        daemon.stop()

    with run(site) as daemon:
        url = url_of(daemon)
        until(lambda: bool(numbers(ask(url, "/metrics").body, "last_success_timestamp_seconds")))


def test_what_is_written_for_node_exporter_is_gone_at_the_end(site: Site, tmp_path: Path) -> None:
    path = tmp_path / "ingestd.prom"
    with run(site, f'[metrics]\ntextfile = "{path}"\n') as daemon:
        daemon.wait_for("inbox.watching")
        until(path.exists)
        written = path.read_text()
        code = daemon.stop()

    assert numbers(written, "documents_total")["scanner delivered"] == 0
    assert "process_" not in written
    assert (code, path.exists()) == (0, False)
