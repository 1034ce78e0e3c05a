"""Proposals to claw back a claim: what changed, and what became of it; and what follows when a claim is given up."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from domain.canonical import plain
from domain.claims.clawback import Reassessment
from domain.claims.states import ClaimState
from domain.journey.commands import Proposed
from domain.journey.effects import Effect, EvaluateResults, ReviewClaims
from domain.journey.events import ClawbackDecided, Verdict
from domain.journey.stream import NewEvent
from store import claims, effects
from store.pool import Conn
from store.queries import queries

_SQL = queries("clawbacks")

ClawbackState = Literal["open", "withdrawn", "superseded", "upheld", "clawed-back"]


@dataclass(frozen=True, slots=True)
class Clawback:
    """One proposal. `limb` is the first part that changed, with its reports before and after; pounds are whole.

    `journey_id` is the journey it stands on: the family's newest when its cause was recorded.
    """

    claim_id: str
    cause: str
    journey_id: str
    limb: str
    verdict_before: Verdict
    verdict_after: Verdict
    amount_before: int
    amount_after: int
    limb_before: dict[str, Any]
    limb_after: dict[str, Any]
    raised_at: datetime
    state: ClawbackState = "open"
    ended_at: datetime | None = None
    decided_by: str | None = None
    reason: str | None = None


async def of_claim(conn: Conn, claim_id: str) -> list[Clawback]:
    """Return the proposals of a claim in the order they were raised."""
    return [Clawback(**dict(row)) for row in await conn.fetch(_SQL["of_claim"], claim_id)]


async def open_of(conn: Conn, claim_id: str) -> Clawback | None:
    """Return the open proposal of a claim, or None."""
    return next((held for held in await of_claim(conn, claim_id) if held.state == "open"), None)


async def propose(conn: Conn, journey_id: str, proposed: Proposed, found: Reassessment, at: datetime) -> None:
    """Raise a proposal on a journey, in place of the one that is open."""
    await conn.execute(_SQL["end"], proposed.claim_id, "superseded", at, None, None)
    change = found.changes[0]
    row: Mapping[str, Any] = {
        "claim_id": proposed.claim_id,
        "cause": proposed.cause,
        "journey_id": journey_id,
        "limb": proposed.limb,
        "verdict_before": proposed.verdict_before,
        "verdict_after": proposed.verdict_after,
        "amount_before": proposed.amount_before,
        "amount_after": proposed.amount_after,
        "limb_before": plain(change.before.model_dump(mode="json", by_alias=True)),
        "limb_after": plain(change.after.model_dump(mode="json", by_alias=True)),
        "raised_at": at,
    }
    await conn.execute(_SQL["propose"], [row])


async def withdraw(conn: Conn, claim_id: str, at: datetime) -> None:
    """End the open proposal of a claim, whose cause is gone."""
    await conn.execute(_SQL["end"], claim_id, "withdrawn", at, None, None)


async def give_up(  # noqa: PLR0913 - who, what, when and why
    conn: Conn, claim_id: str, step: Literal["reject", "find-unsound"], *, at: datetime, actor: str, reason: str | None
) -> ClaimState:
    """Move a claim that the payer or internal audit refused, and plan a review of what may have rested on it.

    Its journey is to be woken after the commit. Raise `Rejected`.
    """
    async with conn.transaction():
        state = await claims.move(conn, claim_id, step, at=at, actor=actor, reason=reason)
        await _look_again(conn, claim_id)
        return state


async def decide(conn: Conn, decided: NewEvent) -> None:
    """End the open proposal as a manager decided, and move the claim; in the transaction that keeps the event.

    What rested on a claim that was clawed back is reviewed. One that had been worth more than it was claimed for, and
    was not billed, is free to be claimed anew as of its own day. Both wait for the claim's journey to be woken.
    """
    event = decided.event
    if not isinstance(event, ClawbackDecided):
        raise TypeError(f"decide was given {event.type}")
    raised = await open_of(conn, event.claim_id)
    state = "upheld" if event.decision == "uphold" else "clawed-back"
    await conn.execute(_SQL["end"], event.claim_id, state, event.at, decided.actor, event.reason)
    if event.decision == "claw-back":
        await claims.move(conn, event.claim_id, "claw-back", at=event.at, actor=decided.actor, reason=event.reason)
        await _look_again(conn, event.claim_id, anew=raised is not None and raised.amount_after > raised.amount_before)


async def _look_again(conn: Conn, claim_id: str, *, anew: bool = False) -> None:
    """Plan what follows from a claim that was given up, once."""
    claim = await claims.get(conn, claim_id)
    if claim is None:
        raise LookupError(f"no claim {claim_id}")
    planned: list[Effect] = [ReviewClaims(effect_id=f"{claim_id}:given-up")]
    if anew:
        planned.append(EvaluateResults(effect_id=f"{claim_id}:anew", as_of=claim.as_of))
    for effect in planned:
        await effects.plan(conn, claim.journey_id, effect.effect_id, effect)
