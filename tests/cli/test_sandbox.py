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
    with pytest.raises(HTTPError, match="401"):
        urlopen(f"{base_url}/incoming-invoices", timeout=LONGEST)
