from __future__ import annotations

import os
import resource
import signal
import threading
from dataclasses import replace
from typing import Any

import pytest

from ingestd.isolation import Isolated, NotStarted, Unanswered
from tests.isolation.isolating import AMPLE, LIMITS, ask, obeying, pid, why_not

LOST = "The process that obeys orders was lost: "


def test_a_document_is_worked_on_as_is_wanted(isolated: Isolated[Any]) -> None:
    answer = isolated.ask(b"a document", wanted="pid", timeout=AMPLE)

    assert answer["document"] == "a document"


def test_one_process_works_on_one_document_after_the_other(isolated: Isolated[Any]) -> None:
    assert pid(isolated) == pid(isolated) != os.getpid()


@pytest.mark.parametrize(
    ("wanted", "why"),
    [
        ("die", "it ended with signal 9"),
        ("crash", "it ended with signal 6"),
        ("leave", "it ended with status 7"),
        ("hang up", "it ended with status 1"),
        ("talk nonsense", "it answered nonsense (A message of 17"),
        ("boast", "it answered nonsense (A message of 1000"),
        ("answer itself", "it answered nonsense (Expecting value"),
        ("allocate", "it needed more memory than it is given"),
    ],
)
def test_a_document_that_costs_the_process_says_so_and_the_next_one_has_another(
    isolated: Isolated[Any], wanted: str, why: str
) -> None:
    before = pid(isolated)

    with pytest.raises(Unanswered) as raised:
        ask(isolated, wanted)

    assert str(raised.value).startswith(f"{LOST}{why}")
    assert not isinstance(raised.value, NotStarted)
    assert pid(isolated) != before


def test_a_document_that_never_ends_is_given_up_in_time(isolated: Isolated[Any]) -> None:
    why = why_not(isolated, "hang", timeout=0.1)

    assert why == f"{LOST}it took longer than 0.1 s."
    assert pid(isolated)


def test_a_document_that_computes_without_end_costs_its_process() -> None:
    isolated = obeying(limits=replace(LIMITS, processor=1))
    before = pid(isolated)

    why = why_not(isolated, "spin")

    assert why == f"{LOST}it took more processor time than it is given."
    assert pid(isolated) != before
    isolated.close()


def test_each_document_is_given_processor_time_anew(isolated: Isolated[Any]) -> None:
    child = pid(isolated)
    before, _ = resource.prlimit(child, resource.RLIMIT_CPU)

    ask(isolated, "spend")

    assert pid(isolated) == child
    assert resource.prlimit(child, resource.RLIMIT_CPU)[0] > before


def test_a_process_that_grew_is_replaced(isolated: Isolated[Any]) -> None:
    grown = ask(isolated, "grow")["pid"]

    assert pid(isolated) != grown


def test_a_process_that_died_between_documents_costs_none_of_them(isolated: Isolated[Any]) -> None:
    before = pid(isolated)
    gone = os.pidfd_open(before)
    os.kill(before, signal.SIGKILL)
    os.waitid(os.P_PIDFD, gone, os.WEXITED | os.WNOWAIT)
    os.close(gone)

    assert pid(isolated) != before


def test_what_is_printed_disturbs_nobody(
    isolated: Isolated[Any], capfd: pytest.CaptureFixture[str]
) -> None:
    assert ask(isolated, "print")["pid"] == pid(isolated)
    assert capfd.readouterr() == ("", "")


def test_threads_take_turns(isolated: Isolated[Any]) -> None:
    together, found = threading.Barrier(8), set[int]()

    def work() -> None:
        together.wait()
        found.add(pid(isolated))

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert found == {pid(isolated)}
