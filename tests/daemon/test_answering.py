"""Who asks on the web is answered as the settings say."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette

from ingestd.config import WebSettings
from ingestd.daemon.answering import (
    FIRST_REST,
    LONGEST_REST,
    Answerers,
    Answering,
    next_rest,
)
from ingestd.errors import AccountTrouble, SettingsError
from ingestd.observe import AccountNow, Counts, Liveness, Metrics, Now, open_log
from ingestd.observe.health import LONGEST_PAUSE
from ingestd.web import Listener
from tests.daemon.doubles import FakeClock
from tests.web.asking import Told, ask
from tests.web.ending import end, ends


class Asked:
    """Makes who answers, and asks."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.log = io.StringIO()
        self.now = Now((AccountNow("main"),))
        self.bug: Exception | None = None
        metrics = Metrics(self._look, Counts(lambda: 0.0), version="1", started=0.0)
        self.lines_to = open_log(self.log)
        self.answerers = Answerers(self._look, metrics, self.clock, self.lines_to)
        self.made: list[Answering] = []

    def make(self, **settings: object) -> Answering:
        given = WebSettings.model_validate({"listen": "127.0.0.1:0", **settings})
        made = self.answerers.answering(given)
        assert made is not None
        self.made.append(made)
        return made

    def url(self) -> str:
        return str(self.lines("web.listening")[-1]["url"])

    def ask(self, path: str, **headers: str) -> Told:
        return ask(self.url(), path, **headers)

    def _look(self) -> Now:
        if self.bug:
            raise self.bug
        return self.now

    def lines(self, event: str) -> list[dict[str, Any]]:
        lines = [json.loads(line) for line in self.log.getvalue().splitlines()]
        return [line for line in lines if line["event"] == event]


@pytest.fixture
def asked() -> Iterator[Asked]:
    asked = Asked()
    yield asked
    for made in asked.made:
        made.close()


@pytest.fixture
def token(tmp_path: Path) -> Path:
    path = tmp_path / "token"
    path.write_text("s3cr3t\n")
    return path


@pytest.fixture
def port() -> int:
    """A port that was free just now."""
    found = Listener(Starlette(), "127.0.0.1", 0)
    found.bind()
    port = int(found.url.rsplit(":", 1)[1])
    found.stop()
    return port


def test_from_the_first_turn_on_everything_is_answered(asked: Asked) -> None:
    asked.make().turn()

    assert asked.ask("/healthz").status == 200
    assert asked.ask("/readyz").status == 200
    assert "ingestd_account_paused" in asked.ask("/metrics").body


def test_a_main_thread_that_hangs_shows(asked: Asked) -> None:
    answering = asked.make()
    answering.turn()

    asked.clock.time += LONGEST_PAUSE
    hanging = asked.ask("/healthz").status
    answering.turn()

    assert (hanging, asked.ask("/healthz").status) == (503, 200)


def test_an_account_that_is_paused_shows(asked: Asked) -> None:
    asked.make().turn()
    trouble = AccountTrouble("The token is wrong.")
    asked.now = Now((AccountNow("main", str(trouble)),))

    told = asked.ask("/readyz")

    assert told.status == 503
    assert json.loads(told.body)["accounts"]["main"]["error"] == "The token is wrong."


@pytest.mark.parametrize("path", ["/metrics", "/readyz"])
def test_a_bug_in_what_is_told_is_logged_and_ends_nothing(asked: Asked, path: str) -> None:
    asked.make().turn()
    asked.bug = ValueError("a bug")

    assert asked.ask(path).status == 500
    assert asked.ask("/healthz").status == 200
    assert asked.lines("library")


def test_it_is_answered_to_the_token_in_the_file(asked: Asked, token: Path) -> None:
    asked.make(token_file=str(token)).turn()

    assert asked.ask("/metrics").status == 401
    assert asked.ask("/metrics", Authorization="Bearer s3cr3t").status == 200


def test_a_token_that_was_replaced_is_the_one_from_then_on(asked: Asked, token: Path) -> None:
    asked.make(token_file=str(token)).turn()
    (token.parent / "new").write_text("another")
    os.replace(token.parent / "new", token)

    assert asked.ask("/metrics", Authorization="Bearer s3cr3t").status == 401
    assert asked.ask("/metrics", Authorization="Bearer another").status == 200


