"""`ingestd doctor`."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ingestd.cli.main import Exit
from ingestd.cli.opening import json_option
from ingestd.cli.output import coloured, print_json
from ingestd.errors import SettingsError

if TYPE_CHECKING:
    from ingestd import config
    from ingestd.admin.doctor import Around, Finding
    from ingestd.kanbert import Kanbert

_COLOURS = {"ok": "green", "warn": "yellow", "fail": "red"}


@click.command()
@json_option
@click.pass_obj
def doctor(config: Path | None, as_json: bool) -> int:
    """Check settings, folders, rights and accounts, and say what to do.

    Nothing is changed by it, and it may be run while the daemon does. The exit code is 1 if a
    check fails, and 2 where the settings cannot be used; warnings alone are no failure.

    \b
    Example:
      ingestd --config /etc/ingestd/ingestd.toml doctor
    """
    from ingestd.admin.doctor import worst

    found, code = _examination(config)
    seen = []
    for finding in found:
        seen.append(finding)
        if not as_json:
            _show(finding)
    if as_json:
        _print_all(seen)
    else:
        _sum_up(seen)
    return code or (Exit.NEEDS_A_PERSON if worst(seen) == "fail" else Exit.FINE)


def _examination(path: Path | None) -> tuple[Iterator[Finding], Exit]:
    """What is to be found, as it is found, and the exit code that is certain already."""
    from ingestd import config
    from ingestd.admin.doctor import examine, examine_machine, installed, refused
    from ingestd.admin.doctor.programs import needed

    extras = installed()
    try:
        settings = config.load(path)
    except SettingsError as error:
        return chain(examine_machine(extras, {}), refused("settings", error)), Exit.USAGE
    return chain(
        examine_machine(extras, needed(settings.model_dump())),
        examine(settings, config.find(path), _around(settings)),
    ), Exit.FINE


def _around(settings: config.Settings) -> Around:
    from ingestd import config
    from ingestd.admin.doctor import Around
    from ingestd.daemon.folders import known_as, recalled
    from ingestd.ledger import open_to_read

    return Around(
        client=partial(_prober, settings),
        open_ledger=lambda: open_to_read(config.state_dir(settings), settings.ledger.url),
        recall=recalled,
        known_as=known_as,
        environ=os.environ,
        secret_folders=config.secret_folders(),
        user=os.geteuid(),
    )


def _prober(settings: config.Settings, account: str) -> Kanbert:
    """A client that asks once, and without a pace: it is for two requests."""
    from ingestd import config
    from ingestd.daemon import connect

    auth = config.credentials(account, settings, config.secret_folders())
    given = settings.accounts[account].model_copy(update={"requests_per_minute": 0})
    client, prober = connect(given, auth, stop=threading.Event(), hurried=False)
    client.close()
    return prober


def _show(finding: Finding) -> None:
    from ingestd.observe import printable

    level = coloured(f"{finding.level:4}", _COLOURS[finding.level])
    click.echo(f"{level}  {finding.subject:28}  {printable(finding.what)}")
    if finding.cure:
        click.echo(f"      {printable(finding.cure)}")


def _sum_up(findings: list[Finding]) -> None:
    failed, warned = (
        sum(finding.level == level for finding in findings) for level in ("fail", "warn")
    )
    click.echo(f"\n{len(findings)} checks, {failed} failed, {warned} with a warning.")


def _print_all(findings: list[Finding]) -> None:
    from ingestd.admin.doctor import installed, versions, worst
    from ingestd.observe import printable

    print_json(
        {
            "level": worst(findings),
            "findings": [
                {
                    "level": finding.level,
                    "subject": finding.subject,
                    "what": printable(finding.what),
                    "cure": printable(finding.cure),
                }
                for finding in findings
            ],
            "versions": versions(),
            "extras": installed(),
        }
    )
