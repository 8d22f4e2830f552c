"""Signs of life, as a dead man's switch takes them."""

from __future__ import annotations

import pytest

from ingestd.observe.notify.channel import NotSent
from ingestd.observe.notify.heartbeat import Heartbeat, failing
from ingestd.observe.notify.pulse import Beat
from tests.kanbert.servers import answer, answering, serving
from tests.observe.notify.listening import paths


def test_all_is_well_and_then_it_is_not() -> None:
    with serving(answering(answer(200))) as server:
        heartbeat = Heartbeat(f"http://{server.address}/uuid")
        heartbeat.send(Beat())
        heartbeat.send(Beat("main: 401\n"))

    assert paths(server) == ["/uuid", "/uuid/fail"]
    assert [heard.partition(b"\r\n\r\n")[2] for heard in server.heard] == [b"", b"main: 401\\n"]


def test_a_switch_that_does_not_know_us_is_a_failure() -> None:
    with (
        serving(answering(answer(404))) as server,
        pytest.raises(NotSent, match="It answered 404"),
    ):
        Heartbeat(f"http://{server.address}/uuid").send(Beat())


@pytest.mark.parametrize(
    ("url", "of_failure"),
    [
        ("https://hc.example/uuid", "https://hc.example/uuid/fail"),
        ("https://hc.example/uuid/", "https://hc.example/uuid/fail"),
        ("https://hc.example/key/slug?create=1", "https://hc.example/key/slug/fail?create=1"),
    ],
)
def test_fail_stands_at_the_end_of_the_path(url: str, of_failure: str) -> None:
    assert failing(url) == of_failure
