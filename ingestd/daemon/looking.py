"""Looking at how everything stands; from any thread, and without waiting for a disk."""

from __future__ import annotations

from ingestd.daemon.account import Account
from ingestd.daemon.fleet import Fleet, Station
from ingestd.observe import AccountNow, InboxNow, Now

CHECK_THE_DISK = "Check the server or disk it lies on, and mount it again if need be."


def look_at(fleet: Fleet) -> Now:
    """Say how every account and every inbox stands now."""
    return Now(
        accounts=tuple(_account(account) for account in fleet.accounts),
        inboxes=tuple(_inbox(station) for station in fleet.stations if not station.leaving),
    )


def trouble_of(station: Station) -> tuple[str, str]:
    """Why an inbox is not served, and what to do; empty where nothing is known against it."""
    if suspect := station.lane.suspect:
        return suspect, "Correct it, then `ingestd reload`, or start ingestd again."
    if error := station.intake.trouble:
        return str(error), error.hint
    if station.lane.hangs:
        return "A folder that its documents are put away in does not answer.", CHECK_THE_DISK
    return "", ""


def _account(account: Account) -> AccountNow:
    error = account.known_trouble
    return AccountNow(account.name, str(error), error.hint) if error else AccountNow(account.name)


def _inbox(station: Station) -> InboxNow:
    said, hint = trouble_of(station)
    if not said and not station.serves:
        said = "It was not looked at yet."
    tally = station.lane.backlog.tally()
    return InboxNow(
        station.lane.name,
        said,
        hint,
        waiting=tally.waiting,
        in_flight=tally.in_hand,
        held=len(station.lane.held) + len(station.intake.left_alone),
        oldest=tally.oldest,
    )
