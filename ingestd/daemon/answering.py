"""Answering those who ask on the web, as the settings say."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path

from ingestd import config
from ingestd.errors import AccountTrouble, SettingsError
from ingestd.kanbert import SecretFile
from ingestd.observe import Liveness, Log, Metrics, Now, forward_libraries, readiness
from ingestd.web import Guard, Listener, create_app

FIRST_REST = 30.0
"""Seconds until it is begun anew, after a mistake ended it."""
LONGEST_REST = 3600.0
"""The same where it ends again and again; each time is told."""


class Answering:
    """Has whoever asks answered, from the first turn on; used by the main thread."""

    def __init__(
        self,
        listener: Listener,
        liveness: Liveness,
        log: Log,
        *,
        port: int,
        clock: Callable[[], float],
        closed: Callable[[Answering], None],
    ) -> None:
        """Answer nobody yet.

        :param port: as in the settings.
        :param clock: monotonic seconds.
        :param closed: told once it lets go of the port.
        """
        self.port = port
        self._closed = closed
        self._listener = listener
        self._liveness = liveness
        self._log = log
        self._said = ""
        self._clock = clock
        self._began = self._next = clock()
        self._rest = 0.0

    def turn(self) -> None:
        """Say that the main thread turns, for whoever asks whether the daemon is alive."""
        self._liveness.turned()
        if self._listener.runs:
            return
        if failure := self._listener.failure():
            self._put_off(failure)
        if self._clock() >= self._next:
            self._start()

    def stopping(self) -> None:
        """Answer until the end: whoever asks hears that it is alive."""

    def close(self) -> None:
        """Answer nobody any more."""
        self._listener.stop()
        self._closed(self)

    def _start(self) -> None:
        self._began = self._clock()
        try:
            self._listener.start()
        except OSError as error:  # for the next turn
            self._say(error)
        else:
            self._log.info("web.listening", url=self._listener.url)

    def _put_off(self, failure: BaseException) -> None:
        now = self._clock()
        self._rest = next_rest(self._rest, now - self._began)
        self._next = now + self._rest
        self._log.error(
            "web.unavailable",
            error=f"Nobody is answered any more: {failure!r} ended that.",
            hint=f"It begins anew in {self._rest:.0f} seconds; documents are delivered meanwhile.",
            exc_info=failure,
        )

    def _say(self, error: OSError) -> None:
        trouble = cannot_listen(self._listener.url, error)
        if str(trouble) != self._said:
            self._said = str(trouble)
            self._log.error("web.unavailable", error=str(trouble), hint=trouble.hint)


def next_rest(before: float, answered: float) -> float:
    """Seconds until it is begun anew: twice as many each time, unless it had answered for long.

    :param before: how many the last time, 0 for none.
    :param answered: seconds.
    """
    if before == 0 or answered >= LONGEST_REST:
        return FIRST_REST
    return min(2 * before, LONGEST_REST)


class Answerers:
    """Makes who answers, one after the other whenever the settings are others."""

    def __init__(
        self, look: Callable[[], Now], metrics: Metrics, clock: Callable[[], float], log: Log
    ) -> None:
        self._look = look
        self._metrics = metrics
        self._clock = clock
        self._log = log
        self._open: set[Answering] = set()
        """Those that were made and not closed; a reload adds, and the main thread takes away."""

    def answering(self, given: config.WebSettings) -> Answering | None:
        """Make the one that these settings ask for; None where nobody is to be answered.

        The port is bound at once, so that a wrong one shows; but not where the one before may have
        it still: then that is for the first turn.

        :raises SettingsError: if the address cannot be listened on, or the token not be read.
        """
        if given.address is None:
            return None
        liveness = Liveness(self._clock)
        app = create_app(
            alive=lambda: liveness.alive,
            readiness=lambda: readiness(self._look()),
            metrics=partial(self._metrics.text, of_process=True),
            guard=Guard(_token_in(Path(given.token_file)) if given.token_file else None),
        )
        for library in ("uvicorn.error", "asyncio"):
            forward_libraries(self._log, library)
        listener = Listener(app, *given.address)
        port = given.address.port
        if port not in [one.port for one in tuple(self._open)]:
            try:
                listener.bind()
            except OSError as error:
                raise cannot_listen(given.listen, error) from error
        closed, clock = self._open.discard, self._clock
        made = Answering(listener, liveness, self._log, port=port, clock=clock, closed=closed)
        self._open.add(made)
        return made


def cannot_listen(where: str, error: OSError) -> SettingsError:
    """Say that an address cannot be listened on, and what to do."""
    return SettingsError(
        f"web.listen: {where} cannot be listened on: {os.strerror(error.errno or 0)}.",
        hint="Write an address of this machine, and a port that no other program uses.",
    )


def _token_in(path: Path) -> Callable[[], str]:
    """What reads the token anew whenever its file changes; empty while that holds none."""
    file = SecretFile(path, what="token")
    try:
        file.read()
    except AccountTrouble as error:
        raise SettingsError(f"web.token_file: {error}", hint=error.hint) from error

    def token() -> str:
        try:
            return file.read()
        except AccountTrouble:
            return ""

    return token
