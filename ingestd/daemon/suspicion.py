"""Noticing that it is not the documents that are wrong, but a setting of their inbox."""

from __future__ import annotations

import threading
from collections.abc import Collection

from ingestd.errors import Refused

IN_A_ROW = 3
"""Equal refusals before the setting is blamed."""


class Suspicion:
    """Counts refusals of one inbox that name a field which its own settings give."""

    def __init__(self) -> None:
        self._suspect = ""
        self._times = 0
        self._lock = threading.Lock()

    def refused(self, refusal: Refused, of_settings: Collection[str]) -> str:
        """Count a refusal; the name of the field that is to blame now, told once, or nothing.

        :param of_settings: the fields that were sent as the settings have them. Where a file's
            name says otherwise, say, the settings are not to blame.
        """
        # the server names what is nested with dots: vats.0.vat
        named = {field.split(".")[0] for field in refusal.answer.fields} & set(of_settings)
        suspect = min(named, default="")
        with self._lock:
            self._times = self._times + 1 if suspect and suspect == self._suspect else 1
            self._suspect = suspect
            return suspect if suspect and self._times == IN_A_ROW else ""

    def accepted(self) -> None:
        """A document of the inbox was taken, so its settings are right."""
        with self._lock:
            self._suspect, self._times = "", 0
