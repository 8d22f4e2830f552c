"""An account: its token, its address, and what Kanbert says to both."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from ingestd.admin.doctor.account import (
    Visit,
    of_address,
    of_clock,
    of_pace,
    of_token,
    of_visit,
    visit,
)
from ingestd.errors import AccountTrouble, KanbertError, Unavailable
from ingestd.kanbert import Meeting
from tests.admin.doctor.places import told

URL = "https://kanbert.example/api/v1"
MET = Meeting(took=0.1, ahead=0.0)
REFUSED = AccountTrouble("Kanbert did not list the invoices: no.", hint="Check the token.")


@dataclass
class Client:
    """Answers as it is told, and keeps what it was asked."""

    met: Meeting | KanbertError = MET
    asked: list[str] = field(default_factory=list)

    def meet(self) -> Meeting:
        self.asked.append("meet")
        if isinstance(self.met, KanbertError):
            raise self.met
        return self.met

    def may_write(self) -> bool | None:
        self.asked.append("may_write")
        return True

    def close(self) -> None:
        self.asked.append("close")


def test_kanbert_is_met_and_asked_what_we_may_do() -> None:
    client = Client()

    assert visit(client) == Visit(MET, may_write=True)
    assert client.asked == ["meet", "may_write", "close"]


def test_who_is_not_accepted_asks_no_further() -> None:
    client = Client(REFUSED)

    assert visit(client) == Visit(REFUSED)
    assert client.asked == ["meet", "close"]


# ---- what it means -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "level", "said"),
    [
        (URL, "ok", f"{URL}, encrypted."),
        ("http://127.0.0.1:8480/api/v1", "warn", "is not encrypted"),
    ],
)
def test_an_address_is_encrypted_or_this_machine_s_own(url: str, level: str, said: str) -> None:
    found = of_address("account", url)

    assert found.level == level
    assert said in found.what


def test_the_way_to_kanbert_is_told_without_the_proxy_s_password() -> None:
    found = of_address("account", URL, proxy="http://me:hunter2@proxy:3128", ca_bundle="/etc/ca")

    assert found.what == f"{URL}, encrypted, through the proxy proxy:3128, trusting /etc/ca alone."


@pytest.mark.parametrize(
    ("file", "variable", "oauth2", "said"),
    [
        (Path("/etc/t"), "", False, "It is taken from /etc/t."),
        (None, "INGESTD_T", False, "It is taken from $INGESTD_T."),
        (None, "", False, "It is taken from the settings file."),
        (Path("/etc/s"), "", True, "It is fetched, with the client's secret from /etc/s."),
    ],
)
def test_where_the_token_comes_from_is_told(
    file: Path | None, variable: str, oauth2: bool, said: str
) -> None:
    assert of_token("token", file=file, variable=variable, oauth2=oauth2).what == said


def test_an_account_that_is_well() -> None:
    assert told(*of_visit("a", Visit(MET, may_write=True))) == [
        ("ok", "a: access"),
        ("ok", "a: scopes"),
        ("ok", "a: clock"),
    ]


@pytest.mark.parametrize(
    ("error", "cure"),
    [
        (REFUSED, "Check the token."),
        (Unavailable("Kanbert could not be asked: no connection"), "Check base_url, the network"),
    ],
)
def test_an_account_that_cannot_be_used_fails_with_what_to_do(
    error: KanbertError, cure: str
) -> None:
    (found,) = of_visit("a", Visit(error))

    assert (found.level, found.what) == ("fail", str(error))
    assert found.cure.startswith(cure)


@pytest.mark.parametrize(("took", "level"), [(5.0, "ok"), (5.1, "warn")])
def test_an_answer_that_takes_long_is_a_warning(took: float, level: str) -> None:
    found = next(of_visit("a", Visit(Meeting(took, None), may_write=True)))

    assert found.level == level


@pytest.mark.parametrize(("may_write", "level"), [(True, "ok"), (None, "warn"), (False, "fail")])
def test_a_token_has_to_be_one_to_write_with(may_write: bool | None, level: str) -> None:
    _, scopes, _ = of_visit("a", Visit(MET, may_write=may_write))

    assert scopes.level == level
    assert ("incoming-invoice:write" in scopes.cure) is (level != "ok")


@pytest.mark.parametrize(
    ("ahead", "level", "said"),
    [
        (None, "ok", "It was not checked"),
        (0.0, "ok", "the same time"),
        (60.0, "ok", "the same time"),
        (-60.0, "ok", "the same time"),
        (61.0, "warn", "61 s behind"),
        (-300.0, "warn", "300 s ahead of"),
        (301.0, "fail", "301 s behind"),
        (-86400.0, "fail", "86,400 s ahead of"),
    ],
)
def test_how_far_off_the_clock_may_be(ahead: float | None, level: str, said: str) -> None:
    found = of_clock("clock", ahead)

    assert found.level == level
    assert said in found.what
    assert bool(found.cure) is (level != "ok")


def test_a_limit_of_our_own_is_told_in_documents() -> None:
    assert list(of_pace("limit", 0)) == []
    assert [finding.what for finding in of_pace("limit", 5)] == [
        "5 requests a minute, which is 2.5 documents a minute at most."
    ]