def test_while_the_token_is_gone_nobody_is_told_more(asked: Asked, token: Path) -> None:
    asked.make(token_file=str(token)).turn()
    token.unlink()

    assert asked.ask("/metrics", Authorization="Bearer s3cr3t").status == 401
    assert asked.ask("/healthz").status == 200


@pytest.mark.parametrize("content", [None, "", "two\nlines"])
def test_a_token_file_without_a_token_is_refused(
    asked: Asked, token: Path, content: str | None
) -> None:
    token.unlink()
    if content is not None:
        token.write_text(content)

    with pytest.raises(SettingsError, match=r"^web\.token_file: The token file .* cannot be used"):
        asked.make(token_file=str(token))


def test_a_port_that_is_in_use_is_refused_before_anything_runs(asked: Asked) -> None:
    asked.make().turn()
    taken = asked.url().removeprefix("http://")

    with pytest.raises(SettingsError) as raised:
        Asked().make(listen=taken)

    assert str(raised.value) == (
        f"web.listen: {taken} cannot be listened on: Address already in use."
    )
    assert "a port that no other program uses" in raised.value.hint


def test_the_next_one_takes_over_the_port_of_the_one_before(
    asked: Asked, port: int, token: Path
) -> None:
    before = asked.make(listen=f"127.0.0.1:{port}")
    before.turn()

    after = asked.make(listen=f"127.0.0.1:{port}", token_file=str(token))
    before.close()
    after.turn()

    assert asked.ask("/metrics").status == 401


def test_a_port_that_is_not_let_go_is_told_of_once_and_tried_again(asked: Asked, port: int) -> None:
    before = asked.make(listen=f"127.0.0.1:{port}")
    before.turn()
    after = asked.make(listen=f"127.0.0.1:{port}")

    after.turn()
    after.turn()
    before.close()
    after.turn()

    (told,) = asked.lines("web.unavailable")
    assert "Address already in use" in told["error"]
    assert len(asked.lines("web.listening")) == 2


def test_settings_that_were_refused_in_between_do_not_keep_the_port_from_the_next(
    asked: Asked, port: int, token: Path
) -> None:
    before = asked.make(listen=f"127.0.0.1:{port}")
    before.turn()
    asked.make().close()

    after = asked.make(listen=f"127.0.0.1:{port}", token_file=str(token))
    before.close()
    after.turn()

    assert asked.ask("/metrics").status == 401


def test_where_nobody_is_to_be_answered_nobody_is(asked: Asked) -> None:
    assert asked.answerers.answering(WebSettings()) is None


@pytest.fixture
def ending(asked: Asked) -> Answering:
    """One whose every request is the last."""
    listener, liveness = Listener(ends, "127.0.0.1", 0), Liveness(asked.clock)
    made = Answering(
        listener, liveness, asked.lines_to, port=0, clock=asked.clock, closed=lambda _: None
    )
    asked.made.append(made)
    return made


def test_that_a_mistake_ended_it_is_told_once_each_time_and_it_is_begun_anew(
    asked: Asked, ending: Answering
) -> None:
    ending.turn()
    end(asked.url())

    ending.turn()
    ending.turn()
    asked.clock.time += FIRST_REST
    ending.turn()
    end(asked.url())
    ending.turn()

    told = asked.lines("web.unavailable")
    assert [line["level"] for line in told] == ["error", "error"]
    assert "a bug" in told[0]["error"]
    assert "in 60 seconds" in told[1]["hint"]
    assert len(asked.lines("web.listening")) == 2


@pytest.mark.parametrize(
    ("before", "answered", "rest"),
    [
        (0.0, 0.1, FIRST_REST),
        (FIRST_REST, 0.1, 2 * FIRST_REST),
        (FIRST_REST, LONGEST_REST - 1, 2 * FIRST_REST),
        (LONGEST_REST, 0.1, LONGEST_REST),
        (LONGEST_REST, LONGEST_REST, FIRST_REST),
    ],
)
def test_what_ends_again_and_again_is_begun_anew_ever_more_seldom(
    before: float, answered: float, rest: float
) -> None:
    assert next_rest(before, answered) == rest
