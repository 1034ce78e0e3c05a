"""The ledger of claims as people use it: listed, explained, and given out as claim files that anyone can check."""

from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel

from domain.access import Actor, may
from domain.claims.ages import ages_asked, with_ages
from domain.claims.claim_file import ClaimFile
from domain.claims.clawback import Learned, learned
from domain.claims.states import ClaimState
from domain.errors import Rejected
from domain.journey.commands import DecideClawback
from domain.journey.events import ClawbackDecision
from domain.model import Code
from domain.programme.programme import Programme
from domain.rules.finding import Finding
from gateway.http.known_names import known
from gateway.http.paging import NAME, Cursor, Links, place_of
from gateway.http.problems import DOCUMENTED
from gateway.http.security import Allow
from gateway.journeys.bodies import Answer, Body
from gateway.journeys.families import Asked, OnFamily, family, spelled
from gateway.journeys.steps import Key, command_id
from gateway.services import Served, Services
from store import claim_files, claims, clawbacks, programmes
from store.claim_files import Filed
from store.claims import Claim, Filters, Moved
from store.clawbacks import Clawback
from store.errors import Erased
from store.pool import Conn

router = APIRouter(prefix="/v1", tags=["claims"], responses=DOCUMENTED)

Limit = Annotated[int, Query(ge=1, le=500)]
Known = Literal["as-recorded", "now"]


class Explained(BaseModel):
    """Why a claim was recorded: the decision as kept, its pack, its way since, and what was learned.

    `report` is text, to the byte as it was recorded. `learned` is missing once the family was erased.
    """

    claim: Claim
    report: str
    findings: tuple[Finding, ...]
    programme: Programme
    moves: list[Moved]
    clawbacks: list[Clawback]
    learned: Learned | None


class Decide(Body):
    """What becomes of a claim whose clawback is proposed, and why, as a code."""

    decision: ClawbackDecision
    reason: Code


class Exported(BaseModel):
    """A claim file, and the pack to judge it by, as it was kept."""

    file: ClaimFile
    pack: dict[str, Any]


@router.get("/claims")
async def list_claims(  # noqa: PLR0913 - one argument a filter
    *,
    _actor: Annotated[Actor, Depends(Allow("read"))],
    services: Served,
    reference: str | None = None,
    state: ClaimState | None = None,
    result: str | None = None,
    programme: str | None = None,
    since: date | None = None,
    links: Links,
    cursor: Cursor = None,
    limit: Limit = 500,
) -> list[Claim]:
    """List the ledger of claims as recorded. `Link` names the next page."""
    (after,) = place_of(cursor, NAME) or (None,)
    named = None if reference is None else spelled(reference)
    filters = Filters(reference=named, state=state, result=result, programme=programme, since=since)
    async with services.pool.acquire() as conn:
        rows = await claims.listing(conn, filters, limit, after)
        if not rows and named is not None:
            await family(conn, named)
        if not rows and after is None:
            await known(conn, programme=programme, result=result)
    links.page(rows, limit, lambda row: (row.claim_id,))
    return rows


@router.get("/claims/{claim_id}")
async def explain_claim(claim_id: str, _actor: Annotated[Actor, Depends(Allow("read"))], services: Served) -> Explained:
    """Explain a claim: the decision as it was recorded, what was known then, and what has been learned since."""
    async with services.pool.acquire() as conn:
        claim = await known_claim(conn, claim_id)
        kept = await claims.kept(conn, claim_id)
        return Explained(
            claim=claim,
            report=kept.report,
            findings=kept.findings,
            programme=await claim_files.pack_of(conn, claim),
            moves=await claims.history(conn, claim_id),
            clawbacks=await clawbacks.of_claim(conn, claim_id),
            learned=await _learned(conn, services, claim, kept.findings),
        )


