"""Asking over a real connection."""

from __future__ import annotations

import http.client
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

PATIENCE = 30.0


@dataclass(frozen=True)
class Told:
    status: int
    headers: Mapping[str, str]
    body: str


def ask(url: str, path: str, method: str = "GET", **headers: str) -> Told:
    """Ask for a page; headers as keywords."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=PATIENCE)
    try:
        connection.request(method, path, headers=headers)
        answer = connection.getresponse()
        body = answer.read().decode()
        found = {name.lower(): value for name, value in answer.getheaders()}
        return Told(answer.status, found, body)
    finally:
        connection.close()


def connect(url: str) -> socket.socket:
    """Open a connection, and say nothing."""
    where = urlsplit(url)
    assert where.hostname is not None
    return socket.create_connection((where.hostname, where.port or 80), PATIENCE)


def is_closed(connection: socket.socket) -> bool:
    """Wait until the other side closes the connection."""
    try:
        return connection.recv(1) == b""
    except ConnectionError:
        return True
