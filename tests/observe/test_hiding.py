"""No secret reaches a log, whoever wrote it and however it is spelled there."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ingestd.observe import Log, open_log

PLAIN = "k4nb3rt-t0k3n"
QUOTED = "k\"4n\\b'3rt"

both_formats = pytest.mark.parametrize("form", ["console", "json"])
secrets = pytest.mark.parametrize("secret", [PLAIN, QUOTED])


def written(form: Any, *secrets: str) -> tuple[Log, io.StringIO]:
    stream = io.StringIO()
    return open_log(stream, form=form, secrets=lambda: secrets), stream


def spellings(secret: str) -> Iterator[str]:
    for text in (secret, repr(secret)[1:-1]):
        yield from (text, json.dumps(text)[1:-1])


@both_formats
@secrets
@pytest.mark.parametrize(
    "fields",
    [
        lambda secret: {"error": f"the token {secret} is wrong"},
        lambda secret: {"path": Path("/srv") / secret},
        lambda secret: {"names": [f"{secret}.pdf"]},
        lambda secret: {"answer": {"said": {secret}}},
        lambda secret: {secret: 1},
    ],
    ids=["in a sentence", "in a path", "in a list", "deep down", "as a key"],
)
def test_a_secret_does_not_show(form: Any, secret: str, fields: Any) -> None:
    log, stream = written(form, secret)

    log.info("event", **fields(secret))

    assert not any(way in stream.getvalue() for way in spellings(secret))
    assert "[hidden]" in stream.getvalue()


@both_formats
@secrets
def test_a_secret_in_an_exception_does_not_show(form: Any, secret: str) -> None:
    log, stream = written(form, secret)
    error = KeyError(secret)
    error.__cause__ = ValueError(f"refused: {secret}")

    log.error("event", exc_info=error)

    assert not any(way in stream.getvalue() for way in spellings(secret))
    assert stream.getvalue().count("[hidden]") >= 2


def test_a_secret_within_another_leaves_nothing_of_it() -> None:
    log, stream = written("json", "abc", "abc-def")

    log.info("event", one="abc-def", other="abc")

    assert "def" not in stream.getvalue()
    assert stream.getvalue().count("[hidden]") == 2


def test_no_secret_is_not_everywhere() -> None:
    log, stream = written("json", "")

    log.info("event", one="abc")

    assert "[hidden]" not in stream.getvalue()


def test_a_secret_that_changed_is_hidden_from_then_on() -> None:
    known = ["first"]
    stream = io.StringIO()
    log = open_log(stream, secrets=lambda: known)
    log.info("event", token="first")

    known[:] = ["second"]
    log.info("event", token="second")

    assert "second" not in stream.getvalue()


@both_formats
@pytest.mark.parametrize(
    "said",
    [
        "Authorization: Bearer unknown-t0k3n",
        "authorization: bearer unknown-t0k3n, gone",
        "('Authorization', 'Basic dXNlcjpw')",
        '{"Authorization": "Bearer unknown-t0k3n"}',
        "Bearer\tunknown-t0k3n",
    ],
)
def test_an_authorization_header_does_not_show_whatever_is_in_it(form: Any, said: str) -> None:
    log, stream = written(form)

    log.info("event", request=said, headers=[said])

    assert "unknown-t0k3n" not in stream.getvalue()
    assert "dXNlcjpw" not in stream.getvalue()


@pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning")
def test_no_secret_reaches_the_file_either(tmp_path: Path) -> None:
    file = tmp_path / "log"
    log = open_log(io.StringIO(), file=str(file), secrets=lambda: [PLAIN])

    log.info("event", token=PLAIN)

    assert PLAIN not in file.read_text()
    assert "[hidden]" in file.read_text()
