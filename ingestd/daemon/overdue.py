"""Noticing that a folder which documents are put away in does not answer.

It may be on a share whose server is gone; whoever asks anything of it then waits in the kernel for
as long as that lasts, and cannot say so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from ingestd.filing import Cabinet
from ingestd.model import OUTCOMES, Document
from ingestd.observe import Log
from ingestd.pipeline import Delivery

LONGEST_FILING = 300.0
"""Seconds for one document: 15 MB to a share over a slow line take less."""


class Overdue:
    """Looks at the documents of one inbox from outside; used by one thread."""

    def __init__(self, cabinet: Cabinet, log: Log, clock: Callable[[], float]) -> None:
        self._cabinet = cabinet
        self._log = log
        self._clock = clock
        self._since: dict[str, float] = {}
        self.hangs = False
        """Whether one of them was not put away in time, when they were last looked at."""

    def look(self, carried: Iterable[Delivery]) -> None:
        """Look at the documents in hand; say so when one comes to be overdue."""
        now = self._clock()
        filing = {
            one.document.id: one.document for one in carried if one.document.state in OUTCOMES
        }
        self._since = {id_: self._since.get(id_, now) for id_ in filing}
        late = [one for one in filing.values() if now - self._since[one.id] > LONGEST_FILING]
        if late and not self.hangs:
            self._say(late[0])
        self.hangs = bool(late)

    def _say(self, document: Document) -> None:
        folder = self._cabinet.folder_for(
            OUTCOMES[document.state], document.name, document.updated_at
        )
        self._log.error(
            "document.deferred",
            document=document.id,
            path=document.name,
            error=f"It cannot be put into {folder}: it does not answer.",
            hint="Check the server or disk it lies on, and mount it again if need be.",
        )
