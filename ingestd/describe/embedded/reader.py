"""Reads what is inside documents, whatever is inside."""

from __future__ import annotations

from ingestd.describe.attachments import may_have_attachments
from ingestd.describe.embedded.answering import LONGEST
from ingestd.describe.embedded.reading import Reading, reading_of, unread
from ingestd.describe.embedded.task import AS_XML
from ingestd.isolation import Isolated, Limits, Unanswered

MEMORY = 512 * 1024 * 1024
"""Bytes of address space for a child."""

GROWN = 128 * 1024 * 1024
"""Bytes of address space that a child is replaced at.

It has 53 MB when it is ready, and no more after 10,000 invoices. But libxml2 never forgets an
element's name: ten documents made for it, each with 400,000 new ones, left 200 MB behind.
"""

PROCESSOR = 10
"""Seconds of processor time for a document. A broken PDF of 15 MB took 0.6."""

_TASK = "ingestd.describe.embedded.task"
_WORK = "reads e-invoices"


class Reader:
    """Has documents read in isolation; a document takes a child some ms."""

    def __init__(self, isolated: Isolated[Reading]) -> None:
        self._isolated = isolated

    @classmethod
    def reading_with(cls, module: str, *, memory: int = MEMORY) -> Reader:
        """Make one that reads with a module's `read_xml`, which raises the module's `NoEInvoice`.

        :param module: its dotted name; only the child imports it.
        """
        limits = Limits(memory, GROWN, LONGEST, PROCESSOR)
        return cls(Isolated.doing(_WORK, _TASK, module, understand=reading_of, limits=limits))

    def read(self, pdf: bytes, *, timeout: float) -> Reading:
        """Read what is inside a document; it never raises, but says why it could not.

        :param timeout: seconds for this document, without those it waits for its turn.
        """
        return self._ask(pdf, "", timeout) if may_have_attachments(pdf) else Reading()

    def read_xml(self, xml: bytes, *, timeout: float) -> Reading:
        """Read an e-invoice that lies beside its document; as `read`."""
        return self._ask(xml, AS_XML, timeout)

    def rest(self, after: float) -> None:
        """End the child if it had nothing to read for so many seconds; the next document waits."""
        self._isolated.rest(after)

    def close(self) -> None:
        """End the child, also while it reads: that document gets no fields."""
        self._isolated.close()

    def _ask(self, document: bytes, wanted: str, timeout: float) -> Reading:
        try:
            return self._isolated.ask(document, wanted=wanted, timeout=timeout)
        except Unanswered as why:
            return unread(str(why))
