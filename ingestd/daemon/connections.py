"""An account with the clients that it is reached by."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from ingestd import config
from ingestd.daemon.account import Account
from ingestd.daemon.clients import connect
from ingestd.daemon.probing import HURRIED, PATIENT
from ingestd.daemon.times import Times
from ingestd.kanbert import Auth, Kanbert
from ingestd.observe import Counts, Log


@dataclass(frozen=True, slots=True, eq=False)
class Connection:
    """One account: its gate, and what is opened for it."""

    account: Account
    client: Kanbert
    prober: Kanbert

    def close(self) -> None:
        """Close all connections."""
        self.client.close()
        self.prober.close()


@dataclass(frozen=True, slots=True)
class Connecting:
    """Connects accounts; any thread may."""

    log: Log
    times: Times
    interrupt: threading.Event
    """Ends the waits between a client's attempts."""
    changed: Callable[[], None]
    """Told whenever an account may be used again, or not any more."""
    hurried: bool
    counts: Counts
    """Counts what is answered."""

    def connect(self, name: str, given: config.Account, auth: Auth) -> Connection:
        """Make what an account needs; nothing is sent yet.

        :raises SettingsError: if it cannot be reached as the settings say.
        """
        client, prober = connect(
            given,
            auth,
            stop=self.interrupt,
            hurried=self.hurried,
            on_answer=partial(self.counts.answered, name),
        )
        account = Account(
            name,
            probe=prober.probe,
            credentials=client.credentials_version,
            log=self.log.bind(base_url=given.base_url),
            clock=self.times.clock,
            random=random.random,
            eagerness=HURRIED if self.hurried else PATIENT,
        )
        account.on_change(self.changed)
        return Connection(account, client, prober)
