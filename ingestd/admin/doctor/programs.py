"""This program and what it runs on: versions, what is installed beside it, and as whom it runs."""

from __future__ import annotations

import os
import platform
import pwd
import sqlite3
import stat
from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from ingestd import __version__
from ingestd.admin.doctor.finding import Finding, fail, ok, warn

EXTRAS: Mapping[str, Sequence[str]] = {
    "fast": ("httptools",),
    "einvoice": ("pypdf", "lxml"),
    "shrink": ("pikepdf", "pillow"),
    "web": ("starlette", "uvicorn", "jinja2", "prometheus-client"),
    "sandbox": ("fastapi", "starlette", "uvicorn", "python-multipart", "lark"),
    "notify": ("apprise",),
    "postgres": ("psycopg",),
}
"""The packages of each extra."""

DISPENSABLE = frozenset({"einvoice"})
"""Extras without which documents are delivered all the same."""

Extras = Mapping[str, Mapping[str, str | None]]
"""By extra and package its version; None where it is not installed."""


def versions() -> dict[str, str]:
    """What this runs on."""
    return {
        "ingestd": __version__,
        "Python": platform.python_version(),
        "SQLite": sqlite3.sqlite_version,
        "kernel": f"{platform.system()} {platform.release()}",
    }


def installed() -> dict[str, dict[str, str | None]]:
    """What is installed of each extra."""
    return {
        extra: {package: _version(package) for package in packages}
        for extra, packages in EXTRAS.items()
    }


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def needed(settings: Mapping[str, Any]) -> dict[str, str]:
    """The extras that settings need, each with the setting that does."""
    notify = settings.get("notify", {})
    given = {
        "postgres": ("[ledger] url", settings.get("ledger", {}).get("url")),
        "notify": ("[notify] urls", notify.get("urls") or notify.get("urls_file")),
        "web": ("[web] listen", settings.get("web", {}).get("listen")),
    }
    found = {extra: setting for extra, (setting, value) in given.items() if value}
    if settings.get("metrics", {}).get("textfile"):
        found.setdefault("web", "[metrics] textfile")
    for name, inbox in settings.get("inboxes", {}).items():
        if inbox.get("einvoice", "off") != "off":
            found.setdefault("einvoice", f"[inboxes.{name}] einvoice")
        if inbox.get("oversize", "fail") == "shrink":
            found.setdefault("shrink", f"[inboxes.{name}] oversize")
    return found


def of_installed(extras: Extras) -> Finding:
    """Say which optional parts there are, whether or not a setting needs them."""
    there = [extra for extra, packages in extras.items() if None not in packages.values()]
    not_there = [extra for extra in extras if extra not in there]
    parts = {"installed": there, "not installed": not_there}
    said = "; ".join(f"{what}: {', '.join(names)}" for what, names in parts.items() if names)
    return ok("extras", f"{said[:1].upper()}{said[1:]}.")


def of_extras(extras: Extras, needed_by: Mapping[str, str]) -> Iterator[Finding]:
    """Judge whether all is installed that a setting needs."""
    for extra, setting in needed_by.items():
        missing = [package for package, found in extras[extra].items() if found is None]
        if missing:
            judge = warn if extra in DISPENSABLE else fail
            yield judge(
                f"extra {extra}",
                f"{setting} needs what is not installed: {' and '.join(missing)}.",
                f'pip install "ingestd[{extra}]"',
            )
        else:
            yield ok(f"extra {extra}", f"It is installed; {setting} needs it.")


def of_versions(found: Mapping[str, str]) -> Finding:
    """Say what this runs on."""
    told = [f"{name} {number}" for name, number in found.items() if name != "kernel"]
    return ok("versions", f"{', '.join([*told, found['kernel']])}.")


def of_user(name: str, umask: int) -> Finding:
    """Say as whom this runs, and judge the mask for the rights of what it makes."""
    what = f"This runs as {name}, whose rights are meant below, with umask {umask:04o}"
    if umask & stat.S_IWOTH:
        return ok("user", f"{what}.")
    return warn("user", f"{what}: everybody can write what is made.", "umask 022")


def user_name() -> str:
    """The name of the user that this runs as, or the number of one without."""
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        return f"user {os.geteuid()}"


def current_umask() -> int:
    """The mask for the rights of new files; to be asked for before there are threads."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
