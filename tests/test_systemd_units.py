"""systemd/: what the units promise fits what ingestd does; they are read without systemd."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ingestd.cli.main import COMMANDS, Exit
from ingestd.daemon.conductor import GRACE, IDLE_TICK, LONGEST_FAREWELL, LONGEST_UNLOCKING
from ingestd.daemon.observing import SIGNS

FOLDER = Path(__file__).parents[1] / "systemd"
UNITS = ["ingestd.service", "ingestd@.service"]

Lines = list[tuple[str, str]]


def lines_of(name: str) -> Lines:
    """Every setting of a unit in its order; some stand there more than once."""
    text = (FOLDER / name).read_text("utf-8")
    return re.findall(r"^([A-Za-z]+)=(.*)$", text, re.MULTILINE)


@pytest.fixture(params=UNITS)
def unit(request: pytest.FixtureRequest) -> dict[str, str]:
    return dict(lines_of(request.param))


def seconds(text: str) -> int:
    assert text.endswith("s")
    return int(text[:-1])


def test_the_watchdog_waits_for_as_many_signs_as_fit_between_turns(unit: dict[str, str]) -> None:
    assert seconds(unit["WatchdogSec"]) >= SIGNS * IDLE_TICK


def test_a_stop_is_given_the_time_that_it_may_take(unit: dict[str, str]) -> None:
    assert seconds(unit["TimeoutStopSec"]) > GRACE + LONGEST_UNLOCKING
    assert seconds(unit["TimeoutStopSec"]) > LONGEST_FAREWELL


def test_it_runs_the_daemon(unit: dict[str, str]) -> None:
    program, option, _, command = unit["ExecStart"].split()

    assert (Path(program).name, option) == ("ingestd", "--config")
    assert command in COMMANDS


def test_wrong_settings_are_not_tried_again(unit: dict[str, str]) -> None:
    assert unit["RestartPreventExitStatus"] == str(int(Exit.USAGE))


def test_systemd_is_told_when_it_is_ready(unit: dict[str, str]) -> None:
    assert unit["Type"] == "notify"


def test_the_token_has_the_name_that_is_looked_for(unit: dict[str, str]) -> None:
    assert unit["LoadCredential"].split(":")[0] == "kanbert.token"


def test_the_folder_for_metrics_that_the_example_names_is_made() -> None:
    example = (FOLDER.parent / "config.example.toml").read_text("utf-8")
    textfile = re.search(r'^# textfile = "".*such as "(.+?)"', example, re.MULTILINE)

    assert textfile
    made = dict(lines_of("ingestd.service"))["RuntimeDirectory"]
    assert Path(textfile[1]).parent == Path("/run", made)


def test_commands_find_the_settings_from_any_folder() -> None:
    page = (FOLDER.parent / "docs" / "systemd.md").read_text("utf-8")
    service = dict(lines_of("ingestd.service"))["ExecStart"].removesuffix(" run")

    assert f'{service.removeprefix("/opt/ingestd/bin/")} "$@"' in page


def test_the_template_is_the_unit_with_paths_of_its_own() -> None:
    one, many = (lines_of(name) for name in UNITS)
    mine = {
        "Description": " (%i)",
        "ExecStart": "/etc/ingestd/%i.toml",
        "LoadCredential": "/etc/ingestd/%i.token",
        "StateDirectory": "ingestd/%i",
        "RuntimeDirectory": "ingestd-%i",
    }

    assert [key for key, _ in many] == [key for key, _ in one]
    differing = {
        key: value for (key, value), (_, other) in zip(many, one, strict=True) if value != other
    }
    assert differing.keys() == mine.keys()
    assert all(mine[key] in value for key, value in differing.items())


@pytest.mark.parametrize("example", sorted(FOLDER.glob("*.d/*.example")), ids=lambda one: one.stem)
def test_an_example_says_where_it_belongs(example: Path) -> None:
    target = f"/etc/systemd/system/{example.parent.name}/{example.stem}"

    assert f"Copy to {target}" in example.read_text("utf-8").splitlines()[0]
