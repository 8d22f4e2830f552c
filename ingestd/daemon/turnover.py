"""From the inboxes and accounts that there are to those that there are to be.

What did not change is not touched. What did is not waited for, as a share that hangs would be for
ever: an inbox that leaves stays in the fleet until its documents in hand are finished, and one that
needs its name or its folders begins only then. Any further change may come meanwhile.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping

from ingestd.daemon.connections import Connection
from ingestd.daemon.fleet import Fleet, Station
from ingestd.daemon.plan import NOTHING, InboxPlan, Plan, in_the_way
from ingestd.daemon.workshop import Prepared


class Turnover:
    """Changes the fleet; used by the main thread."""

    def __init__(
        self,
        fleet: Fleet,
        *,
        left: Callable[[InboxPlan, Plan], None],
        wake: Callable[[], None],
    ) -> None:
        """Make one for a fleet that is empty.

        :param left: told of an inbox that was let go of, and what there is instead; by a thread
            of its own.
        :param wake: has `turn` called soon; from any thread.
        """
        self.plan = NOTHING
        self._fleet = fleet
        self._left = left
        self._wake = wake
        self._connections: dict[str, Connection] = {}
        self._retired: list[Connection] = []
        self._leaving: list[tuple[InboxPlan, Station]] = []
        self._coming: dict[str, Station] = {}

    @property
    def connections(self) -> Mapping[str, Connection]:
        """The accounts that there are, by name."""
        return dict(self._connections)

    def begin(self, first: Prepared) -> None:
        """Fill the fleet; whoever runs it starts it."""
        self._connect(first)
        self._fleet.stations = list(first.stations.values())

    def take_up(self, prepared: Prepared) -> None:
        """Begin to change what is another now."""
        for name in prepared.inboxes.ended:
            if self._coming.pop(name, None) is None:
                self._let_leave(self.plan.inboxes[name])
        for name in prepared.accounts.ended:
            self._retired.append(self._connections.pop(name))
        self._connect(prepared)
        self._coming |= prepared.stations
        for connection in prepared.connections.values():
            _greet(connection)
        self.turn()

    def turn(self) -> None:
        """Go on as far as it goes now."""
        self._leaving = [(plan, station) for plan, station in self._leaving if not station.gone]
        here = [station for station in self._fleet.stations if not station.gone]
        begun = [name for name in self._coming if self._may_come(name)]
        coming = [self._coming.pop(name) for name in begun]
        for station in coming:
            station.start()
        if coming or len(here) < len(self._fleet.stations):
            self._fleet.stations = here + coming
        self._close_retired()

    def close(self) -> None:
        """Let go of all accounts."""
        for connection in (*self._connections.values(), *self._retired):
            connection.close()

    def _connect(self, prepared: Prepared) -> None:
        self.plan = prepared.plan
        self._connections |= prepared.connections
        self._fleet.accounts = [self._connections[name].account for name in self.plan.accounts]

    def _let_leave(self, plan: InboxPlan) -> None:
        station = next(one for one in self._fleet.stations if one.lane.name == plan.name)

        def gone() -> None:
            self._wake()
            self._left(plan, self.plan)

        self._leaving.append((plan, station))
        station.leave(gone)

    def _may_come(self, name: str) -> bool:
        coming = self.plan.inboxes[name]
        return not any(in_the_way(plan, coming) for plan, _ in self._leaving)

    def _close_retired(self) -> None:
        """Close the accounts that nobody needs any more, as closing would end their calls."""
        needed = {id(station.lane.account) for station in self._fleet.stations}
        for connection in list(self._retired):
            account = connection.account
            if id(account) not in needed and not account.being_asked:
                self._retired.remove(connection)
                connection.close()


def _greet(connection: Connection) -> None:
    account = connection.account
    threading.Thread(target=account.greet, name=f"greet {account.name}", daemon=True).start()
