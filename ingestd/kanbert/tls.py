"""Which certificates are trusted."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import certifi

from ingestd.errors import SettingsError
from ingestd.regular import require_regular


def trust(ca_bundle: str | Path | ssl.SSLContext | None) -> ssl.SSLContext:
    """Make a context that verifies certificate and host name, always; or take one that was made.

    Trusted are the authorities in `ca_bundle` (a PEM file) alone; without one the system's, and
    where the system has none (a bare container) Mozilla's list as certifi brings it. The
    environment (SSL_CERT_FILE, SSL_CERT_DIR) has no say. Raises SettingsError for a file that
    cannot be used.
    """
    if isinstance(ca_bundle, ssl.SSLContext):
        return ca_bundle
    if not ca_bundle:
        return ReadLater(_PROTOCOL, _load_system)
    context = ssl.SSLContext(_PROTOCOL)
    _load(context, Path(ca_bundle))
    return context


_PROTOCOL = ssl.PROTOCOL_TLS_CLIENT  # TLS 1.2 at least, by Python's default


class ReadLater(ssl.SSLContext):
    """A context that reads whom it trusts before its first handshake.

    Some hundred certificates take as long as to import pydantic, and a server on this very machine
    is spoken to without.
    """

    def __init__(self, _protocol: int, read: Callable[[ssl.SSLContext], None]) -> None:
        """Trust nobody yet.

        :param read: called once, by whoever connects first; if it raises, the next one tries again.
        """
        self._to_read: Callable[[ssl.SSLContext], None] | None = read
        self._reading = threading.Lock()

    def wrap_socket(self, *args: Any, **kwargs: Any) -> ssl.SSLSocket:
        """Begin TLS on a connection."""
        self._read()
        return super().wrap_socket(*args, **kwargs)

    def wrap_bio(self, *args: Any, **kwargs: Any) -> ssl.SSLObject:
        """Begin TLS within TLS, as a proxy has it."""
        self._read()
        return super().wrap_bio(*args, **kwargs)

    def _read(self) -> None:
        with self._reading:
            if self._to_read:
                self._to_read(self)
            self._to_read = None


def _load(context: ssl.SSLContext, bundle: Path) -> None:
    try:
        require_regular(bundle)
        context.load_verify_locations(bundle)
    except OSError as error:  # ssl.SSLError is one
        raise SettingsError(
            f"ca_bundle {bundle} cannot be used: {error.strerror or error}",
            hint="Name a readable PEM file with the certificates to trust.",
        ) from None


def _load_system(context: ssl.SSLContext) -> None:
    # load_default_certs() would heed SSL_CERT_FILE; the compiled-in places are named here instead
    paths = ssl.get_default_verify_paths()
    file, folder = Path(paths.openssl_cafile), Path(paths.openssl_capath)
    if file.is_file():
        context.load_verify_locations(cafile=file)
    if folder.is_dir() and any(folder.iterdir()):
        context.load_verify_locations(capath=folder)
    elif not context.cert_store_stats()["x509_ca"]:
        context.load_verify_locations(certifi.where())
