from __future__ import annotations

import signal
import socket
import subprocess
import sys
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from tests.cli.running import ALONE, LONGEST, ingestd


def test_a_port_in_use_is_a_sentence_and_what_to_do(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        told = ingestd("sandbox", "--listen", address, folder=tmp_path)

    assert told.returncode == 2
    assert told.stderr.splitlines() == [
        f"ingestd: The sandbox cannot listen on {address}: Address already in use.",
        "  Is one running already? Choose another with --listen 127.0.0.1:PORT.",
    ]


@pytest.mark.parametrize("host", ["no-such-host.invalid", "300.1.1.1", "192.0.2.1"])
def test_an_address_that_is_not_this_machine_s_is_said_to_be_that(
    tmp_path: Path, host: str
) -> None:
    told = ingestd("sandbox", "--listen", f"{host}:8099", folder=tmp_path)

    assert told.returncode == 2
    said, cure = told.stderr.splitlines()
    assert said.startswith(f"ingestd: The sandbox cannot listen on {host}:8099: ")
    assert cure == "  Name an address of this machine, such as --listen 127.0.0.1:8480."


@pytest.mark.parametrize(
    "address",
    ["", "8099", ":8099", "a:b", "a:²", "a:65536", "a..b:80", f"{'ü' * 70}:80", "\udcff:80"],
)
def test_what_is_no_address_is_a_wrong_use(tmp_path: Path, address: str) -> None:
    told = ingestd("sandbox", "--listen", address, folder=tmp_path)

    assert told.returncode == 2
    assert "is not HOST:PORT" in told.stderr


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_says_what_to_put_into_the_settings_and_ends_when_told_to(
    tmp_path: Path, number: signal.Signals
) -> None:
    arguments = ["sandbox", "--listen", "127.0.0.1:0", "--token", "try-me"]
    with subprocess.Popen(
        [sys.executable, "-m", "ingestd", *arguments],
        cwd=tmp_path,
        env=ALONE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as sandbox:
        assert sandbox.stdout is not None
        lines = [sandbox.stdout.readline() for _ in range(3)]
        wait_until_it_answers(lines[0].split('"')[1])
        sandbox.send_signal(number)
        _, complaints = sandbox.communicate(timeout=LONGEST)

    assert lines[0].startswith('base_url = "http://127.0.0.1:')
    assert lines[1:] == ['token = "try-me"\n', "Ctrl-C ends it.\n"]
    assert (sandbox.returncode, complaints) == (0, "")


def wait_until_it_answers(base_url: str) -> None:
    with pytest.raises(HTTPError, match="401") as answer:
        urlopen(f"{base_url}/incoming-invoices", timeout=LONGEST)
    answer.value.close()
