"""Whatever JSON a server answers with, a call ends with a value or with an error of ours."""

from __future__ import annotations

import contextlib
import json

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingestd.errors import KanbertError
from ingestd.kanbert import CreateInvoice, Kanbert
from tests.kanbert.doubles import kanbert
from tests.kanbert.login import Login, account
from tests.kanbert.operations import MD5, Call, every_call

_NAMES = (
    "id data meta next_cursor per_page links hash exists duplicates external_id title vats vat "
    "value sum_net due_date bookings supplier editor space chart_of_account budgets positions "
    "payments message errors error error_description access_token token_type expires_in expires_at"
)
NAMES = _NAMES.split()

ODD = ["", "..", "a", MD5, "\ud800", "a\nb", "1e9999999", "Bearer", 10**400, -(10**18), 1e308]

LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(ODD)
ANYTHING = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(NAMES) | st.text(), inner, max_size=6)
    ),
    max_leaves=15,
)
STATUSES = st.sampled_from([200, 201, 302, 400, 401, 404, 409, 422, 429, 500, 503])


@every_call
@settings(max_examples=60, deadline=None)
@given(said=ANYTHING, status=STATUSES)
def test_an_operation_ends(call: Call, said: object, status: int) -> None:
    client, _ = kanbert(httpx.Response(status, content=json.dumps(said).encode()))

    with contextlib.suppress(KanbertError):
        call(client)


@settings(max_examples=100, deadline=None)
@given(said=ANYTHING, status=STATUSES)
def test_a_login_ends(said: object, status: int) -> None:
    login = Login(answer=httpx.Response(status, content=json.dumps(said).encode()))

    with contextlib.suppress(KanbertError):
        account(login).list()


@given(said=ANYTHING)
@settings(max_examples=100, deadline=None)
def test_an_invoice_that_was_made_has_an_id_for_a_line_of_its_own(said: object) -> None:
    client, _ = kanbert(httpx.Response(201, content=json.dumps(said).encode()))

    with contextlib.suppress(KanbertError):
        made = _create(client)
        assert 0 < len(made) < 256
        assert made.isprintable()


def _create(client: Kanbert) -> str:
    return client.create(CreateInvoice()).id


@pytest.mark.parametrize("body", [b'{"id": "a", "sum_net": 1e9999999}', b'{"id": "a", "x": 1e99}'])
def test_a_large_number_does_not_hide_an_invoice(body: bytes) -> None:
    client, _ = kanbert(httpx.Response(201, content=body))

    assert _create(client) == "a"
