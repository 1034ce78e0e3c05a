"""The ledger of claims: one billable claim per family and result, for ever."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from domain.events import Verdict
from store.pool import Conn

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

    None: the family's claim on this result exists already, under another id.
    """
    raise NotImplementedError


async def get(conn: Conn, claim_id: str) -> Claim | None:
    """Return a claim, or None when it is unknown."""
    raise NotImplementedError


async def listing(conn: Conn, reference: str | None = None, state: ClaimState | None = None, limit: int = 500) -> list[Claim]:
    """Return claims in the order they were recorded, of one family or state where given."""
    raise NotImplementedError
