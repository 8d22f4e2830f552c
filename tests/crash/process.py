"""A process that is warm, and makes copies of itself which live as ingestd does, and die to order.

Reads orders from standard input, one JSON object a line, and answers each with one.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
from pathlib import Path
from typing import Any

from ingestd.cli.session import Session
from ingestd.daemon import Ending, Times
from ingestd.errors import IngestdError
from tests.crash.watching import Point, Recorder, unwatch, watch
from tests.refusing import refuse


def main() -> None:
    """Obey until standard input ends."""
    for line in sys.stdin:
        print(json.dumps(_copy_of_this(json.loads(line))), flush=True)  # noqa: T201


def _copy_of_this(order: dict[str, Any]) -> dict[str, Any]:
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        os._exit(_live(order, writer))
    os.close(writer)
    with os.fdopen(reader, "rb") as answer:
        said = answer.read()
    _, status = os.waitpid(child, 0)
    return {"status": os.waitstatus_to_exitcode(status), **(json.loads(said) if said else {})}


def _live(order: dict[str, Any], answer: int) -> int:
    """Run until there is nothing more to do; the exit code that `ingestd run` has then."""
    log = os.open(order["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(log, sys.stderr.fileno())
    point = Point(**order["point"]) if order["point"] else None
    recorder = Recorder(point, lambda: _act(order["act"]))
    for calls, error in order["never"]:
        refuse(calls, error)
    times = Times(
        wall=lambda: time.time() + order["wall_is_off_by"],
        flush_within=threading.TIMEOUT_MAX,  # or it would be written sooner on a slow machine
    )
    watch(recorder)
    try:
        with Session.open(Path(order["settings"]), environ={}, times=times) as session:
            ending = session.run(until=session.parts.conductor.at_rest)
    except IngestdError as error:
        print(error, file=sys.stderr)  # noqa: T201 - as the command does
        return 2
    finally:
        unwatch()
    said = {"ending": ending.value, "operations": recorder.operations}
    os.write(answer, json.dumps(said).encode())
    return 1 if ending is Ending.BROKEN else 0


def _act(act: str | list[Any]) -> None:
    if isinstance(act, str):
        os.kill(os.getpid(), signal.Signals[act])
    else:
        refuse(*act)


if __name__ == "__main__":
    main()
