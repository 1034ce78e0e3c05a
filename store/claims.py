"""The ledger of claims: one billable claim per family and result, for ever."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from domain.claim_file import ClaimReport
from domain.commands import Judged
from domain.events import Verdict
from domain.journey import Journey
from store.chain import plain
from store.pool import Conn
from store.queries import queries

_SQL = queries("claims")

ClaimState = Literal["eligible", "submitted", "paid", "rejected", "clawed-back"]


@dataclass(frozen=True, slots=True)
class Claim:
    """A result that may be claimed. `amount` is whole pounds; `explanation` the report its verdict was read from.

    `effect_id` names the evaluation that found it.
    """

    claim_id: str
    effect_id: str
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


async def lock(conn: Conn, journey_id: str) -> None:
    """Take the family's turn at the ledger, until the caller's transaction ends; the first statement of it."""
    await conn.execute(_SQL["lock"], journey_id.rpartition(":")[0])


async def record(
    conn: Conn, effect_id: str, journey: Journey, report: ClaimReport, *, recorded_at: datetime
) -> tuple[Judged, ...]:
    """Enter what a report makes payable into the ledger, and return its verdicts as the ledger took them.

    The caller holds the family's `lock` and keeps the verdicts with the effect, for a repeat. A result without a
    `claim_id` was not met, is not payable beside the others, or was claimed for the family before; its amount is 0.
    """
    await conn.execute(_SQL["record"], list(_rows(effect_id, journey, report, recorded_at)))
    held = {row["result"]: row for row in await conn.fetch(_SQL["of_effect"], effect_id)}
    return tuple(
        Judged(
            result=each.result,
            verdict=each.verdict,
            amount=held[each.result]["amount"] if each.result in held else 0,
            claim_id=held[each.result]["claim_id"] if each.result in held else None,
        )
        for each in report.results
    )


async def taken(conn: Conn, reference: str, effect_id: str) -> dict[str, int]:
    """Return the whole pounds a family claimed before, by result; what `effect_id` claimed itself is left out."""
    return {row["result"]: row["amount"] for row in await conn.fetch(_SQL["taken"], reference, effect_id)}


async def get(conn: Conn, claim_id: str) -> Claim | None:
    """Return a claim, or None when it is unknown."""
    row = await conn.fetchrow(_SQL["get"], claim_id)
    return None if row is None else Claim(**dict(row))


async def listing(
    conn: Conn, reference: str | None = None, state: ClaimState | None = None, limit: int = 500
) -> list[Claim]:
    """Return claims in the order they were recorded, of one family or state where given."""
    if reference is None:
        rows = await conn.fetch(_SQL["listing"], state, limit)
    else:
        rows = await conn.fetch(_SQL["of_family"], state, limit, reference)
    return [Claim(**dict(row)) for row in rows]


def _rows(effect_id: str, journey: Journey, report: ClaimReport, recorded_at: datetime) -> Iterator[dict[str, Any]]:
    for each in report.results:
        if each.result in report.payable.results:
            yield {
                "claim_id": f"{effect_id}:{each.result}",
                "effect_id": effect_id,
                "journey_id": journey.journey_id,
                "reference": journey.reference,
                "result": each.result,
                "as_of": report.as_of,
                "verdict": each.verdict,
                "amount": each.amount,
                "programme_hash": report.programme_hash,
                "explanation": plain(each.model_dump(mode="json", by_alias=True)),
                "recorded_at": recorded_at,
            }
