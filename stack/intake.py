"""The referrals of a time-lapse, taken through the CLI's own import, as a coordinator would."""

import asyncio
import json
import os
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

PARTLY_REFUSED = 3
FUTURE = "future-date"


@dataclass(frozen=True)
class NewFamily:
    """A family that this import took."""

    number: str
    reference: str
    criteria: tuple[str, ...]


@dataclass
class Imported:
    """What the import has said so far; `faults` are those of its last run."""

    url: str
    token: str
    faults: list[dict[str, Any]] = field(default_factory=list)
    unfinished: bool = True

    async def take(self, path: Path) -> list[NewFamily]:
        """Import the file again and return the families that are new; rows dated ahead of today wait for theirs."""
        lines = await self._journeys("import", str(path), "--json")
        families = [line for line in lines if line["type"] == "family"]
        self.faults = [fault for line in families for fault in line["faults"]]
        self.unfinished = any(fault["code"] == FUTURE for fault in self.faults)
        return [
            NewFamily(line["family_no"], line["reference"], await self._criteria(line["reference"]))
            for line in families
            if line["outcome"] == "taken"
        ]

    async def _criteria(self, reference: str) -> tuple[str, ...]:
        shown = await self._journeys("show", reference, "--json")
        return tuple(shown[0]["journey"]["criteria"])

    async def _journeys(self, *arguments: str) -> list[dict[str, Any]]:
        """Run the CLI and return what it printed, one JSON value a line."""
        process = await asyncio.create_subprocess_exec(
            str(Path(sys.executable).with_name("journeys")),
            *arguments,
            env={**os.environ, "JOURNEYS_URL": self.url, "JOURNEYS_TOKEN": self.token},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        out, err = await process.communicate()
        if process.returncode not in {0, PARTLY_REFUSED}:
            raise RuntimeError(f"journeys {arguments[0]} ended with {process.returncode}: {err.decode()}")
        return [json.loads(line) for line in out.splitlines() if line.strip()]
