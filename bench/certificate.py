"""A certificate for this machine, made up for a run, and the authorities that include it."""

from __future__ import annotations

import ipaddress
import ssl
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

_ADDRESS = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Certificate:
    """Files of PEM."""

    own: Path
    """The certificate and its key, for who serves."""
    authorities: Path
    """For who asks: all that the system trusts, and this certificate."""


def certificate(folder: Path, *, now: datetime) -> Certificate:
    """Make one for 127.0.0.1, good for a week.

    Whoever trusts it reads as many authorities as for a real Kanbert: the file that OpenSSL, and
    with it curl, reads by default comes first. Where there is none, it is trusted alone.

    :param folder: where the files are put.
    """
    key = ec.generate_private_key(ec.SECP256R1())
    public = _signed(key, now).public_bytes(serialization.Encoding.PEM)
    own, authorities = folder / "certificate.pem", folder / "authorities.pem"
    own.write_bytes(public + _written(key))
    authorities.write_bytes(_trusted_by_the_system() + public)
    return Certificate(own, authorities)


def _signed(key: ec.EllipticCurvePrivateKey, now: datetime) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, _ADDRESS)])
    address = x509.IPAddress(ipaddress.ip_address(_ADDRESS))
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=7))
        .add_extension(x509.SubjectAlternativeName([address]), critical=False)
        .sign(key, hashes.SHA256())
    )


def _written(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def _trusted_by_the_system() -> bytes:
    bundle = ssl.get_default_verify_paths().cafile
    return Path(bundle).read_bytes().rstrip() + b"\n" if bundle else b""
