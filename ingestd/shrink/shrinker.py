"""Makes documents smaller that are too large to be delivered, whatever is inside."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec

from ingestd.errors import TooLarge
from ingestd.isolation import Isolated, Limits, NotStarted, Unanswered
from ingestd.shrink.answers import LONGEST_HEAD, NotShrunk, Shrunk, understood

MEMORY = 1024 * 1024 * 1024
"""Bytes of address space for a child."""

GROWN = 256 * 1024 * 1024
"""Bytes of address space that a child is replaced at."""

PROCESSOR = 300
"""Seconds of processor time for a document. 20 pages of 600 dpi in colour took 20."""

NEEDED = {"pikepdf": "pikepdf", "PIL": "pillow"}
"""The modules that a child imports, each with the package that it comes with."""

_TASK = "ingestd.shrink.task"
_WORK = "makes PDFs smaller"


def missing(find: Callable[[str], object | None] = find_spec) -> list[str]:
    """The packages that making documents smaller needs, and that are not installed.

    :param find: tells of a module, without importing it; None if it is not there.
    """
    return [package for module, package in NEEDED.items() if find(module) is None]


class Shrinker:
    """Has documents made smaller in isolation, one at a time: it takes seconds, and memory."""

    def __init__(self, isolated: Isolated[Shrunk | NotShrunk]) -> None:
        self._isolated = isolated

    @classmethod
    def for_up_to(cls, fits: int, *, memory: int = MEMORY) -> Shrinker:
        """Make one whose copies have so many bytes at most."""
        limits = Limits(memory, GROWN, LONGEST_HEAD + fits, PROCESSOR)
        return cls(Isolated.doing(_WORK, _TASK, understand=understood, limits=limits))

    def shrink(self, pdf: bytes, *, fits: int, timeout: float) -> Shrunk:
        """Make a smaller copy of a document.

        :param fits: bytes that it may have.
        :param timeout: seconds for this document, without those it waits for its turn.
        :raises TooLarge: there is none that fits; says why.
        :raises OSError: no process can be started for it now.
        """
        try:
            answer = self._answer(pdf, str(fits), timeout)
        except NotStarted as error:
            raise OSError(str(error) or f"No process that {_WORK} can be started now.") from error
        except Unanswered as error:
            raise _too_large(pdf, fits, str(error)) from error
        match answer:
            case NotShrunk(why):
                raise _too_large(pdf, fits, why)
            case Shrunk(data) if len(data) > fits:
                raise _too_large(pdf, fits, f"A smaller copy has {len(data):,} bytes.")
        return answer

    def _answer(self, pdf: bytes, wanted: str, timeout: float) -> Shrunk | NotShrunk:
        """Ask, and once more if the process was lost: the system may have ended it for its memory.

        A document that a process does not survive costs it twice.
        """
        try:
            return self._isolated.ask(pdf, wanted=wanted, timeout=timeout)
        except NotStarted:
            raise
        except Unanswered:
            return self._isolated.ask(pdf, wanted=wanted, timeout=timeout)

    def rest(self, after: float) -> None:
        """End the child if it had nothing to do for so many seconds; the next document waits."""
        self._isolated.rest(after)

    def close(self) -> None:
        """End the child, also while it works."""
        self._isolated.close()


def _too_large(pdf: bytes, fits: int, why: str) -> TooLarge:
    return TooLarge(len(pdf), fits, f"No smaller copy can be sent. {why}")
