"""Making documents smaller, as a child's task. Only it imports pikepdf and Pillow."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ingestd.shrink.answers import NotShrunk, Shrunk, Unshrinkable, written

if TYPE_CHECKING:
    from ingestd.shrink.picture import Step

EXTRA = "shrink"


class ShrinkTask:
    """Make one document after the other smaller."""

    def __init__(self, shrink: Callable[[bytes, int], tuple[bytes, Step]]) -> None:
        self._shrink = shrink

    def rehearse(self) -> None:
        """Make a PDF smaller that was made for this; see `rehearsal`."""
        from ingestd.shrink.rehearsal import rehearse  # noqa: PLC0415 - an extra

        rehearse()

    def __call__(self, document: bytes, wanted: str) -> bytes:
        """Make a document smaller.

        :param wanted: how many bytes fit.
        """
        try:
            data, step = self._shrink(document, int(wanted))
        except MemoryError:
            raise
        except Unshrinkable as error:
            return written(NotShrunk(str(error)))
        except Exception as error:  # noqa: BLE001 - a hostile PDF makes a parser raise anything
            return written(NotShrunk(f"It cannot be read: {type(error).__name__}: {error}"))
        return written(Shrunk(data, step.dpi, step.quality))


def task() -> ShrinkTask:
    """Make the task.

    :raises ImportError: pikepdf or Pillow is not installed.
    """
    from ingestd.shrink.samples import limit_what_is_inflated  # noqa: PLC0415 - an extra
    from ingestd.shrink.steps import shrink  # noqa: PLC0415

    limit_what_is_inflated()
    return ShrinkTask(shrink)
