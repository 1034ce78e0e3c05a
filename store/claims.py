"""The ledger of claims: one billable claim per family and result, for ever."""

from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any, Literal

from domain.events import Verdict
from store.pool import Conn
from store.queries import queries

_SQL = queries("claims")

ClaimState = Literal["eligible", "submitted", "paid", "rejected", "clawed-back"]


@dataclass(frozen=True, slots=True)
class Claim:
    """A result as evaluated. `amount` is whole pounds; `explanation` the tree the verdict was read from."""

    claim_id: str
    journey_id: str
    reference: str
    result: str
    as_of: date
    verdict: Verdict
    amount: int
    programme_hash: str
    explanation: dict[str, Any]
    recorded_at: datetime
    state: ClaimState = "eligible"


async def record(conn: Conn, claim: Claim) -> str | None:
    """Record a claim once; return its id (also when this same claim was recorded before).

    None: the family's claim on this result exists already, under another id. Make the id from the effect's, so that a
    retry brings the same one.
    """
    row = [getattr(claim, each.name) for each in fields(claim)]
    kept: str | None = await conn.fetchval(_SQL["record"], *row)
    return kept or await conn.fetchval(_SQL["known"], claim.claim_id)


async def get(conn: Conn, claim_id: str) -> Claim | None:
    """Return a claim, or None when it is unknown."""
    row = await conn.fetchrow(_SQL["get"], claim_id)
    return None if row is None else Claim(**dict(row))


async def listing(
    conn: Conn, reference: str | None = None, state: ClaimState | None = None, limit: int = 500
) -> list[Claim]:
    """Return claims in the order they were recorded, of one family or state where given."""
    return [Claim(**dict(row)) for row in await conn.fetch(_SQL["listing"], reference, state, limit)]
