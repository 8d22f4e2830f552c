from __future__ import annotations

from contextlib import closing

import httpx
import pytest

from ingestd.kanbert import trust
from ingestd.kanbert.pool import Pool
from ingestd.kanbert.transport import Allowance, Body, Request
from tests.kanbert.connected import PAGE
from tests.kanbert.servers import Server, answering, serving


def a_get(server: Server) -> Request:
    url = httpx.URL(f"http://{server.address}/")
    return Request("GET", url, {"Host": "x"}, Body([]), Allowance(10, 1e9, lambda: 0.0), turn=0.0)


def test_an_answer_that_is_closed_twice_frees_its_connection_once() -> None:
    with serving(answering(PAGE)) as server, closing(Pool(trust(None), size=1)) as pool:
        first = pool.send(a_get(server))
        first.close()
        first.close()
        second = pool.send(a_get(server))

        with pytest.raises(httpx.PoolTimeout):
            pool.send(a_get(server))

        second.close()
