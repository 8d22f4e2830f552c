"""Who may ask for the time of day: nothing that waits does."""

from __future__ import annotations

import ast
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import ingestd
from ingestd.daemon import Times
from ingestd.kanbert.world import World

HERE = Path(ingestd.__file__).parent
HANDED_OUT_BY = {"daemon/times.py", "kanbert/world.py"}
COMMANDS = "cli/"
"""They look once, and hand it on: `status` says for how long something waits."""
_MODULES = {"time", "datetime", "date"}
_CALLS = {"time", "time_ns", "localtime", "gmtime", "ctime", "now", "utcnow", "today"}


def times_of_day(source: str) -> Iterator[str]:
    """What a module asks the wall clock by."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Attribute(value=ast.Name(id=module), attr=call):
                if module in _MODULES and call in _CALLS:
                    yield f"{module}.{call}"
            case ast.ImportFrom(module="time", names=names):
                yield from (f"time.{one.name}" for one in names if one.name in _CALLS)


def test_the_time_of_day_is_asked_for_only_where_it_is_handed_out() -> None:
    asking = {
        path.relative_to(HERE).as_posix()
        for path in HERE.rglob("*.py")
        if any(times_of_day(path.read_text()))
    }

    assert {path for path in asking if not path.startswith(("sandbox/", COMMANDS))} == HANDED_OUT_BY


def test_what_waits_goes_by_a_clock_that_nobody_sets() -> None:
    assert [Times().clock, World().clock] == [time.monotonic, time.monotonic]


def test_the_wall_clock_is_given_only_to_what_tells_time_stamps_or_compares_those_of_files() -> (
    None
):
    given = Counter(
        path.relative_to(HERE).as_posix()
        for path in HERE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute) and node.attr == "wall"
    )

    metrics = {"daemon/wiring.py": 1, "daemon/measuring.py": 1}
    assert given == {"daemon/times.py": 1, "daemon/stations.py": 2, **metrics}


def test_asking_is_noticed_however_it_is_written() -> None:
    source = "from time import time\nimport time\ntime.time_ns()\nwhen = datetime.now(UTC)\n"

    assert sorted(times_of_day(source)) == ["datetime.now", "time.time", "time.time_ns"]
