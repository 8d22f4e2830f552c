"""Who tells the world how the daemon stands."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Protocol

from ingestd import config
from ingestd.observe import Log


class Observer(Protocol):
    """Looks at the fleet now and then, and tells somebody about it.

    It can neither delay nor fail a delivery: what takes time belongs on a thread of its own. What
    others would notice (an address it listens at, say) begins with its first turn: until then the
    one that it replaces may be there still.
    """

    def turn(self) -> None:
        """Look; called by the main thread whenever something changed, and every half minute."""

    def stopping(self) -> None:
        """The daemon begins to end; there are no more turns."""

    def close(self) -> None:
        """Let go of everything; called once, by the main thread, also if it never had a turn.

        That is at the end, or when its settings are others, which it then is made anew from.
        """


@dataclass(frozen=True, slots=True)
class Post:
    """A place for one observer, and what of the settings it is made from."""

    table: Callable[[config.Settings], object]
    """Whenever this is another, so is the observer; None for one that knows no settings.

    What is read once from a file that they name belongs to it. Raises SettingsError as `make` does.
    """
    make: Callable[[config.Settings], Observer | None]
    """None where the settings ask for none. Raises SettingsError where they cannot be used."""
    name: str = ""
    """Of the table, where that may be another though the settings are the same."""


@dataclass(frozen=True, slots=True)
class Relief:
    """Observers that are to take their posts."""

    tables: Mapping[Post, object]
    """What all posts go by from then on."""
    by_post: Sequence[tuple[Post, Observer | None]]

    @property
    def named(self) -> frozenset[str]:
        """The names of the tables that they are made from."""
        return frozenset(post.name for post, _ in self.by_post if post.name)

    def close(self) -> None:
        """Let go of them: they are not needed after all."""
        for _, observer in self.by_post:
            if observer is not None:
                observer.close()


class Observers:
    """All of them, each made anew when its settings change."""

    def __init__(self, posts: Sequence[Post], log: Log) -> None:
        self._posts = posts
        self._log = log
        self._tables: Mapping[Post, object] = {}
        self._at: dict[Post, Observer] = {}
        self._failing: set[Observer] = set()

    def relief(self, settings: config.Settings) -> Relief:
        """Make those whose settings are others than before, or who are not there yet.

        :raises SettingsError: if one cannot be made; then none was.
        """
        tables, by_post = {post: post.table(settings) for post in self._posts}, []
        with ExitStack() as undoing:
            for post in self._posts:
                if post not in self._tables or tables[post] != self._tables[post]:
                    observer = post.make(settings)
                    by_post.append((post, observer))
                    undoing.callback(observer.close if observer else lambda: None)
            undoing.pop_all()
        return Relief(tables, by_post)

    def take_up(self, relief: Relief) -> None:
        """Put them in place of those that are there."""
        self._tables = relief.tables
        for post, observer in relief.by_post:
            before = self._at.pop(post, None)
            if before is not None:
                before.close()
            if observer is not None:
                self._at[post] = observer

    def turn(self) -> None:
        """Give each its turn."""
        for observer in self._at.values():
            try:
                observer.turn()
            except Exception:  # noqa: BLE001 - a bug of one, which ends no deliveries
                self._say_that_it_fails(observer)

    def stopping(self) -> None:
        """Tell each that the end has begun."""
        for observer in self._at.values():
            observer.stopping()

    def close(self) -> None:
        """Let go of all of them."""
        for observer in self._at.values():
            observer.close()
        self._at.clear()

    def _say_that_it_fails(self, observer: Observer) -> None:
        if observer not in self._failing:
            self._failing.add(observer)
            what = f"{type(observer).__name__} does not do what it is there for."
            self._log.error("observer.failed", error=what, exc_info=True)
