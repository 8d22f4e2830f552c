"""Everything that settings ask for is made here, at the start and at each reload."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass

from ingestd import config
from ingestd.daemon.connections import Connecting, Connection
from ingestd.daemon.fleet import Station
from ingestd.daemon.observers import Observers, Relief
from ingestd.daemon.plan import Changes, Plan, changes, plan_of
from ingestd.daemon.shrinking import Shrinkers, shrinker_for
from ingestd.daemon.stations import Equipping
from ingestd.shrink import missing


@dataclass(frozen=True, slots=True)
class Prepared:
    """What is new or other than before: made, and not begun."""

    plan: Plan
    accounts: Changes
    inboxes: Changes
    connections: Mapping[str, Connection]
    """Of the accounts."""
    stations: Mapping[str, Station]
    """Of the inboxes."""
    relief: Relief

    def close(self) -> None:
        """Let go of it: it is not needed after all."""
        self.relief.close()
        for connection in self.connections.values():
            connection.close()


@dataclass(frozen=True, slots=True)
class Workshop:
    """Makes what the settings ask for."""

    connecting: Connecting
    equipping: Equipping
    shrinkers: Shrinkers
    observers: Observers

    def prepare(
        self, settings: config.Settings, before: Plan, at_hand: Mapping[str, Connection]
    ) -> Prepared:
        """Make what is not there as it is to be; nobody notices anything of it.

        :param before: what there is.
        :param at_hand: the accounts of that.
        :raises SettingsError: for what only shows when it is used; then nothing was made.
        """
        folders = config.secret_folders()
        plan = plan_of(settings, folders)
        accounts = changes(before.accounts, plan.accounts)
        inboxes = changes(before.inboxes, plan.inboxes)
        shrinker = shrinker_for(settings.inboxes, missing(), self.shrinkers.large_enough)
        with ExitStack() as undoing:
            made = {}
            for name in accounts.begun:
                auth = config.credentials(name, settings, folders)
                made[name] = self.connecting.connect(name, settings.accounts[name], auth)
                undoing.callback(made[name].close)
            to = {**at_hand, **made}
            stations = {
                name: self.equipping.station(one, to[one.account], shrinker)
                for name, one in plan.inboxes.items()
                if name in inboxes.begun
            }
            relief = self.observers.relief(settings)
            undoing.pop_all()
        return Prepared(plan, accounts, inboxes, made, stations, relief)
