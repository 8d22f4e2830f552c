"""The script that people write to deliver what arrives: inotifywait, md5sum, and curl twice."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

NEEDED = ("inotifywait", "curl", "md5sum", "mv", "sh")

_SCRIPT = """
inotifywait --monitor --event moved_to --format %f "$INBOX" | while IFS= read -r name; do
  md5=$(md5sum < "$INBOX/$name") &&
  curl -sf -H "Authorization: Bearer $TOKEN" -F "hash=${md5%% *}" "$URL/check-duplicate" |
    grep -q "\\"exists\\": *false" &&
  curl -sf -o /dev/null -H "Authorization: Bearer $TOKEN" -F "file=@$INBOX/$name" "$URL" &&
  mv -n "$INBOX/$name" "$INBOX/done/"
done
"""


def missing() -> list[str]:
    """The programs that it needs and are not here."""
    return [name for name in NEEDED if shutil.which(name) is None]


@contextmanager
def watching(inbox: Path, url: str) -> Iterator[None]:
    """Have it watch an inbox until the way out.

    :param url: of the API.
    """
    (inbox / "done").mkdir(parents=True)
    given = {"INBOX": str(inbox), "URL": f"{url}/incoming-invoices", "TOKEN": "any"}
    with subprocess.Popen(
        ["sh", "-c", _SCRIPT],  # noqa: S607
        env={**os.environ, **given},
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        assert process.stderr
        while "Watches established" not in process.stderr.readline():
            pass
        try:
            yield
        finally:
            os.killpg(process.pid, signal.SIGTERM)  # a session of its own: the script alone
