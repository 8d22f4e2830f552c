"""Which certificates are trusted."""

from __future__ import annotations

import ssl
from pathlib import Path

import certifi

from ingestd.errors import SettingsError


def trust(ca_bundle: str | Path | ssl.SSLContext | None) -> ssl.SSLContext:
    """Make a context that verifies certificate and host name, always; or take one that was made.

    Trusted are the authorities in `ca_bundle` (a PEM file) alone; without one the system's, and
    where the system has none (a bare container) Mozilla's list as certifi brings it. The
    environment (SSL_CERT_FILE, SSL_CERT_DIR) has no say. Raises SettingsError for a file that
    cannot be used.
    """
    if isinstance(ca_bundle, ssl.SSLContext):
        return ca_bundle
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # TLS 1.2 at least, by Python's default
    if ca_bundle:
        _load(context, Path(ca_bundle))
    elif not _load_system(context):
        context.load_verify_locations(certifi.where())
    return context


def _load(context: ssl.SSLContext, bundle: Path) -> None:
    try:
        context.load_verify_locations(bundle)
    except OSError as error:  # ssl.SSLError is one
        raise SettingsError(
            f"ca_bundle {bundle} cannot be used: {error.strerror or error}",
            hint="Name a readable PEM file with the certificates to trust.",
        ) from None


def _load_system(context: ssl.SSLContext) -> bool:
    # load_default_certs() would heed SSL_CERT_FILE; the compiled-in places are named here instead
    paths = ssl.get_default_verify_paths()
    file, folder = Path(paths.openssl_cafile), Path(paths.openssl_capath)
    if file.is_file():
        context.load_verify_locations(cafile=file)
    if folder.is_dir() and any(folder.iterdir()):
        context.load_verify_locations(capath=folder)
        return True
    return bool(context.cert_store_stats()["x509_ca"])
