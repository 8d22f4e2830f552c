"""The store and a dictionary are told the same things, and must answer the same."""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, rule, run_state_machine_as_test

from ingestd.errors import ContentUnderWay, StaleState
from ingestd.ledger import Ledger, open_ledger
from ingestd.model import ENDS, NEXT, Document, State
from tests.ledger.documents import Ticking, document
from tests.places import Place

BUSY = {State.UPLOADING, State.UNKNOWN}


class LedgerAndModel(RuleBasedStateMachine):
    copies: Bundle[Document] = Bundle("copies")
    """Documents as somebody once held them; many are stale."""

    def __init__(self, new_place: Place) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.folder = Path(self.stack.enter_context(tempfile.TemporaryDirectory()))
        self.url = self.stack.enter_context(new_place())
        self.clock = Ticking()
        self.ledger = self.open()
        self.model: dict[str, Document] = {}
        self.steps: dict[str, list[State]] = {}

    def open(self) -> Ledger:
        return open_ledger(self.folder, self.url, now=self.clock, set_aside=never)

    @rule(target=copies, sha256=st.sampled_from(["", "ab" * 32, "cd" * 32]))
    def claim(self, sha256: str) -> Document:
        added = document(len(self.model), sha256=sha256)
        self.ledger.add(added)
        self.model[added.id] = added
        self.steps[added.id] = [State.CLAIMED]
        return added

    @rule(target=copies, held=copies, to=st.sampled_from(State))
    def advance(self, held: Document, to: State) -> Document:
        current = self.model[held.id]
        if to not in NEXT[held.state] or held.state is not current.state:
            with pytest.raises(StaleState):
                self.ledger.advance(held, to)
        elif to is State.UPLOADING and self.creates_the_same(held):
            with pytest.raises(ContentUnderWay):
                self.ledger.advance(held, to)
        else:
            self.model[held.id] = self.ledger.advance(held, to, attempts=held.attempts + 1)
            self.steps[held.id].append(to)
        return self.model[held.id]

    def creates_the_same(self, held: Document) -> bool:
        return held.sha256 != "" and any(
            other.sha256 == held.sha256 and other.state in BUSY for other in self.model.values()
        )

    @rule()
    def begin_again(self) -> None:
        self.ledger.close()
        self.ledger = self.open()

    @rule()
    def look(self) -> None:  # not after every step: looking has all of them written down
        expected = [one.id for one in self.model.values() if one.state not in ENDS]
        assert [one.id for one in self.ledger.under_way("scanner")] == expected

    def teardown(self) -> None:
        for known in self.model.values():
            remembered = self.ledger.document(known.id)
            assert remembered == known
            assert [state for _, state, _ in self.ledger.steps(known.id)] == self.steps[known.id]
        self.ledger.close()
        self.stack.close()


def never(path: Path, why: str) -> None:
    raise AssertionError(f"{path} was set aside: {why}")


def test_the_ledger_agrees_with_a_model(new_place: Place) -> None:
    class There(LedgerAndModel):
        def __init__(self) -> None:
            super().__init__(new_place)

    run_state_machine_as_test(
        There, settings=settings(max_examples=20, stateful_step_count=25, deadline=None)
    )
