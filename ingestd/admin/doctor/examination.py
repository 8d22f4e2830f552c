"""All checks, one after the other: who is sent to look at what, and what is made of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from ingestd import config
from ingestd.admin.doctor import programs, settings, state, watches
from ingestd.admin.doctor.account import Visitor
from ingestd.admin.doctor.account_round import AccountRound
from ingestd.admin.doctor.errand import PATIENCE, Errand, came_back
from ingestd.admin.doctor.finding import Finding, warn
from ingestd.admin.doctor.inbox_round import InboxRound, outside_of
from ingestd.admin.doctor.log_file import LogRound
from ingestd.admin.doctor.memory import Memory, Recall, look_into, of_memory
from ingestd.admin.doctor.named_files import NamedFilesRound
from ingestd.admin.doctor.space import of_space
from ingestd.ledger import Reading

_CHECK_LEDGER = "Check the disk that state_dir lies on, or the database in [ledger] url."


@dataclass(frozen=True, slots=True)
class Around:
    """What the doctor is given of this machine, and of the rest of the program."""

    client: Callable[[str], Visitor]
    """Connects to an account; may raise SettingsError."""
    open_ledger: Callable[[], Reading | None]
    """To read in it."""
    recall: Recall
    known_as: Callable[[Path], str]
    """The ledger's name for a folder outside of its inbox."""
    environ: Mapping[str, str]
    secret_folders: Sequence[Path]
    user: int
    """The number of the user that this runs as."""
    patience: float = PATIENCE
    """Seconds for each folder."""


def examine_machine(extras: programs.Extras, needed: Mapping[str, str]) -> Iterator[Finding]:
    """Check what needs no settings.

    :param needed: the extras that settings need, each with the setting.
    """
    yield programs.of_versions(programs.versions())
    yield programs.of_user(programs.user_name(), programs.current_umask())
    yield programs.of_installed(extras)
    yield from programs.of_extras(extras, needed)


def examine(given: config.Settings, source: Path | None, around: Around) -> Iterator[Finding]:
    """Check everything that the settings name.

    :param source: the file that they are from.
    """
    accounts = [AccountRound(name, given, around.client) for name in given.accounts]
    named = _files_of(given, around.patience)
    yield from _of_settings(source, around)
    for files in named:
        yield from files.findings()
    seen, findings = _of_state(given, around)
    yield from findings
    memory, findings = Memory(), list[Finding]()
    if given.ledger.url or (seen and seen.usable):  # or nothing new would be said
        memory, findings = _of_ledger(given, around)
    yield from findings
    if not given.inboxes:
        yield warn("inboxes", "There is none: nothing is watched.", config.HOW_TO_ADD_INBOX)
    inboxes = [_round_of(name, given, memory, around) for name in given.inboxes]
    for one in inboxes:
        yield from one.findings(seen)
    places = [place for one in inboxes for place in one.places]
    yield from of_space([seen.place, *places] if seen else places)
    watched = [one.watched for one in inboxes if one.watched]
    yield from watches.of_watches(watched, watches.limits())
    for account in accounts:
        yield from account.findings(around.secret_folders, around.environ)


def _files_of(given: config.Settings, patience: float) -> list[LogRound | NamedFilesRound]:
    log = given.log
    files: list[LogRound | NamedFilesRound] = [NamedFilesRound(given, patience=patience)]
    if log.file:
        files.append(LogRound(log.file, rotates=log.file_max_size > 0, patience=patience))
    return files


def _of_settings(source: Path | None, around: Around) -> Iterator[Finding]:
    yield settings.of_source(source, config.given_in(around.environ))
    if source is not None:
        access = settings.access_of(source)
        yield from settings.of_settings_file(access, config.secret_keys(source), user=around.user)


def _of_state(given: config.Settings, around: Around) -> tuple[state.State | None, list[Finding]]:
    folder = config.state_dir(given, around.environ)
    sent = Errand(partial(state.look_at_state, folder), patience=around.patience)
    seen, findings = came_back(sent, state.SUBJECT, str(folder))
    if seen is not None:
        findings += state.of_state(seen, holds_ledger=not given.ledger.url, root=around.user == 0)
    return seen, findings


def _of_ledger(given: config.Settings, around: Around) -> tuple[Memory, list[Finding]]:
    folders = {name: inbox.path for name, inbox in given.inboxes.items()}
    for inbox in given.inboxes.values():
        folders |= {around.known_as(top): top for top in outside_of(inbox)}
    look = partial(look_into, around.open_ledger, folders, around.recall)
    sent = Errand(look, patience=around.patience)
    memory, findings = came_back(sent, "ledger", "The ledger", _CHECK_LEDGER)
    if memory is None:
        return Memory(), findings
    return memory, [of_memory(memory)]


def _round_of(name: str, given: config.Settings, memory: Memory, around: Around) -> InboxRound:
    inbox = given.inboxes[name]
    outside = {top: memory.folders.get(around.known_as(top)) for top in outside_of(inbox)}
    remembered = memory.folders.get(name)
    return InboxRound(name, inbox, remembered, outside, patience=around.patience)
