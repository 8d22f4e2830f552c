"""The least that carrying documents takes: check and create over kept connections, and no more.

Nothing is hashed, remembered, moved or made sure of. Run it with `python -m bench.bare`, a port and
documents: it prints the seconds that it took.
"""

from __future__ import annotations

import argparse
import threading
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from itertools import islice
from pathlib import Path

_PATH = "/api/v1/incoming-invoices"
_HEADERS = {
    "Authorization": "Bearer a-token-for-the-bench",
    "Content-Type": "multipart/form-data; boundary=bare",
}
_HASH = (
    b'--bare\r\nContent-Disposition: form-data; name="hash"\r\n\r\n'
    b"00000000000000000000000000000000\r\n--bare--\r\n"
)
_HEAD = b'--bare\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n'


def carry(port: int, documents: list[Path], connections: int) -> float:
    """Send all documents; the seconds that it took."""
    left = iter(documents)
    taking = threading.Lock()

    def taken() -> Iterator[Path]:
        while True:
            with taking:
                document = next(left, None)
            if document is None:
                return
            yield document

    def work() -> None:
        connection = HTTPConnection("127.0.0.1", port)
        for document in taken():
            _ask(connection, f"{_PATH}/check-duplicate", _HASH)
            _ask(connection, _PATH, _HEAD + document.read_bytes() + b"\r\n--bare--\r\n")
        connection.close()

    began = time.perf_counter()
    threads = [threading.Thread(target=work) for _ in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return time.perf_counter() - began


def _ask(connection: HTTPConnection, path: str, body: bytes) -> None:
    connection.request("POST", path, body, _HEADERS)
    connection.getresponse().read()


def main() -> None:
    """Carry what the command line says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--documents", type=int, required=True)
    parser.add_argument("--connections", type=int, required=True)
    given = parser.parse_args()
    documents = list(islice(sorted(given.folder.iterdir()), given.documents))
    print(carry(given.port, documents, given.connections))


if __name__ == "__main__":
    main()
