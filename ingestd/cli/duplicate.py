"""`ingestd duplicate`."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ingestd.cli.given import GivenFile, open_given, unreadable
from ingestd.cli.listing import Listing
from ingestd.cli.main import Exit
from ingestd.cli.opening import account_option, client_of, json_option
from ingestd.cli.output import complain, print_json
from ingestd.cli.shown import DUPLICATE_COLUMNS, dumped, duplicate_row
from ingestd.errors import IngestdError, NotFound, Refused

if TYPE_CHECKING:
    from ingestd.kanbert import DuplicateCheck


def _md5(value: str) -> str:
    if not re.fullmatch("[0-9a-fA-F]{32}", value):
        raise click.BadParameter(f'"{value}" is no MD5 of 32 hex digits.')
    return value.lower()


@click.command()
@click.argument("file", required=False, type=GivenFile())
@click.option("--hash", "md5", metavar="MD5", type=_md5, help="Ask by the hash, without the file.")
@account_option
@json_option
@click.pass_obj
def duplicate(
    config: Path | None,
    /,
    *,
    file: Path | None,
    md5: str | None,
    account: str | None,
    as_json: bool,
) -> int:
    """Ask whether Kanbert knows a file, by its MD5, and print the invoices that have it.

    As with grep, the exit code is 0 if it is known, 1 if it is not, and more if that could not be
    found out.

    \b
    Example:
      if ingestd duplicate invoice.pdf; then echo known; fi
    """
    if (file is None) == (md5 is None):
        raise click.UsageError("Give either a file or --hash MD5.")
    try:
        asked = _hash_of(file) if file else str(md5)
    except IngestdError as error:
        complain(error, about=str(file))
        return Exit.USAGE  # 1 would say that it is not known
    with client_of(config, account) as kanbert:
        try:
            check = kanbert.check_duplicate(asked)
        except (Refused, NotFound) as error:  # whose exit code would say that it is not known
            complain(error)
            return Exit.NO_KANBERT
    if as_json:
        found = [dumped(one) for one in check.duplicates]
        print_json({"md5": asked, "known": check.known, "duplicates": found})
    else:
        _show(check)
    return Exit.FINE if check.known else Exit.NEEDS_A_PERSON


def _show(check: DuplicateCheck) -> None:
    Listing(DUPLICATE_COLUMNS).add(duplicate_row(one) for one in check.duplicates)
    if not check.known:
        click.echo("Kanbert does not know it.", err=True)
    elif not check.duplicates:
        click.echo("Kanbert knows it, and does not say from which invoice.", err=True)


def _hash_of(file: Path) -> str:
    try:
        with open_given(file) as opened:
            digest = hashlib.file_digest(opened, lambda: hashlib.md5(usedforsecurity=False))
    except OSError as error:
        raise unreadable(error) from error
    return digest.hexdigest()
