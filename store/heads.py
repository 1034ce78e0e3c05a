"""The end of each journal, kept outside the database under a key that its owner has not.

Whoever owns the tables could switch the guards off, rewrite events and chain them anew: every hash would agree. So
workers write down, in files of their own, at which event each journal stood and with which hash. A line is
authenticated by a key that is derived from the vault's, together with the line before it; what is kept is newer than a
journal only where the journal lost something.
"""

import hmac
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from domain.canonical import canonical
from store.pool import Conn
from store.queries import queries
from store.sealing import derived
from store.verify import Finding

_SQL = queries("heads")
PURPOSE = "journal heads"
SUFFIX = ".heads"
Head = tuple[int, str]  # the version of a journal's last event, and its hash in hex


@dataclass
class Kept:
    """The newest head kept of each journal, and the files that are not as they were written."""

    heads: dict[str, Head] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)

    def add(self, heads: Mapping[str, Head]) -> None:
        """Take in heads; an older one says nothing new."""
        for name, head in heads.items():
            if head[0] >= self.heads.get(name, (0, ""))[0]:
                self.heads[name] = head


class Writer:
    """One process's file: lines are added, each authenticated with the one before it."""

    def __init__(self, file: Path, vault_key: bytes) -> None:
        self._file = file
        self._key = derived(vault_key, PURPOSE)
        self._last = ""

    def write(self, heads: Mapping[str, Head], at: datetime) -> None:
        """Add a line."""
        body = {"at": at.isoformat(), "heads": heads, "after": self._last}
        self._last = _mac(self._key, body)
        with self._file.open("a", encoding="utf-8") as file:
            file.write(json.dumps({**body, "mac": self._last}) + "\n")


def read(folder: Path, vault_key: bytes) -> Kept:
    """Read every file of a folder; nothing is taken from what follows a line that is not as it was written."""
    kept, key = Kept(), derived(vault_key, PURPOSE)
    for file in sorted(folder.glob(f"*{SUFFIX}")):
        for heads in _lines(file, key):
            if heads is None:
                kept.broken.append(file.name)
            else:
                kept.add(heads)
    return kept


def _lines(file: Path, key: bytes) -> Iterator[dict[str, Head] | None]:
    last = ""
    with file.open(encoding="utf-8", errors="replace") as lines:
        for line in lines:
            if not line.endswith("\n"):
                return  # cut off by a crash while it was written
            try:
                told = json.loads(line)
                mac = told.pop("mac")
            except (ValueError, KeyError, TypeError, AttributeError):
                yield None
                return
            if told.get("after") != last or not hmac.compare_digest(str(mac), _mac(key, told)):
                yield None
                return
            last = mac
            yield {name: (version, head) for name, (version, head) in told["heads"].items()}


def _mac(key: bytes, body: Mapping[str, object]) -> str:
    return hmac.digest(key, canonical(json.loads(json.dumps(body))), "sha256").hex()


async def current(conn: Conn) -> dict[str, Head]:
    """Return where each journal stands, as the read model says; `verify` holds that to the events."""
    return {row["journey_id"]: (row["version"], row["head"].hex()) for row in await conn.fetch(_SQL["current"])}


async def differing(conn: Conn, kept: Mapping[str, Head]) -> list[Finding]:
    """Return the journals that do not hold the event that was kept as their end, with its hash."""
    names = list(kept)
    versions, hashes = [kept[name][0] for name in names], [bytes.fromhex(kept[name][1]) for name in names]
    return [
        Finding(
            journey_id=row["journey_id"],
            version=row["version"],
            problem="other-than-kept",
            detail=f"event {row['version']} is missing, or is not the one whose hash was kept outside the database",
        )
        for row in await conn.fetch(_SQL["differing"], names, versions, hashes)
    ]
