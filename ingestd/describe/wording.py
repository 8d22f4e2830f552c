"""Names of files and folders as people would write them."""

from __future__ import annotations

import unicodedata
from pathlib import PurePosixPath

LONGEST_TITLE = 255
"""Characters, from the API's `CreateIncomingInvoiceForm`."""


def wording(text: str) -> str:
    """A text on one line, printable: what is not, such as marks of direction, is a space.

    Composed (NFC), for a Mac writes the `ä` of a name as two characters and a settings file as one.
    """
    composed = unicodedata.normalize("NFC", text)
    return " ".join("".join(c if c.isprintable() else " " for c in composed).split())


def title(text: str) -> str:
    """A text as a title: underscores as spaces, and no longer than Kanbert takes it."""
    return wording(text.replace("_", " "))[:LONGEST_TITLE].rstrip()


def title_of(name: str) -> str:
    """A file's name as a title: without folders and suffix; empty where nothing is left."""
    return title(PurePosixPath(name).stem)


def tags_of(name: str) -> list[str]:
    """The folders that a file is in, from the inbox down, as tags.

    :param name: the file's path relative to its inbox.
    """
    folders = (wording(part) for part in PurePosixPath(name).parent.parts)
    return list(dict.fromkeys(folder for folder in folders if folder))
