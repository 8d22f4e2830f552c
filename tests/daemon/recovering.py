"""What a start finds in an inbox."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection

from ingestd.daemon.recovery import unfinished
from ingestd.daemon.stranded import Stranded
from ingestd.model import Document
from tests.workbench import Bench


def found(
    bench: Bench,
    account: str = "main",
    *,
    in_hand: Collection[str] = (),
    stranded: Stranded | None = None,
    new_id: Callable[[], str] = lambda: uuid.uuid4().hex,
) -> list[Document]:
    """The documents to go on with, in a process that has `in_hand` already."""
    waiting = stranded or Stranded(bench.stages)
    ours = ("scanner", account, bench.stages, lambda: in_hand)
    return list(unfinished(*ours, stranded=waiting, new_id=new_id))
