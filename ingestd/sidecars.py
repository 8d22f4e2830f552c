"""The files beside a document that belong to it: `invoice.toml`, `invoice.pdf.json`, `invoice.xml`.

Each is called as its document is, with that one's suffix or without it. What is called like a
sidecar has none itself.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from ingestd.names import names_in

FIELDS = (".toml", ".json")
"""Suffixes of those that say what is to be sent with their document."""
EINVOICE = ".xml"
"""Suffix of an e-invoice beside its picture."""
SUFFIXES = tuple(case(one) for one in (*FIELDS, EINVOICE) for case in (str.lower, str.upper))
"""As they are written, by people and by old programs; never in mixed case."""
_NOT_THERE = frozenset({errno.ENOENT, errno.ENOTDIR, errno.ENAMETOOLONG})


def is_called_like_one(name: str) -> bool:
    """Whether a file of this name would be a sidecar, if its document were beside it."""
    return name.endswith(SUFFIXES)


def names_for(document: str) -> list[str]:
    """What the sidecars of a document may be called, given its name without folders."""
    if is_called_like_one(document):
        return []
    stem, _ = os.path.splitext(document)
    bases = dict.fromkeys((stem, document))
    return [f"{base}{suffix}" for base in bases for suffix in SUFFIXES]


def owners(sidecars: Iterable[str], documents: Iterable[str]) -> Mapping[str, list[str]]:
    """The documents that each sidecar may belong to, by their names in one folder.

    `a.pdf.json` is that of `a.pdf`, and only without one that of `a.pdf.tif`. A name that is
    `a.json` may be meant for `a.pdf` or for `a.jpg`.
    """
    by_stem: dict[str, list[str]] = {}
    names = {name for name in documents if not is_called_like_one(name)}
    for name in sorted(names):
        by_stem.setdefault(os.path.splitext(name)[0], []).append(name)
    found = {}
    for sidecar in sidecars:
        base, _ = os.path.splitext(sidecar)
        found[sidecar] = [base] if base in names else by_stem.get(base, [])
    return found


def paths_for(document: Path) -> list[Path]:
    """Where its sidecars may be, whether or not there are any."""
    return [document.with_name(name) for name in names_for(document.name)]


def lying_beside(document: Path) -> list[Path]:
    """What lies where its sidecars may be, whatever it is."""
    folder = os.path.dirname(document)  # making twelve paths would take longer than looking
    names = names_for(document.name)
    return [document.with_name(name) for name in names if os.path.lexists(f"{folder}/{name}")]


def sidecars_of(document: Path) -> list[Path]:
    """Those that are there.

    :raises OSError: if the folder does not answer.
    """
    return [path for path in paths_for(document) if _is_file(path)]


def _is_file(path: Path) -> bool:
    """Whether it is there; for `Path.is_file`, from Python 3.14 on, what does not answer is not."""
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except OSError as error:
        if error.errno in _NOT_THERE:
            return False
        raise


def alone_beside(target: Path) -> list[Path]:
    """The sidecars that would be those of a document at `target`, and are no other's there.

    :raises OSError: if the folder does not answer.
    """
    lying = lying_beside(target)
    if not lying:
        return []
    taken = _owners_in(target.parent, [path.name for path in lying], but=target.name)
    return [path for path in lying if not taken[path.name]]


def say_the_same(one: Path, other: Path) -> bool:
    """Whether two sidecars are of one kind, of which a document has one: fields, or e-invoice."""
    kinds = {path.suffix.lower() in FIELDS for path in (one, other)}
    return len(kinds) == 1


def renamed(sidecar: Path, document: Path, target: Path) -> Path:
    """Where a sidecar belongs when its document is moved to `target`.

    It need not be called like its document any more.
    """
    base, suffix = os.path.splitext(sidecar.name)
    stem, kind = os.path.splitext(document.name)
    with_kind = base == document.name or (base != stem and bool(kind) and base.endswith(kind))
    return target.with_name(
        (target.name if with_kind else os.path.splitext(target.name)[0]) + suffix
    )


def longer_by(sidecars: Sequence[Path], document: Path) -> int:
    """Bytes that must be left free in the name of a document, for its sidecars to be called so."""
    longest = max((len(os.fsencode(one.name)) for one in sidecars), default=0)
    return max(0, longest - len(os.fsencode(document.name)))


def names_alone_in(folder: Path, name: str) -> Iterator[str]:
    """Yield names for a sidecar without its document: its own, and such as are no other's there.

    :raises OSError: if the folder does not answer.
    """
    yield name
    there = os.listdir(folder)
    for like in names_in(folder, name):
        if like != name and not owners([like], there)[like]:
            yield like


def fits(target: Path, sidecars: Sequence[Path], *, is_own_name: bool) -> bool:
    """Whether a document can be called so without a sidecar being taken for another's, or itself.

    :param target: where it is to be; whether that is taken is not asked.
    :param sidecars: where its own are to be.
    :param is_own_name: it was called so when it came. A sidecar that is there alone came for it.
    :raises OSError: if the folder does not answer.
    """
    if is_called_like_one(target.name):
        return is_own_name or not _owners_in(target.parent, [target.name])[target.name]
    lying = lying_beside(target)
    if not sidecars and not lying:
        return True
    if lying and (not is_own_name or not set(lying).isdisjoint(sidecars)):
        return False
    beside = [path.name for path in (*lying, *sidecars)]
    return not any(_owners_in(target.parent, beside, but=target.name).values())


def _owners_in(folder: Path, sidecars: Sequence[str], *, but: str = "") -> Mapping[str, list[str]]:
    """The same as `owners`, of what lies in a folder, which may be very much."""
    # the folder has to be listed: nobody knows what suffix another document might have
    bases = tuple(os.path.splitext(sidecar)[0] for sidecar in sidecars)
    there = [name for name in os.listdir(folder) if name.startswith(bases) and name != but]
    return owners(sidecars, there)
