"""Proof that the journal is as it was written: hash chains, gaps, and the head that the read model remembers."""

from dataclasses import dataclass

from domain.journey.stream import GENESIS
from store.chain import chained
from store.pool import Conn, Record
from store.queries import queries

_SQL = queries("journal")


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong with a journey's stream at `version`: a code, and a sentence for an auditor."""

    journey_id: str
    version: int
    problem: str
    detail: str


async def verify(conn: Conn, journey_id: str | None = None) -> list[Finding]:
    """Check one journey, or all of them when `journey_id` is None; an empty list means nothing was changed.

    Memory does not grow with the journal. The end of a stream is compared with the head kept in `journeys`, in one
    snapshot, so that appends meanwhile do no harm.
    """
    async with conn.transaction(isolation="repeatable_read", readonly=True):
        return await findings(conn, journey_id)


async def findings(conn: Conn, journey_id: str | None = None) -> list[Finding]:
    """Do what `verify` does, inside a transaction of the caller that keeps appends out."""
    one = () if journey_id is None else (journey_id,)
    heads = await conn.fetch(_SQL["head_of" if one else "all_heads"], *one)
    walk = _Walk()
    async for row in conn.cursor(_SQL["events_of" if one else "all_events"], *one, prefetch=500):
        walk.step(row)
    return [*walk.findings, *_ends(walk.ends, {row["journey_id"]: row for row in heads})]


class _Walk:
    """What was seen so far on the way through the streams, in order."""

    def __init__(self) -> None:
        self.findings: list[Finding] = []
        self.ends: dict[str, tuple[int, bytes]] = {}

    def step(self, row: Record) -> None:
        """Look at the next event, and remember it as the end of its stream so far."""
        name, version = row["journey_id"], row["version"]
        last, last_hash = self.ends.get(name, (0, GENESIS))
        if version != last + 1:
            self._find(name, version, "gap", f"event {version} follows event {last}")
        elif row["prev_hash"] != last_hash:
            self._find(name, version, "broken-chain", f"event {version} does not chain to the event before it")
        if chained(dict(row)) != row["hash"]:
            self._find(name, version, "changed", f"event {version} is not as it was written")
        self.ends[name] = (version, row["hash"])

    def _find(self, journey_id: str, version: int, problem: str, detail: str) -> None:
        self.findings.append(Finding(journey_id, version, problem, detail))


def _ends(ends: dict[str, tuple[int, bytes]], heads: dict[str, Record]) -> list[Finding]:
    """Compare where each stream ends with where the read model says it does."""
    findings = []
    for name in sorted({*ends, *heads}):
        found = ends.get(name, (0, GENESIS))
        kept = (heads[name]["version"], heads[name]["head"]) if name in heads else (0, GENESIS)
        if found != kept:
            detail = f"the journal ends at event {found[0]}, the read model remembers event {kept[0]}"
            findings.append(Finding(name, found[0], "other-end", f"{detail} or another content of it"))
    return findings