@router.get("/journeys/{reference}/claim-file")
async def export(
    asked: Annotated[Asked, Depends(OnFamily("export"))],
    services: Served,
    as_of: date | None = None,
    claim: str | None = None,
    known: Known = "as-recorded",
) -> Exported:
    """Give out a claim file: of a claim as it was recorded, or of the newest journey on the evidence there is now.

    Who may not read names gets, in place of dates of birth, the ages that the rules ask for: the report is the same.
    """
    async with services.pool.acquire() as conn:
        if claim is None:
            filed = await _of_journey(conn, services, asked, as_of)
        else:
            filed = await _of_claim(conn, services, await _own_claim(conn, asked, claim), as_of, known)
    if filed is None:
        raise Rejected(
            "not-held",
            f"{asked.journey.reference} has no key worker yet",
            f"allocate one first: journeys allocate {asked.journey.reference} --to NAME",
        )
    file = filed.file
    if not may(asked.actor, "read-names", asked.journey.key_worker):
        file = with_ages(file, ages_asked(file, filed.programme))
    async with services.pool.acquire() as conn:
        return Exported(file=file, pack=await programmes.content(conn, filed.programme.hash))


@router.post("/claims/{claim_id}/decide")
async def decide(
    claim_id: str,
    body: Decide,
    actor: Annotated[Actor, Depends(Allow("decide"))],
    services: Served,
    key: Key = None,
) -> Answer:
    """Uphold a claim against a proposed clawback, or claw it back."""
    async with services.pool.acquire() as conn:
        claim = await known_claim(conn, claim_id)
        raised = await clawbacks.of_claim(conn, claim_id)
    command = DecideClawback(
        command_id=command_id(key),
        at=await services.now(),
        actor=actor.code,
        claim_id=claim_id,
        decision=body.decision,
        reason=body.reason,
    )
    # Where the last proposal stands, open or not: a repeat of the command is answered there as before.
    reply = await services.engine.submit(raised[-1].journey_id if raised else claim.journey_id, command)
    if body.decision == "claw-back":
        await services.engine.wake([claim.journey_id])  # a review is planned there, of what rested on this claim
    return Answer.of(claim.reference, reply)


async def known_claim(conn: Conn, claim_id: str) -> Claim:
    """Return a claim; raise `Rejected` when there is none."""
    claim = await claims.get(conn, claim_id)
    if claim is None:
        raise Rejected("unknown-claim", f"no claim {claim_id}", "list them with: journeys claims list")
    return claim


async def _own_claim(conn: Conn, asked: Asked, claim_id: str) -> Claim:
    claim = await known_claim(conn, claim_id)
    if claim.reference != asked.journey.reference:
        raise Rejected(
            "unknown-claim", f"{claim_id} does not belong to {asked.journey.reference}", "list the family's claims"
        )
    return claim


async def _of_journey(conn: Conn, services: Services, asked: Asked, as_of: date | None) -> Filed | None:
    try:
        return await claim_files.of_journey(
            conn, services.vault, asked.journey.journey_id, as_of or await services.today()
        )
    except Erased as fault:
        raise _erased(asked.journey.reference) from fault


async def _of_claim(conn: Conn, services: Services, claim: Claim, as_of: date | None, known: Known) -> Filed:
    if as_of not in {None, claim.as_of}:
        remedy = "leave out --as-of, or leave out --claim for a file as of another day"
        raise Rejected("bad-dates", f"claim {claim.claim_id} was decided as of {claim.as_of}", remedy)
    make = claim_files.as_recorded if known == "as-recorded" else claim_files.as_known
    try:
        return await make(conn, services.vault, claim)
    except Erased as fault:
        raise _erased(claim.reference) from fault


def _erased(reference: str) -> Rejected:
    reason = f"{reference} was erased, and its dates of birth with it"
    return Rejected("erased", reason, "export a claim as it was recorded: journeys claims export REF --claim CLAIM")


async def _learned(conn: Conn, services: Services, claim: Claim, findings: tuple[Finding, ...]) -> Learned | None:
    try:
        then = await claim_files.as_recorded(conn, services.vault, claim)
        now = await claim_files.as_known(conn, services.vault, claim)
    except Erased:
        return None
    return learned(then.file, now.file, await claims.as_claimed(conn, claim), findings, now.programme)
