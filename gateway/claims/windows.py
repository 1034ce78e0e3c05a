"""Claim windows as people use them: opened, looked at, gathered, submitted; claims audited and settled."""

from dataclasses import asdict
from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel

from domain.access import Actor
from domain.calendar import local_date
from domain.claims.states import ClaimState
from domain.claims.windows import ClaimWindow
from domain.errors import Rejected
from domain.model import Code, Confidence
from domain.programme.programme import Programme
from gateway.claims.ledger import known_claim
from gateway.http.paging import NAME, PLACE, Cursor, Links, place_of
from gateway.http.problems import DOCUMENTED
from gateway.http.security import Allow
from gateway.journeys.bodies import Body
from gateway.journeys.steps import Key, command_id
from gateway.services import Served, Services
from store import claim_windows, claims, clawbacks
from store.claim_windows import Audit, Draw, WindowClaim, window_id_of
from store.claims import Claim

router = APIRouter(prefix="/v1", tags=["claims"], responses=DOCUMENTED)

Reader = Annotated[Actor, Depends(Allow("read"))]
Limit = Annotated[int, Query(ge=1, le=500)]
Submitter = Annotated[Actor, Depends(Allow("submit"))]


class Shown(BaseModel):
    """A window of a programme, whether anyone opened it yet or not. Counts are of claims."""

    label: str
    opens: date
    closes: date
    source: str
    confidence: Confidence
    phase: Literal["not-opened", "waiting", "open", "closed"]
    ready: int = 0
    set_aside: int = 0
    to_audit: int = 0
    submitted: int = 0
    draws: list[Draw] = []


class Audited(Body):
    """What internal audit found of a claim, and why, as a code."""

    found: Audit
    why: Code


class Settled(Body):
    """What the payer made of a submitted claim."""

    outcome: Literal["paid", "rejected"]
    why: Code | None = None


class Stands(BaseModel):
    """Where a claim stands now."""

    claim_id: str
    state: ClaimState


@router.get("/claim-windows")
async def windows(
    *,
    _actor: Reader,
    services: Served,
    links: Links,
    programme: str | None = None,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> list[Shown]:
    """List the claim windows of a programme, with counts of their claims. `Link` names the next page."""
    pack = await services.programme(programme)
    (after,) = place_of(cursor, PLACE) or (0,)
    page = pack.windows[after : after + limit]
    links.page(page, limit, lambda _: (after + limit,))
    return [await _shown(services, pack, window) for window in page]


@router.get("/claim-windows/{label}/claims")
async def claims_of_window(  # noqa: PLR0913 - one argument a filter
    *,
    label: str,
    _actor: Reader,
    services: Served,
    links: Links,
    programme: str | None = None,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> list[WindowClaim]:
    """List the claims of a window with where they stand, as they were recorded. `Link` names the next page."""
    pack, _ = await _of_pack(services, label, programme)
    (after,) = place_of(cursor, NAME) or (None,)
    async with services.pool.acquire() as conn:
        rows = await claim_windows.claims_of(conn, window_id_of(pack, label), limit, after)
    links.page(rows, limit, lambda row: (row.claim_id,))
    return rows


@router.post("/claim-windows/{label}/open")
async def open_window(label: str, _actor: Submitter, services: Served, programme: str | None = None) -> Shown:
    """Start a claim window: it waits for its opening and then gathers. Once started, asking again changes nothing."""
    pack, window = await _of_pack(services, label, programme)
    today = await services.today()
    if today > window.closes:
        raise Rejected(
            "window-closed",
            f"claim window {label} closed on {window.closes}",
            "open the next one: journeys claims windows",
        )
    async with services.pool.acquire() as conn:
        kept = await claim_windows.keep(conn, pack, window)
    await services.engine.windows.start(kept.window_id)
    return await _shown(services, pack, window)


@router.post("/claim-windows/{label}/gather")
async def gather(
    label: str, _actor: Submitter, services: Served, programme: str | None = None, key: Key = None
) -> Shown:
    """Take in what became eligible, or holds again, since the window was opened."""
    pack, window = await _of_pack(services, label, programme)
    await services.engine.windows.gather(window_id_of(pack, label), command_id(key))
    return await _shown(services, pack, window)


@router.post("/claim-windows/{label}/submit")
async def submit(
    label: str, actor: Submitter, services: Served, programme: str | None = None, key: Key = None
) -> dict[str, Any]:
    """Submit every claim of an open window that still holds; refused until the audit sample was audited."""
    pack, _ = await _of_pack(services, label, programme)
    window_id, known_as = window_id_of(pack, label), command_id(key)
    reply = await services.engine.windows.submit(window_id, known_as, actor.code)
    async with services.pool.acquire() as conn:
        held = await claim_windows.submitted(conn, window_id, known_as)
    if set(reply["submitted"]) - set(held):  # Temporal remembers what a restored ledger does not hold
        return await services.engine.windows.submit(window_id, known_as, actor.code, anew=True)
    return reply


@router.post("/claims/{claim_id}/audit")
async def audit(
    claim_id: str, body: Audited, actor: Annotated[Actor, Depends(Allow("audit"))], services: Served
) -> Stands:
    """Keep what internal audit found of a claim in a running window; an unsound one is not submitted."""
    async with services.pool.acquire() as conn:
        claim = await known_claim(conn, claim_id)
        state = await claim_windows.audit(
            conn, claim_id, body.found, at=await services.now(), actor=actor.code, why=body.why
        )
    return await _stands(services, claim, state)


@router.post("/claims/{claim_id}/settle")
async def settle(claim_id: str, body: Settled, actor: Submitter, services: Served) -> Stands:
    """Record that a submitted claim was paid or rejected; what rested on a rejected one is reviewed."""
    now = await services.now()
    async with services.pool.acquire() as conn:
        claim = await known_claim(conn, claim_id)
        if body.outcome == "paid":
            state = await claims.move(conn, claim_id, "pay", at=now, actor=actor.code, reason=body.why)
        else:
            state = await clawbacks.give_up(conn, claim_id, "reject", at=now, actor=actor.code, reason=body.why)
    return await _stands(services, claim, state)


async def _stands(services: Services, claim: Claim, state: ClaimState) -> Stands:
    """Tell where a claim stands; the journey of one that was given up takes up the review that was planned."""
    if state == "rejected":
        await services.engine.wake([claim.journey_id])
    return Stands(claim_id=claim.claim_id, state=state)


async def _of_pack(services: Services, label: str, programme: str | None) -> tuple[Programme, ClaimWindow]:
    pack = await services.programme(programme)
    window = next((each for each in pack.windows if each.label == label), None)
    if window is None:
        known = ", ".join(each.label for each in pack.windows) or "none"
        raise Rejected("unknown-window", f"{pack.name} has no claim window {label}", f"it has: {known}")
    return pack, window


async def _shown(services: Services, pack: Programme, window: ClaimWindow) -> Shown:
    name = window_id_of(pack, window.label)
    async with services.pool.acquire() as conn:
        kept = await claim_windows.get(conn, name)
        held = await claim_windows.counted(conn, name)
        drawn = await claim_windows.draws(conn, name)
    days = asdict(kept) if kept else window.model_dump()
    today = local_date(await services.now())
    phase: Literal["waiting", "open", "closed"] = (
        "closed"
        if (kept and kept.closed) or today > days["closes"]
        else "open"
        if today >= days["opens"]
        else "waiting"
    )
    return Shown(
        label=window.label,
        opens=days["opens"],
        closes=days["closes"],
        source=window.source,
        confidence=window.confidence,
        phase=phase if kept else "not-opened",
        draws=drawn,
        **asdict(held),
    )
