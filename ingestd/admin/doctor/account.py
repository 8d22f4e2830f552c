"""An account: its token, its address, and what Kanbert says to both."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from ingestd.admin.doctor.finding import Finding, fail, ok, refused, warn
from ingestd.errors import KanbertError
from ingestd.kanbert import Meeting

SLOW = 5.0
"""Seconds."""
CLOCK_OFF = 60.0
"""Seconds; tokens that expire are then fetched too late or too early."""
CLOCK_WRONG = 300.0
"""Seconds; beyond that certificates and tokens are refused sooner or later."""
_SCOPES = "incoming-invoice:read and incoming-invoice:write"


class Visitor(Protocol):
    """The part of the client that is needed here."""

    def meet(self) -> Meeting:
        """See `Kanbert.meet`."""
        ...

    def may_write(self) -> bool | None:
        """See `Kanbert.may_write`."""
        ...

    def close(self) -> None:
        """See `Kanbert.close`."""
        ...


@dataclass(frozen=True, slots=True)
class Visit:
    """What came of asking Kanbert."""

    met: Meeting | KanbertError
    may_write: bool | None = None


def visit(client: Visitor) -> Visit:
    """Ask Kanbert for as little as possible, and whether the token may write; changes nothing."""
    try:
        return Visit(client.meet(), client.may_write())
    except KanbertError as error:
        return Visit(error)
    finally:
        client.close()


def of_address(subject: str, base_url: str, *, proxy: str = "", ca_bundle: str = "") -> Finding:
    """Judge how an account is reached."""
    if urlsplit(base_url).scheme != "https":
        return warn(
            subject,
            f"{base_url} is not encrypted, which is allowed for this very machine alone.",
            "That is for trying things out (ingestd sandbox); Kanbert's own begins with https://.",
        )
    through = f", through the proxy {_without_password(proxy)}" if proxy else ""
    trusting = f", trusting {ca_bundle} alone" if ca_bundle else ""
    return ok(subject, f"{base_url}, encrypted{through}{trusting}.")


def _without_password(url: str) -> str:
    return urlsplit(url).netloc.rpartition("@")[2]


def of_token(subject: str, *, file: Path | None, variable: str, oauth2: bool) -> Finding:
    """Say where an account's token comes from.

    :param variable: the environment variable that holds it; empty where none does.
    """
    what = "is fetched, with the client's secret from" if oauth2 else "is taken from"
    where = file or (f"${variable}" if variable else "the settings file")
    return ok(subject, f"It {what} {where}.")


def of_visit(subject: str, seen: Visit) -> Iterator[Finding]:
    """Judge what came of asking Kanbert."""
    access = f"{subject}: access"
    if isinstance(seen.met, KanbertError):
        yield from refused(
            access,
            seen.met,
            otherwise="Check base_url, the network and the proxy; documents wait meanwhile.",
        )
        return
    met = seen.met
    if met.took > SLOW:
        yield warn(access, f"Accepted, after {met.took:.1f} s.", "Check the network and the proxy.")
    else:
        yield ok(access, f"Accepted, after {met.took * 1000:.0f} ms.")
    yield of_scopes(f"{subject}: scopes", may_write=seen.may_write)
    yield of_clock(f"{subject}: clock", met.ahead)


def of_scopes(subject: str, *, may_write: bool | None) -> Finding:
    """Judge what the token may do; it could read."""
    if may_write:
        return ok(subject, "It may read and write.")
    cure = f"Give the token the scopes {_SCOPES}."
    if may_write is None:
        return warn(
            subject, "It may read; whether it may write, Kanbert's answer does not show.", cure
        )
    return fail(subject, "It may read, and not write.", cure)


def of_clock(subject: str, ahead: float | None) -> Finding:
    """Judge this machine's clock.

    :param ahead: seconds that Kanbert's is ahead of it.
    """
    if ahead is None:
        return ok(subject, "It was not checked: Kanbert's answer does not tell the time.")
    if abs(ahead) <= CLOCK_OFF:
        return ok(subject, "It shows the same time as Kanbert's.")
    way = "behind" if ahead > 0 else "ahead of"
    make = fail if abs(ahead) > CLOCK_WRONG else warn
    return make(
        subject,
        f"It is {abs(ahead):,.0f} s {way} Kanbert's.",
        "Set this machine's clock by the network: sudo timedatectl set-ntp true",
    )


def of_pace(subject: str, requests_per_minute: int) -> Iterator[Finding]:
    """Say what a limit of our own means; a document takes two requests, a check and a create."""
    if requests_per_minute:
        documents = f"{requests_per_minute / 2:g} documents a minute"
        yield ok(subject, f"{requests_per_minute} requests a minute, which is {documents} at most.")
