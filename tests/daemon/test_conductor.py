from __future__ import annotations

import io
import json
import threading
import time
from collections.abc import Callable

from ingestd.daemon.conductor import Conductor, Ending
from ingestd.daemon.signals import Signals
from ingestd.errors import StorageFailed
from ingestd.observe import open_log


def conductor(broken: list[StorageFailed], output: io.StringIO, signals: Signals) -> Conductor:
    return Conductor(
        [],
        [],
        signals=signals,
        interrupt=threading.Event(),
        broken=broken,
        log=open_log(output),
        clock=time.monotonic,
    )


def ended(broken: list[StorageFailed], until: Callable[[], bool]) -> tuple[Ending, str]:
    output = io.StringIO()
    with Signals() as signals:
        ending = conductor(broken, output, signals).run(until=until)
    return ending, output.getvalue()


def test_a_disk_that_fails_ends_the_run_and_is_logged() -> None:
    ending, output = ended([StorageFailed("the disk said no")], lambda: False)

    assert ending is Ending.BROKEN
    assert json.loads(output)["error"] == "the disk said no"


def test_a_disk_that_fails_at_the_very_end_is_not_passed_over() -> None:
    broken: list[StorageFailed] = []

    def done_and_then_it_fails() -> bool:
        broken.append(StorageFailed("the disk said no"))
        return True

    ending, output = ended(broken, done_and_then_it_fails)

    assert ending is Ending.BROKEN
    assert "the disk said no" in output
