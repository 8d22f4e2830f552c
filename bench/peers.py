"""What the drain is held against: a script that people write, and the most that curl can do."""

from __future__ import annotations

import shlex
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

NEEDED = ("curl", "find", "xargs", "md5sum", "mv", "sh")

_SCRIPT = """
find "$INBOX" -maxdepth 1 -name '*.pdf' -print0 | xargs -0 -P8 -I{} sh -c '
  md5=$(md5sum < "$1") &&
  curl -sf ${AUTHORITIES:+--cacert "$AUTHORITIES"} \\
    -H "Authorization: Bearer $TOKEN" -F "hash=${md5%% *}" "$URL/check-duplicate" |
    grep -q "\\"exists\\":false" &&
  curl -sf ${AUTHORITIES:+--cacert "$AUTHORITIES"} -o /dev/null \\
    -H "Authorization: Bearer $TOKEN" -F "file=@$1" "$URL" &&
  mv -n "$1" "$DONE/"
' sh {}
"""


def missing() -> list[str]:
    """The programs that the peers need and are not here."""
    return [name for name in NEEDED if shutil.which(name) is None]


_LIMIT = """
md5sum "$INBOX"/*.pdf > "$SPARE/sums"
curl -s --parallel --parallel-max 8 --config "$SPARE/checks"
curl -s --parallel --parallel-max 8 --config "$SPARE/creates"
mv -n "$INBOX"/*.pdf "$DONE/"
"""


@dataclass(frozen=True, slots=True)
class Peers:
    """Other ways to carry the documents of an inbox."""

    inbox: Path
    done: Path
    spare: Path
    """A folder for files of theirs."""
    url: str
    """Of the invoices."""
    token: str
    authorities: Path | None = None
    """Whom curl is to trust, as PEM, if `url` is https."""

    def script(self) -> Sequence[str]:
        """`find | xargs -P8` of md5sum, curl, curl and mv: one document after the other."""
        return self._shell(_SCRIPT)

    def limit(self, md5s: Mapping[str, str]) -> Sequence[str]:
        """Four processes for all documents: md5sum, curl for all checks, for all creates, and mv.

        What curl is to do is written down before, and no answer changes it; no script could do so.

        :param md5s: of the documents, by their names.
        """
        each = f'header = "Authorization: Bearer {self.token}"\noutput = "/dev/null"\nfail\n'
        if self.authorities:
            each += f'cacert = "{self.authorities}"\n'
        for file, url, form in (
            ("checks", f"{self.url}/check-duplicate", "hash={1}"),
            ("creates", self.url, "file=@{0}"),
        ):
            calls = [
                f'url = "{url}"\nform = "{form.format(self.inbox / name, md5)}"\n{each}'
                for name, md5 in md5s.items()
            ]
            (self.spare / file).write_text("next\n".join(calls))
        return self._shell(_LIMIT)

    def _shell(self, script: str) -> Sequence[str]:
        given = {
            "INBOX": self.inbox,
            "DONE": self.done,
            "SPARE": self.spare,
            "URL": self.url,
            "TOKEN": self.token,
            "AUTHORITIES": self.authorities or "",
        }
        variables = " ".join(f"{name}={shlex.quote(str(value))}" for name, value in given.items())
        return ["sh", "-ec", f"export {variables}\n{script}"]
