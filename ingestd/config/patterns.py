"""Whether a regular expression can be used to read fields out of file names."""

from __future__ import annotations

import re

from ingestd.describe import READERS
from ingestd.spelling import nearest


def check_pattern(expression: str) -> str:
    """Return a regular expression whose named groups are create fields; an empty one as it is.

    :raises ValueError: saying what is wrong with it.
    """
    if not expression:
        return expression
    try:
        groups = re.compile(expression).groupindex
    except (re.error, OverflowError, RecursionError) as error:
        hint = "; named groups are written (?P<invoice_number>…)" if "(?<" in expression else ""
        raise ValueError(f"it is no regular expression: {error}{hint}") from None
    if not groups:
        raise ValueError("it has no named group, such as (?P<invoice_number>…)")
    for name in groups:
        if name == "external_id":
            raise ValueError("external_id is made by ingestd, one for each document")
        if name not in READERS:
            near = nearest(name, READERS)
            meant = f"did you mean {near}" if near else f"there is: {', '.join(READERS)}"
            raise ValueError(f'its group "{name}" is no field of an invoice; {meant}')
    return expression
