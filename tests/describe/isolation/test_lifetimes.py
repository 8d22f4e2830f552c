"""From a child's start to its end, and what it leaves behind."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from ingestd.describe.isolation import Reader, Reading
from ingestd.describe.isolation.process import GRACE
from ingestd.describe.isolation.starts import FIRST_PAUSE
from tests.describe.isolation.ordered import MODULE, order
from tests.describe.isolation.test_reader import AMPLE, pid

LOST = "The process that was to read it was lost: "
OVER = -GRACE  # seconds: no time at all
NEVER = "No process that reads e-invoices can be started: "

IMPOSTOR = """
import json, os, signal, socket, struct, sys
channel = socket.socket(fileno=0)
word = json.dumps({"ready": True}).encode()
channel.sendall(struct.pack("!I", len(word)) + word)
"""

PARENT = f"""
import signal, sys
from ingestd.describe.isolation import Reader
from tests.describe.isolation.ordered import order
reader = Reader.reading_with({MODULE!r})
signal.signal(signal.SIGUSR1, lambda *_: print("reading", flush=True))
print(reader.read(order("pid"), timeout=60).fields["pid"], flush=True)
if sys.argv[1] == "reading":
    reader.read(order("tell and hang"), timeout=1)
print("idle", flush=True)
sys.stdin.read()
"""


def impostor(then: str, *arguments: str) -> list[str]:
    """A process that says it is ready, and then does something else."""
    return [sys.executable, "-S", "-c", IMPOSTOR + then, *arguments]


def test_close_ends_the_child(reader: Reader) -> None:
    child = pid(reader)

    reader.close()

    assert not Path(f"/proc/{child}").exists()
    assert reader.read(order("pid"), timeout=AMPLE).why == "The reader was closed."


def test_close_does_not_wait_for_a_document_that_is_read(tmp_path: Path) -> None:
    os.mkfifo(reached := tmp_path / "reached")
    then = "channel.recv(1); open(sys.argv[1], 'w').close(); signal.pause()"
    reader, readings = Reader(impostor(then, str(reached))), list[Reading]()
    thread = threading.Thread(
        target=lambda: readings.append(reader.read(order("pid"), timeout=600))
    )

    thread.start()
    reached.read_text(encoding="utf-8")  # it has begun to read
    reader.close()
    thread.join()

    assert [reading.why for reading in readings] == [f"{LOST}the reader was closed."]


def test_a_reader_that_was_never_used_can_be_closed(reader: Reader) -> None:
    reader.close()


def test_fifty_lost_processes_leave_nothing_behind() -> None:
    reader = Reader(impostor("channel.recv(1)"))
    before = descriptors(), children()

    whys = {reader.read(order("pid"), timeout=AMPLE).why for _ in range(50)}
    reader.close()

    assert all(why.startswith(LOST) for why in whys)
    assert (descriptors(), children()) == before


def descriptors() -> int:
    return len(os.listdir("/proc/self/fd"))


def children() -> set[str]:
    return {
        child
        for task in Path("/proc/self/task").iterdir()
        for child in (task / "children").read_text(encoding="ascii").split()
    }


@pytest.mark.parametrize("doing", ["idle", "reading"])
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
def test_a_signal_that_is_for_the_parent_ends_no_child(reader: Reader, number: int) -> None:
    child = pid(reader)

    os.kill(child, number)

    assert pid(reader) == child


def test_a_machine_where_none_can_be_started_hears_of_it_once(tmp_path: Path) -> None:
    tried, now = tmp_path / "tried", [0.0]
    command = ["/bin/sh", "-c", f"echo >> {tried}; exit 1"]
    reader = Reader(command, clock=lambda: now[0])

    whys = [reader.read(order("pid"), timeout=AMPLE).why for _ in range(100)]
    now[0] = FIRST_PAUSE
    again = [reader.read(order("pid"), timeout=AMPLE).why for _ in range(100)]

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
    assert Reader(command).read(order("pid"), timeout=AMPLE).why == f"{NEVER}{why}."


def test_a_missing_extra_is_named() -> None:
    reader = Reader.reading_with("tests.describe.isolation.missing_lxml")

    assert reader.read(order("pid"), timeout=AMPLE).why == (
        f"{NEVER}ModuleNotFoundError: No module named 'lxml_that_is_not_here'; "
        "install ingestd[einvoice]."
    )


def test_too_little_memory_to_read_anything_is_said_before_any_document() -> None:
    reader = Reader.reading_with(MODULE, memory=1 << 20)

    assert reader.read(order("pid"), timeout=AMPLE).why.startswith(f"{NEVER}MemoryError")


def test_a_child_that_neither_answers_nor_ends_is_given_up() -> None:
    reader = Reader(impostor("signal.pause()"))

    why = reader.read(order("pid"), timeout=OVER).why
    reader.close()

    assert why == f"{LOST}it took longer than {OVER:g} s."


def test_a_start_that_failed_is_tried_again_and_said_again_after_a_success(tmp_path: Path) -> None:
    now, python = [0.0], tmp_path / "python"
    reader = Reader([str(python), *impostor("")[1:]], clock=lambda: now[0])
    first = reader.read(order("pid"), timeout=AMPLE).why

    python.symlink_to(sys.executable)
    now[0] = FIRST_PAUSE
    second = reader.read(order("pid"), timeout=AMPLE).why
    python.unlink()
    third = reader.read(order("pid"), timeout=AMPLE).why

    assert first.startswith(NEVER)
    assert third == first
    assert second == f"{LOST}it ended with status 0."
