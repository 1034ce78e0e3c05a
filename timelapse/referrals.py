"""The referrals of a time-lapse, taken through the CLI's own import, as a coordinator would."""

import asyncio
import json
import os
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

BAD_INPUT = 2
PARTLY_REFUSED = 3
FUTURE = "future-date"


class FileRefusedError(Exception):
    """The referral file cannot be imported at all."""


@dataclass(frozen=True)
class NewFamily:
    """A family that this import took."""

    number: str
    reference: str


@dataclass
class Imported:
    """What the import has said so far; `faults` are those of its last run."""

    url: str
    token: str
    faults: list[dict[str, Any]] = field(default_factory=list)
    unfinished: bool = True

    async def take(self, path: Path) -> list[NewFamily]:
        """Import the file again and return the families that are new; rows dated ahead of today wait for theirs."""
        families = (await self._journeys("import", str(path), "--json"))["families"]
        self.faults = [fault for family in families for fault in family["faults"]]
        self.unfinished = any(fault["code"] == FUTURE for fault in self.faults)
        return [
            NewFamily(family["family_no"], family["reference"]) for family in families if family["outcome"] == "taken"
        ]

    async def _journeys(self, *arguments: str) -> dict[str, Any]:
        """Run the CLI and return the JSON that it printed."""
        process = await asyncio.create_subprocess_exec(
            str(Path(sys.executable).with_name("journeys")),
            *arguments,
            env={**os.environ, "JOURNEYS_URL": self.url, "JOURNEYS_TOKEN": self.token},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        out, err = await process.communicate()
        if process.returncode == BAD_INPUT:
            problem = json.loads(err)
            raise FileRefusedError(f"{problem['detail']}; {problem['remedy']}")
        if process.returncode not in {0, PARTLY_REFUSED}:
            raise RuntimeError(f"journeys {arguments[0]} ended with {process.returncode}: {err.decode()}")
        told: dict[str, Any] = json.loads(out)
        return told
