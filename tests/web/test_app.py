"""What is answered to whom, over real connections."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import pytest

from ingestd.web import Guard, Listener, create_app
from tests.web.asking import ask

TOKEN = "Bearer s3cr3t"


class Standing:
    """What the application is told."""

    def __init__(self) -> None:
        self.alive = True
        self.ready = True
        self.needs: Callable[[], str] | None = None

    def readiness(self) -> dict[str, object]:
        return {"ready": self.ready, "accounts": {"main": {"ok": self.ready}}}


@pytest.fixture
def standing() -> Standing:
    return Standing()


@pytest.fixture
def url(standing: Standing) -> Iterator[str]:
    app = create_app(
        alive=lambda: standing.alive,
        readiness=standing.readiness,
        metrics=lambda: b"ingestd_documents_waiting 3\n",
        guard=Guard(lambda: "s3cr3t" if standing.needs is None else standing.needs()),
    )
    yield from listening(Listener(app, "127.0.0.1", 0))


@pytest.fixture
def open_url(standing: Standing) -> Iterator[str]:
    """As above, where no token is needed."""
    app = create_app(
        alive=lambda: standing.alive,
        readiness=standing.readiness,
        metrics=lambda: b"",
        guard=Guard(None),
    )
    yield from listening(Listener(app, "127.0.0.1", 0))


def listening(listener: Listener) -> Iterator[str]:
    listener.start()
    yield listener.url
    listener.stop()


@pytest.mark.parametrize(("alive", "status"), [(True, 200), (False, 503)])
def test_whether_it_is_alive_is_told_without_a_token(
    standing: Standing, url: str, alive: bool, status: int
) -> None:
    standing.alive = alive

    assert ask(url, "/healthz").status == status


@pytest.mark.parametrize(("ready", "status"), [(True, 200), (False, 503)])
def test_whether_it_is_ready_is_told_without_a_token_and_no_more_than_that(
    standing: Standing, url: str, ready: bool, status: int
) -> None:
    standing.ready = ready

    told = ask(url, "/readyz")

    assert (told.status, json.loads(told.body)) == (status, {"ready": ready})


def test_what_is_not_ready_is_told_with_the_token(standing: Standing, url: str) -> None:
    standing.ready = False

    told = ask(url, "/readyz", Authorization=TOKEN)

    assert (told.status, json.loads(told.body)) == (503, standing.readiness())


def test_what_is_not_ready_is_told_where_no_token_is_needed(
    standing: Standing, open_url: str
) -> None:
    assert json.loads(ask(open_url, "/readyz").body) == standing.readiness()


def test_metrics_need_the_token(url: str) -> None:
    without, with_it = ask(url, "/metrics"), ask(url, "/metrics", Authorization=TOKEN)

    assert (without.status, without.headers["www-authenticate"]) == (401, "Bearer")
    assert "ingestd_" not in without.body
    assert (with_it.status, with_it.body) == (200, "ingestd_documents_waiting 3\n")


def test_metrics_come_as_what_prometheus_takes(url: str) -> None:
    told = ask(url, "/metrics", Authorization=TOKEN)

    assert told.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_who_only_wants_the_status_is_given_that(url: str, path: str) -> None:
    told = ask(url, path, method="HEAD")

    assert (told.status, told.body) == (200, "")


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
def test_a_slash_at_the_end_makes_no_difference(url: str, path: str) -> None:
    without, with_it = (ask(url, f"{path}{end}", Authorization=TOKEN) for end in ("", "/"))

    assert (without.status, with_it.status) == (200, 200)
    assert with_it.body == without.body


@pytest.mark.parametrize("path", ["/", "/metrics/x", "/docs", "/docs/", "/../etc/passwd", "/%ff"])
def test_there_is_nothing_else(url: str, path: str) -> None:
    assert ask(url, path, Authorization=TOKEN).status == 404


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
def test_nothing_can_be_done(url: str, path: str, method: str) -> None:
    assert ask(url, path, method, Authorization=TOKEN).status == 405
