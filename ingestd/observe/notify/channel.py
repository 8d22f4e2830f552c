"""What carries messages out of here."""

from __future__ import annotations

from typing import Protocol, TypeVar

Carried_contra = TypeVar("Carried_contra", contravariant=True)


class NotSent(Exception):
    """It did not arrive; the text says why, and holds no secret."""

    def __init__(self, why: str, *, lasting: bool = False) -> None:
        """Say why.

        :param lasting: whether another try is in vain.
        """
        super().__init__(why)
        self.lasting = lasting


class Channel(Protocol[Carried_contra]):
    """One way out; used by one thread."""

    @property
    def name(self) -> str:
        """What it is called where people read it; without secrets."""

    def send(self, what: Carried_contra, /) -> None:
        """Send it, once.

        :raises NotSent: if it did not arrive.
        """
