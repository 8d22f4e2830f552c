"""The real command in a process of its own, and waiting for what it says."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

PATIENCE = 60.0
"""Seconds until a test says that something did not happen; machines are slow, not tests."""

COMMAND = [sys.executable, "-m", "ingestd"]


@dataclass
class Site:
    """A folder with settings, inboxes and a state folder."""

    folder: Path
    base_url: str
    token: str
    state: str = "state"
    inboxes: list[str] = field(default_factory=lambda: ["scanner"])
    options: dict[str, str] = field(default_factory=dict)
    """Of every inbox, in TOML."""
    account: dict[str, str] = field(default_factory=dict)
    """Options of the account, in TOML."""
    log: dict[str, str] = field(default_factory=dict)
    """Options of the log, in TOML."""
    ledger: str = ""
    """Its url."""

    def __post_init__(self) -> None:
        for name in self.inboxes:
            self.inbox(name).mkdir(parents=True, exist_ok=True)
        self.token_file.write_text(self.token + "\n")

    def inbox(self, name: str = "scanner") -> Path:
        return self.folder / name

    @property
    def token_file(self) -> Path:
        return self.folder / "kanbert.token"

    def write_settings(self) -> Path:
        path = self.folder / "ingestd.toml"
        account = {
            "base_url": f'"{self.base_url}"',
            "token_file": f'"{self.token_file}"',
            "timeout": '"2s"',
            **self.account,
        }
        options = {"settle": '"200ms"', "watch": '"native"', "rescan": '"2s"', **self.options}
        lines = [f'state_dir = "{self.folder / self.state}"', *_table("log", self.log)]
        lines += _table("ledger", {"url": f'"{self.ledger}"'})
        lines += _table("accounts.main", account)
        for name in self.inboxes:
            lines += _table(f"inboxes.{name}", {"path": f'"{self.inbox(name)}"', **options})
        path.write_text("\n".join(lines))
        return path

    def run(self) -> Daemon:
        """Start `ingestd run`."""
        return self.run_with(self.write_settings())

    def run_with(self, settings: Path) -> Daemon:
        """Start `ingestd run` with settings as they are."""
        return Daemon([*COMMAND, "--config", str(settings), "run"])

    def once_command(self) -> list[str]:
        return [*COMMAND, "--config", str(self.write_settings()), "once"]

    def once(self) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.once_command(), capture_output=True, text=True, timeout=PATIENCE, check=False
        )

    def files(self, name: str = "scanner") -> dict[str, bytes]:
        """Every file that people see, by its path in the inbox."""
        return files_below(self.inbox(name))

    def work(self, name: str = "scanner") -> list[Path]:
        """What is left below the work folder."""
        return list((self.inbox(name) / ".ingestd" / "work").glob("*"))


def files_below(root: Path) -> dict[str, bytes]:
    """Every file below a folder that people see, by its path."""
    found = {}
    for folder, folders, names in os.walk(root):
        folders[:] = [name for name in folders if name != ".ingestd"]
        for path in (Path(folder) / name for name in names):
            found[str(path.relative_to(root))] = path.read_bytes()
    return found


def _table(name: str, options: dict[str, str]) -> list[str]:
    return [f"[{name}]", *(f"{key} = {value}" for key, value in options.items())]


class Daemon:
    """A process that writes JSON lines to standard error."""

    def __init__(self, command: list[str]) -> None:
        environ = {name: value for name, value in os.environ.items() if "INGESTD" not in name}
        self.process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env=environ
        )
        self.events: list[dict[str, Any]] = []
        self.output = ""
        self._changed = threading.Condition()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self._reader.join()
        if self.process.stderr:
            self.process.stderr.close()

    def wait_for(self, event: str, number: int = 1, **facts: str) -> dict[str, Any]:
        """Wait until an event was logged `number` times with these facts; the last one."""
        found = self.wait_until(
            lambda: len(self.all(event, **facts)) >= number, f"{number} x {event} {facts}"
        )
        assert found
        return self.all(event, **facts)[number - 1]

    def all(self, event: str, **facts: str) -> list[dict[str, Any]]:
        return [
            line
            for line in self.events
            if line["event"] == event and all(line.get(key) == facts[key] for key in facts)
        ]

    def wait_until(self, condition: Callable[[], bool], what: str = "") -> bool:
        """Wait until something is so; looked at whenever a line is logged."""
        with self._changed:
            if not self._changed.wait_for(lambda: condition() or self._ended, PATIENCE):
                raise AssertionError(f"did not happen: {what}\n{self.output}")
            if not condition():
                raise AssertionError(f"ended without: {what}\n{self.output}")
        return True

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Send a signal and wait for the end; the exit code."""
        self.process.send_signal(number)
        return self.wait()

    def wait(self) -> int:
        code = self.process.wait(PATIENCE)
        self._reader.join(PATIENCE)
        return code

    @property
    def _ended(self) -> bool:
        return not self._reader.is_alive() or self.process.poll() is not None

    def _read(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            with self._changed:
                self.output += line
                if line.startswith("{"):
                    self.events.append(json.loads(line))
                self._changed.notify_all()
        with self._changed:
            self.process.wait()
            self._changed.notify_all()
