"""From a child's start to its end, and what it leaves behind."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ingestd.isolation import Isolated
from ingestd.isolation.process import GRACE, command_for
from ingestd.isolation.starts import FIRST_PAUSE
from tests.isolation.isolating import AMPLE, LIMITS, impostor, obeying, pid, started_as, why_not
from tests.isolation.ordered import MODULE

LOST = "The process that obeys orders was lost: "
OVER = -GRACE  # seconds: no time at all
NEVER = "No process that obeys orders can be started: "
CLOSED = "What obeys orders was closed."

PARENT = """
import signal, sys
from tests.isolation.isolating import ask, obeying, pid
isolated = obeying()
signal.signal(signal.SIGUSR1, lambda *_: print("working", flush=True))
print(pid(isolated), flush=True)
if sys.argv[1] == "working":
    ask(isolated, "tell and hang", timeout=1)
print("idle", flush=True)
sys.stdin.read()
"""


def test_close_ends_the_child(isolated: Isolated[Any]) -> None:
    child = pid(isolated)

    isolated.close()

    assert not Path(f"/proc/{child}").exists()
    assert why_not(isolated) == CLOSED


def test_close_does_not_wait_for_a_document_that_is_worked_on(tmp_path: Path) -> None:
    os.mkfifo(reached := tmp_path / "reached")
    then = "channel.recv(1); open(sys.argv[1], 'w').close(); signal.pause()"
    isolated, whys = started_as(impostor(then, str(reached))), list[str]()
    thread = threading.Thread(target=lambda: whys.append(why_not(isolated, timeout=600)))

    thread.start()
    reached.read_text(encoding="utf-8")  # it has begun
    isolated.close()
    thread.join()

    assert whys == [CLOSED]


def test_close_while_a_child_starts_is_no_failed_start(tmp_path: Path) -> None:
    os.mkfifo(begun := tmp_path / "begun")
    starting = "import signal, sys; open(sys.argv[1], 'w').close(); signal.pause()"
    isolated = started_as([sys.executable, "-S", "-c", starting, str(begun)])
    whys = list[str]()
    thread = threading.Thread(target=lambda: whys.append(why_not(isolated)))

    thread.start()
    begun.read_text(encoding="utf-8")
    isolated.close()
    thread.join()

    assert whys == [CLOSED]


def test_a_child_that_nobody_needed_for_a_while_ends_and_the_next_document_has_another() -> None:
    now = [1000.0]
    command = command_for(MODULE, memory=LIMITS.memory, processor=LIMITS.processor)
    isolated = started_as(command, clock=lambda: now[0])
    child = pid(isolated)

    now[0] += 299
    isolated.rest(300)
    still_there = pid(isolated) == child
    now[0] += 300
    isolated.rest(300)

    assert still_there
    assert not Path(f"/proc/{child}").exists()
    assert pid(isolated) != child
    isolated.close()


def test_a_child_that_works_is_not_taken_for_one_that_nobody_needs(tmp_path: Path) -> None:
    os.mkfifo(reached := tmp_path / "reached")
    then = "channel.recv(1); open(sys.argv[1], 'w').close(); signal.pause()"
    isolated, before = started_as(impostor(then, str(reached))), children()
    thread = threading.Thread(target=lambda: why_not(isolated, timeout=600))

    thread.start()
    reached.read_text(encoding="utf-8")  # it has begun
    isolated.rest(0)

    assert children() > before
    isolated.close()
    thread.join()


def test_what_was_never_used_can_be_closed(isolated: Isolated[Any]) -> None:
    isolated.close()


def test_fifty_lost_processes_leave_nothing_behind() -> None:
    isolated = started_as(impostor("channel.recv(1)"))
    before = descriptors(), children()

    whys = {why_not(isolated) for _ in range(50)}
    isolated.close()

    assert all(why.startswith(LOST) for why in whys)
    assert (descriptors(), children()) == before


def descriptors() -> int:
    return len(os.listdir("/proc/self/fd"))


def children() -> set[str]:
    found: set[str] = set()
    for task in Path("/proc/self/task").iterdir():
        with suppress(FileNotFoundError):  # a thread that has ended since
            found.update((task / "children").read_text(encoding="ascii").split())
    return found


@pytest.mark.parametrize("doing", ["idle", "working"])
def test_a_child_does_not_outlive_its_parent(doing: str) -> None:
    command = [sys.executable, "-c", PARENT, doing]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as parent:
        assert parent.stdout
        child = os.pidfd_open(int(parent.stdout.readline()))
        assert parent.stdout.readline() == f"{doing}\n"
        parent.kill()

    gone, _, _ = select.select([child], [], [], AMPLE)

    os.close(child)
    assert gone


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_that_is_for_the_parent_ends_no_child(
    isolated: Isolated[Any], number: int
) -> None:
    child = pid(isolated)

    os.kill(child, number)

    assert pid(isolated) == child


def test_a_machine_where_none_can_be_started_hears_of_it_once(tmp_path: Path) -> None:
    tried, now = tmp_path / "tried", [0.0]
    command = ["/bin/sh", "-c", f"echo >> {tried}; exit 1"]
    isolated = started_as(command, clock=lambda: now[0])

    whys = [why_not(isolated) for _ in range(100)]
    now[0] = FIRST_PAUSE
    again = [why_not(isolated) for _ in range(100)]

    assert [why for why in whys + again if why] == [f"{NEVER}it ended with status 1."]
    assert tried.read_text(encoding="ascii").count("\n") == 2


@pytest.mark.parametrize(
    ("command", "why"),
    [
        (["/nowhere/python"], "[Errno 2] No such file or directory: '/nowhere/python'"),
        (["/"], "[Errno 13] Permission denied: '/'"),
        ([sys.executable, "-c", "import nothing"], "it ended with status 1"),
        (
            [sys.executable, "-c", "import os; os.write(0, b'garbage')"],
            "it answered nonsense (A message of 1734439522 bytes was announced.)",
        ),
        (
            [sys.executable, "-c", r"import os; os.write(0, b'\0\0\0\2[]')"],
            "it does not say that it is ready",
        ),
    ],
)
def test_what_keeps_it_from_being_started_is_said(command: list[str], why: str) -> None:
    assert why_not(started_as(command)) == f"{NEVER}{why}."


def test_a_missing_extra_is_named() -> None:
    assert why_not(obeying("tests.isolation.missing_extra")) == (
        f"{NEVER}ModuleNotFoundError: No module named 'spare_part_that_is_not_here'; "
        "install ingestd[spare]."
    )


def test_too_little_memory_for_anything_is_said_before_any_document() -> None:
    tight = obeying(limits=replace(LIMITS, memory=1 << 20))

    assert why_not(tight).startswith(f"{NEVER}MemoryError")


def test_a_child_that_neither_answers_nor_ends_is_given_up() -> None:
    isolated = started_as(impostor("signal.pause()"))

    why = why_not(isolated, timeout=OVER)
    isolated.close()

    assert why == f"{LOST}it took longer than {OVER:g} s."


def test_a_start_that_failed_is_tried_again_and_said_again_after_a_success(tmp_path: Path) -> None:
    now, python = [0.0], tmp_path / "python"
    isolated = started_as([str(python), *impostor("")[1:]], clock=lambda: now[0])
    first = why_not(isolated)

    python.symlink_to(sys.executable)
    now[0] = FIRST_PAUSE
    second = why_not(isolated)
    python.unlink()
    third = why_not(isolated)

    assert first.startswith(NEVER)
    assert third == first
    assert second == f"{LOST}it ended with status 0."
