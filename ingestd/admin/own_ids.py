"""Invoices by the external_ids that their senders gave them, asked for many at a time.

The list of what ingestd made does not have them, and to ask for each would cost a call.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable
from functools import reduce
from operator import or_

from ingestd.errors import OutcomeUnknown, Refused
from ingestd.kanbert import F, Kanbert

MOST_AT_A_TIME = 50
"""All of them are on one page."""
MOST_CHARACTERS = 1500
"""Of their ids; they travel in the address, for which servers have some 8000 bytes in all."""
_PLAIN = re.compile(r"[\w.:-]{1,255}", re.ASCII)
"""What any server reads as it is meant; how others are quoted in a filter is not documented."""


class OwnIds:
    """Finds the invoices of all that are expected as soon as one of them is asked for."""

    def __init__(self, kanbert: Kanbert) -> None:
        """Expect none yet."""
        self._kanbert = kanbert
        self._expected: deque[str] = deque()
        self._not_asked: set[str] = set()
        self._found: dict[str, str] = {}

    def expect(self, own_ids: Iterable[str]) -> None:
        """Be asked for these later on."""
        self._expected.extend(filter(_PLAIN.fullmatch, own_ids))
        self._not_asked.update(self._expected)

    def invoice(self, own_id: str) -> str:
        """The id of the invoice with this external_id; empty: it has to be asked for by itself.

        :raises Unavailable, AccountTrouble: Kanbert cannot be asked.
        """
        if own_id in self._not_asked:
            self._ask_for(self._with_others(own_id))
        return self._found.get(own_id, "")

    def _with_others(self, own_id: str) -> list[str]:
        together, room = [own_id], MOST_CHARACTERS - len(own_id)
        self._not_asked.discard(own_id)
        while self._expected and len(together) < MOST_AT_A_TIME:
            other = self._expected[0]
            if other in self._not_asked:
                room -= len(other)
                if room < 0:
                    break
                together.append(other)
                self._not_asked.discard(other)
            self._expected.popleft()
        return together

    def _ask_for(self, own_ids: list[str]) -> None:
        any_of_them = reduce(or_, (F("external_id").eq(own_id) for own_id in own_ids))
        try:
            page = self._kanbert.list(filter=any_of_them, page_size=MOST_AT_A_TIME)
        except (Refused, OutcomeUnknown):  # of so long a filter it would not know each time
            self._not_asked.clear()
            return
        self._found |= {one.external_id: one.id for one in page.data if one.external_id}
