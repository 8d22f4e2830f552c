"""Drops, replacements, kills, faults and clocks that jump, in any order: the promise holds."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections import Counter
from contextlib import ExitStack
from pathlib import Path

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from ingestd.cli.samples import pdf
from ingestd.sandbox import Fault, Kind
from tests.crash.aftermath import open_documents
from tests.crash.double import KILLED, double
from tests.crash.scenarios import WORKER, enter
from tests.crash.watching import CHANGES, Point
from tests.workbench import CHECK, CREATE

NAMES = st.sampled_from(["a.pdf", "A.pdf", "a (2).pdf"])
INVOICES = {f"invoice {number}": pdf(f"Invoice {number}") for number in range(2)}
LETTERS = {"letter": b"Dear Sir or Madam"}
CONTENTS = INVOICES | LETTERS
SIDECARS = [f"notes = 'sidecar {number}'".encode() for number in range(2)]
FAULTS = st.sampled_from(
    [
        Fault(status=503, operation=CREATE),
        Fault(status=500, operation=CREATE),
        Fault(status=401, operation=CHECK),
        Fault(status=302, operation=CREATE, headers={"Location": "https://example.org/"}),
        Fault(kind=Kind.RESET_BEFORE_BODY, operation=CREATE),
        Fault(kind=Kind.RESET_AFTER_BODY, operation=CREATE),
        Fault(kind=Kind.COMMIT_THEN_DROP, operation=CREATE),
        Fault(kind=Kind.COMMIT_THEN_HANG, operation=CREATE),
        Fault(kind=Kind.COMMIT_THEN_GARBLE, operation=CREATE),
        Fault(kind=Kind.LATE_COMMIT, operation=CREATE, commit_after=0.7),
        Fault(status=200, body="<html>Log in</html>", operation=CHECK),
        Fault(kind=Kind.RESET_AFTER_BODY, operation=CHECK),
    ]
)
POINTS = st.builds(
    Point,
    thread=st.sampled_from([WORKER, WORKER, WORKER, "scanner intake", "MainThread"]),
    operation=st.sampled_from(sorted(CHANGES)),
    number=st.integers(0, 12),
    when=st.sampled_from(["before", "after"]),
)
DAY = 86400.0


class Promise(RuleBasedStateMachine):
    """An inbox, a Kanbert, and everything that may befall them; the daemon lives now and then."""

    def __init__(self) -> None:
        super().__init__()
        self._stack = ExitStack()
        self.double = self._stack.enter_context(double())
        folder = self._stack.enter_context(tempfile.TemporaryDirectory())
        self.site = self.double.site(Path(folder) / "site", give_up_on_incomplete='"20ms"')
        self.inbox = self.site.inbox()
        self.given: Counter[bytes] = Counter()
        """What was put into the inbox and not replaced there by somebody else."""
        self.entered_elsewhere: set[str] = set()
        self.parted: set[str] = set()
        """Documents that were taken away from where they were filed."""
        self.wall_is_off_by = 0.0

    @rule(name=NAMES, what=st.sampled_from(list(CONTENTS)))
    def somebody_drops_a_file(self, name: str, what: str) -> None:
        self._drop(self.inbox / name, CONTENTS[what])

    @rule(name=NAMES, what=st.sampled_from(list(CONTENTS)), said=st.sampled_from(SIDECARS))
    def somebody_drops_a_pair(self, name: str, what: str, said: bytes) -> None:
        self._drop((self.inbox / name).with_suffix(".toml"), said)
        self._drop(self.inbox / name, CONTENTS[what])

    @rule(name=NAMES, said=st.sampled_from(SIDECARS))
    def somebody_drops_a_sidecar(self, name: str, said: bytes) -> None:
        self._drop((self.inbox / name).with_suffix(".toml"), said)

    def _drop(self, path: Path, content: bytes) -> None:
        if path.exists():  # it is replaced
            self.given[path.read_bytes()] -= 1
        path.write_bytes(content)
        self.given[content] += 1

    @rule(name=NAMES, stamp=st.sampled_from([0, 1, 4102444800]))
    def a_scanner_has_no_clock(self, name: str, stamp: int) -> None:
        if (self.inbox / name).exists():
            os.utime(self.inbox / name, (stamp, stamp))

    @rule(data=st.data())
    def somebody_drops_a_filed_one_again(self, data: st.DataObject) -> None:
        filed = [path for path in self._files() if path.startswith(("done/", "failed/"))]
        if filed:
            path = self.inbox / data.draw(st.sampled_from(sorted(filed)))
            if not (self.inbox / path.name).exists():
                self.parted.add(str(path.relative_to(self.inbox)))
                path.rename(self.inbox / path.name)
                path.with_name(f"{path.name}.reason.txt").unlink(missing_ok=True)

    @rule(fault=FAULTS, times=st.integers(1, 3))
    def kanbert_will_misbehave(self, fault: Fault, times: int) -> None:
        self.double.kanbert.faults.add(*[fault] * times)

    @rule(what=st.sampled_from(list(INVOICES)))
    def kanbert_has_not_hashed_it_yet(self, what: str) -> None:
        hashed = md5(INVOICES[what])
        if hashed in self.entered_elsewhere:
            return  # then nothing but its hash could tell
        answer = json.dumps({"hash": hashed, "exists": False, "duplicates": []})
        headers = {"Content-Type": "application/json"}
        fault = Fault(status=200, headers=headers, body=answer, operation=CHECK)
        self.double.kanbert.faults.add(fault)

    @precondition(lambda self: not self.double.kanbert.faults.in_force())
    @rule(what=st.sampled_from(list(INVOICES)))
    def somebody_enters_it_elsewhere(self, what: str) -> None:
        content = INVOICES[what]
        known = {one.md5 for one in self.double.kanbert.store.invoices()}
        on_their_way = set(self._files().values()) - set(self._below("done").values())
        if md5(content) not in known and content not in on_their_way:
            enter(self.double.kanbert, content)
            self.entered_elsewhere.add(md5(content))

    @rule()
    def kanbert_is_well_again(self) -> None:
        self.double.kanbert.faults.clear()

    @rule(days=st.sampled_from([-3, 0, 3]))
    def the_wall_clock_jumps(self, days: int) -> None:
        self.wall_is_off_by = days * DAY

    @rule()
    def the_ledger_is_lost(self) -> None:
        for path in (self.site.folder / "state").glob("ledger.sqlite3*"):
            path.unlink()

    @rule(point=POINTS)
    def the_daemon_is_killed(self, point: Point) -> None:
        lived = self.double.live(self.site, point, wall_is_off_by=self.wall_is_off_by)
        assert lived.status in {KILLED, 0}

    @rule()
    def the_daemon_lives(self) -> None:
        lived = self.double.live(self.site, wall_is_off_by=self.wall_is_off_by)
        assert lived.status == 0

    @invariant()
    def every_content_is_in_as_many_places_as_it_was_dropped(self) -> None:
        assert Counter(self._files().values()) == +self.given

    @invariant()
    def every_sidecar_that_was_filed_lies_beside_a_document(self) -> None:
        paths = set(self._files())
        filed = {path for path in paths if path.startswith(("done/", "failed/"))}
        beside = {path for path in filed if path.endswith(".toml")}
        assert {path.replace(".toml", ".pdf") for path in beside} <= filed | self.parted

    @invariant()
    def no_content_has_two_invoices(self) -> None:
        invoices = Counter(one.md5 for one in self.double.kanbert.store.invoices())
        assert not [md5 for md5, number in invoices.items() if number > 1]

    @invariant()
    def what_is_done_has_an_invoice(self) -> None:
        invoices = {one.md5 for one in self.double.kanbert.store.invoices()}
        done = set(self._below("done").values()) - set(SIDECARS)
        assert {md5(content) for content in done} <= invoices

    @invariant()
    def what_failed_was_no_invoice(self) -> None:
        assert set(self._below("failed").values()) - set(SIDECARS) <= set(LETTERS.values())

    def teardown(self) -> None:
        try:
            self.double.kanbert.faults.clear()
            assert self.double.live(self.site).status == 0
            self._nothing_is_left_to_do()
        finally:
            self._stack.close()

    def _nothing_is_left_to_do(self) -> None:
        left = [path for path in self._files() if "/" not in path]
        assert [path for path in left if not path.endswith(".toml")] == []
        assert self.site.work() == []
        assert list(open_documents(self.site)) == []
        failed = [path for path in self._below("failed") if not path.endswith(".toml")]
        reasons = {f"{path}.reason.txt" for path in failed}
        assert reasons <= set(self.site.files())

    def _files(self) -> dict[str, bytes]:
        """Every document below the inbox, the work folder too, by its path."""
        found = {}
        for path in self.inbox.rglob("*"):
            ours = path.name in {"inbox.json", "lock"} or path.name.endswith(".reason.txt")
            if path.is_file() and not ours and path.suffix != ".tmp":
                found[str(path.relative_to(self.inbox))] = path.read_bytes()
        return found

    def _below(self, folder: str) -> dict[str, bytes]:
        files = self._files()
        return {path: files[path] for path in files if path.startswith(f"{folder}/")}


def md5(content: bytes) -> str:
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


TestWhateverHappens = Promise.TestCase
TestWhateverHappens.settings = settings(
    max_examples=12,
    stateful_step_count=25,
    deadline=None,  # a process lives for as long as it takes
    phases=[Phase.generate],  # to shrink them takes minutes; they can be read as they are
    suppress_health_check=list(HealthCheck),
)
