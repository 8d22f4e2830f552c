from __future__ import annotations

import threading

import pytest

from ingestd.once import once


class Reading:
    """Reads something that can hang, or fail."""

    def __init__(self, hangs: threading.Event | None = None) -> None:
        self.hangs = hangs
        self.hanging = threading.Event()
        self.times = 0
        self.fails = False

    @once
    def text(self) -> str:
        """What it says."""
        self.times += 1
        if self.fails:
            raise OSError("no")
        if self.hangs:
            self.hanging.set()
            self.hangs.wait(30)
        return "text"


def test_it_is_found_out_once() -> None:
    reading = Reading()

    assert (reading.text, reading.text, reading.times) == ("text", "text", 1)


def test_one_that_failed_is_tried_again() -> None:
    reading = Reading()
    reading.fails = True
    with pytest.raises(OSError, match="no"):
        assert reading.text
    reading.fails = False

    assert (reading.text, reading.times) == ("text", 2)


def test_while_one_hangs_another_is_found_out() -> None:
    end = threading.Event()
    hanging, other = Reading(end), Reading()
    thread = threading.Thread(target=lambda: hanging.text)
    thread.start()
    assert hanging.hanging.wait(30)
    found = list[str]()
    asking = threading.Thread(target=lambda: found.append(other.text))
    asking.start()

    asking.join(5)

    assert found == ["text"]
    end.set()
    thread.join()
    asking.join()


def test_it_says_what_it_is() -> None:
    assert Reading.text.__doc__ == "What it says."
