"""Proof that the journal is as it was written: hash chains, gaps, and the head that the read model remembers."""

from dataclasses import dataclass

from store.pool import Conn


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong with a journey's stream at `version`: a code, and a sentence for an auditor."""

    journey_id: str
    version: int
    problem: str
    detail: str


async def verify(conn: Conn, journey_id: str | None = None) -> list[Finding]:
    """Check one journey, or all of them when `journey_id` is None; an empty list means nothing was changed."""
    raise NotImplementedError
