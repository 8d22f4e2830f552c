"""Where ingestd listens, who may ask, and where metrics are written."""

from __future__ import annotations

import pytest

from ingestd.config.web import Address
from tests.config.conftest import MINIMAL, Load, Refuse


def web(listen: str, more: str = "") -> str:
    return f'{MINIMAL}[web]\nlisten = "{listen}"\n{more}'


@pytest.mark.parametrize(
    ("listen", "address"),
    [
        ("127.0.0.1:8470", ("127.0.0.1", 8470)),
        ("127.8.9.1:1", ("127.8.9.1", 1)),
        ("localhost:65535", ("127.0.0.1", 65535)),
        ("[::1]:8470", ("::1", 8470)),
        ("127.0.0.1:0", ("127.0.0.1", 0)),
    ],
)
def test_within_the_machine_no_token_is_needed(
    load_text: Load, listen: str, address: Address
) -> None:
    assert load_text(web(listen)).web.address == address


def test_nobody_listens_unless_it_is_wanted(load_text: Load) -> None:
    assert load_text(web("")).web.address is None


@pytest.mark.parametrize("listen", ["0.0.0.0:8470", "192.168.1.5:8470", "[::]:8470"])
def test_beyond_the_machine_a_token_is_needed(
    load_text: Load, refusal: Refuse, listen: str
) -> None:
    error = str(refusal(web(listen)))

    assert f'web: "{listen}" can be reached from other machines: set token_file too' in error
    assert load_text(web(listen, 'token_file = "/etc/token"')).web.address is not None


@pytest.mark.parametrize(
    "listen",
    [
        "8470",
        ":8470",
        "127.0.0.1",
        "127.0.0.1:",
        "127.0.0.1:65536",
        "127.0.0.1:-1",
        "127.0.0.1:http",
        "::1:8470",
        "[127.0.0.1]:8470x",
        "nas.example:8470",
        "300.0.0.1:8470",
        "http://127.0.0.1:8470",
    ],
)
def test_what_is_no_address_with_a_port_is_said_with_how_it_is_written(
    refusal: Refuse, listen: str
) -> None:
    error = str(refusal(web(listen, 'token_file = "/etc/token"')))

    assert f'web.listen: "{listen}" is no IP address with a port; write it like "127.0' in error


@pytest.mark.parametrize("path", ["ingestd.prom", "/run/ingestd", "/run/ingestd.prom.txt"])
def test_a_textfile_that_node_exporter_would_not_read_is_refused(
    refusal: Refuse, path: str
) -> None:
    error = str(refusal(f'{MINIMAL}[metrics]\ntextfile = "{path}"'))

    assert f'metrics.textfile: "{path}" must be a whole path that ends in .prom' in error


def test_a_textfile_that_node_exporter_reads_is_taken(load_text: Load) -> None:
    settings = load_text(f'{MINIMAL}[metrics]\ntextfile = "/run/ingestd.prom"')

    assert settings.metrics.textfile == "/run/ingestd.prom"
