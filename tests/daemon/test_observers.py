"""Observers are made from their settings, and anew when these are others."""

from __future__ import annotations

import io

import pytest

from ingestd import config
from ingestd.daemon.observers import Observer, Observers, Post
from ingestd.errors import SettingsError
from ingestd.observe import open_log
from tests.daemon.test_plan import settings


class Seen:
    """An observer of what is said of it."""

    def __init__(self, said: list[str], name: str) -> None:
        self._said = said
        self._name = name
        said.append(f"{name} made")

    def turn(self) -> None:
        self._said.append(f"{self._name} turned")

    def stopping(self) -> None:
        self._said.append(f"{self._name} hears of the end")

    def close(self) -> None:
        self._said.append(f"{self._name} closed")


def by_level(said: list[str]) -> Post:
    """A post whose observer is made from the log's level; for error there is none."""

    def make(given: config.Settings) -> Observer | None:
        return None if given.log.level == "error" else Seen(said, given.log.level)

    return Post(lambda given: given.log.level, make)


def at(level: str) -> config.Settings:
    return settings(log={"level": level})


@pytest.fixture
def said() -> list[str]:
    return []


def made(*posts: Post, level: str = "info") -> Observers:
    observers = Observers(posts, open_log(io.StringIO()))
    observers.take_up(observers.relief(at(level)))
    return observers


def test_one_whose_settings_changed_is_relieved_by_another(said: list[str]) -> None:
    observers = made(by_level(said))

    relief = observers.relief(at("debug"))
    observers.turn()
    observers.take_up(relief)
    observers.turn()

    assert said == ["info made", "debug made", "info turned", "info closed", "debug turned"]


def test_one_whose_settings_are_the_same_stays(said: list[str]) -> None:
    knows_none = Post(lambda _: None, lambda _: Seen(said, "reporting"))
    observers = made(knows_none, by_level(said))

    observers.take_up(observers.relief(settings(inboxes__mail=None, log={"level": "info"})))
    observers.take_up(observers.relief(at("debug")))

    assert said == ["reporting made", "info made", "debug made", "info closed"]


def test_one_whose_file_holds_something_else_is_relieved_though_the_settings_are_the_same(
    said: list[str],
) -> None:
    file = ["old"]
    observers = made(Post(lambda _: file[0], lambda _: Seen(said, file[0]), "notify"))

    same = observers.relief(at("info"))
    file[0] = "new"
    another = observers.relief(at("info"))
    observers.take_up(another)

    assert (list(same.named), list(another.named)) == ([], ["notify"])
    assert said == ["old made", "new made", "old closed"]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("error", "info", ["info made", "info turned"]),
        ("info", "error", ["info made", "info closed"]),
    ],
)
def test_a_post_may_be_vacant(
    said: list[str], before: str, after: str, expected: list[str]
) -> None:
    observers = made(by_level(said), level=before)

    observers.take_up(observers.relief(at(after)))
    observers.turn()

    assert said == expected


def test_where_one_cannot_be_made_the_others_are_let_go_of_and_those_there_stay(
    said: list[str],
) -> None:
    def refuse(given: config.Settings) -> Observer | None:
        if given.log.level == "debug":
            raise SettingsError("It is not installed.")
        return None

    observers = made(by_level(said), Post(lambda given: given.log.level, refuse))

    with pytest.raises(SettingsError):
        observers.relief(at("debug"))
    observers.turn()

    assert said == ["info made", "debug made", "debug closed", "info turned"]


def test_those_that_are_not_needed_after_all_are_let_go_of(said: list[str]) -> None:
    observers = made(by_level(said))

    observers.relief(at("debug")).close()

    assert said == ["info made", "debug made", "debug closed"]


def test_at_the_end_each_is_closed(said: list[str]) -> None:
    made(by_level(said)).close()

    assert said == ["info made", "info closed"]


def test_each_hears_of_the_end_that_is_there(said: list[str]) -> None:
    observers = made(by_level(said))

    observers.stopping()

    assert said == ["info made", "info hears of the end"]


class Failing(Seen):
    """An observer with a bug."""

    def turn(self) -> None:
        super().turn()
        raise ZeroDivisionError


def test_a_bug_in_one_keeps_no_other_from_its_turn_and_is_said_once() -> None:
    said: list[str] = []
    output = io.StringIO()
    posts = [
        Post(lambda _: None, lambda _: Failing(said, "failing")),
        Post(lambda _: None, lambda _: Seen(said, "other")),
    ]
    observers = Observers(posts, open_log(output))
    observers.take_up(observers.relief(at("info")))

    observers.turn()
    observers.turn()

    assert said[2:] == ["failing turned", "other turned"] * 2
    assert output.getvalue().count("observer.failed") == 1
    assert "ZeroDivisionError" in output.getvalue()
