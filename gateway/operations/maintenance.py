"""Keeping the system sound: read models made anew, the journal proven, timers armed again, and its health."""

from typing import Annotated

import asyncpg
from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel

from domain.access import Actor
from domain.errors import Rejected
from domain.family import is_reference
from gateway.http.paging import NAME, Cursor, Links, place_of
from gateway.http.problems import DOCUMENTED
from gateway.http.security import Allow
from gateway.journeys.families import family
from gateway.operations.heads import kept_outside
from gateway.services import Served
from store import claim_windows, inbox, read_models
from store import doctor as facts
from store.pool import Conn
from store.rebuild import Rebuilt, rebuild_journeys
from store.rebuild import rebuild as rebuild_read_models
from store.verify import Finding
from store.verify import verify as verify_journal

router = APIRouter(prefix="/v1", tags=["upkeep"], responses=DOCUMENTED)
health = APIRouter(tags=["health"])

ROOM = "SELECT count(*) FROM generate_series(1, 300000)"  # beyond its memory it goes through a file of some 4 MiB
MOST = 500  # findings told of at once: one of them is reason enough for a backup
Administrator = Annotated[Actor, Depends(Allow("administer"))]


class Verified(BaseModel):
    """What a check of the journal found; no findings: nothing was changed. `left_out` counts those beyond the first."""

    sound: bool
    findings: list[Finding]
    left_out: int = 0


class Rearmed(BaseModel):
    """How many open journeys run again, and how many are left for the requests after this one."""

    journeys: int
    left: int = 0


class Retried(BaseModel):
    """How many attempts were brought forward."""

    attempts: int


class Swept(BaseModel):
    """How many events wait to be handed to their journeys, or to be applied there."""

    waiting: int


class Health(BaseModel):
    """Which parts answer, and whether the database can write: a full disk lets it read on."""

    database: bool
    temporal: bool
    room: bool


@router.post("/rebuild")
async def rebuild(_actor: Administrator, services: Served, reference: str | None = None) -> Rebuilt:
    """Make the read models anew from the journal, all of them or one family's."""
    async with services.pool.acquire() as conn:
        if reference is None:
            return await rebuild_read_models(conn)
        return await rebuild_journeys(conn, await _streams(conn, reference))


@router.get("/verify")
async def verify(
    _actor: Annotated[Actor, Depends(Allow("verify"))], services: Served, reference: str | None = None
) -> Verified:
    """Check the hash chains of the whole journal, or of one family's journeys."""
    async with services.pool.acquire() as conn:
        rows = await family(conn, reference) if reference else []
        ids = [row.journey_id for row in rows] if reference else [None]
        findings = [finding for journey_id in ids for finding in await verify_journal(conn, journey_id)]
        findings += await kept_outside(conn, services.settings, ids)
    return Verified(sound=not findings, findings=findings[:MOST], left_out=max(0, len(findings) - MOST))


@router.post("/rearm")
async def rearm(
    _actor: Administrator,
    services: Served,
    links: Links,
    reference: str | None = None,
    cursor: Cursor = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 25,
) -> Rearmed:
    """Start the workflow of every open journey and claim window, as after the loss of the whole Temporal cluster.

    A request starts `limit` journeys, waits until a worker has taken them up, and names the next one in `Link`: a step
    that somebody takes meanwhile waits behind so many.
    With a `reference` that family's journeys also look at their journals again and arm their timers anew.
    """
    (after,) = place_of(cursor, NAME) or ("",)
    async with services.pool.acquire() as conn:
        if reference is not None:
            return Rearmed(journeys=await services.engine.wake(await _to_mend(conn, reference)))
        ids = sorted(name for name in await read_models.open_journey_ids(conn) if name > after)
        windows = [] if cursor else await claim_windows.unclosed(conn)
    for window_id in windows:
        await services.engine.windows.start(window_id)
    started = await services.engine.rearm(ids[:limit])
    left = len(ids) - started
    if left:
        await services.engine.taken_up(ids[started - 1])
        links.after(ids[started - 1])
    return Rearmed(journeys=started, left=left)


@router.post("/retry")
async def retry(_actor: Administrator, services: Served, reference: str) -> Retried:
    """Try at once what failed for a family and waits for its next attempt."""
    async with services.pool.acquire() as conn:
        names = await _to_mend(conn, reference)
    return Retried(attempts=await services.engine.survey.retry(names))


@router.post("/sweep")
async def sweep(_actor: Administrator, services: Served) -> Swept:
    """Hand over what waits in the inbox now, and not at the next sweep."""
    async with services.pool.acquire() as conn:
        states = await inbox.counts(conn)
    services.mail.set()
    return Swept(waiting=states["received"] + states["forwarded"])


async def _streams(conn: Conn, reference: str) -> list[str]:
    """Return the ids of a family's journeys as the journal knows them; refuse a reference that nobody has."""
    return _known(await facts.streams_of(conn, reference.strip().upper()) if _well_formed(reference) else [])


async def _to_mend(conn: Conn, reference: str) -> list[str]:
    """Return the ids of a family's journeys that repairs are for; refuse a reference that nobody has."""
    return _known(await facts.to_mend(conn, reference.strip().upper()) if _well_formed(reference) else [])


def _well_formed(reference: str) -> bool:
    return is_reference(reference.strip().upper())


def _known(names: list[str]) -> list[str]:
    if not names:
        raise Rejected("unknown-reference", "no family has that reference", "check it with: journeys list")
    return names


@health.get("/healthz")
async def healthz() -> dict[str, str]:
    """Tell that the process is up."""
    return {"status": "up"}


@health.get("/readyz")
async def readyz(services: Served, response: Response) -> Health:
    """Tell whether the database and Temporal answer, and the database has room to write; 503 when one does not."""
    database, room = await _database(services)
    state = Health(database=database, temporal=await services.engine.ready(), room=room)
    response.status_code = 200 if database and room and state.temporal else 503
    return state


async def _database(services: Served) -> tuple[bool, bool]:
    """Tell whether the database answers, and whether its disk takes some MiB more, which are given back at once."""
    try:
        async with services.pool.acquire(timeout=2) as conn, conn.transaction():
            await conn.execute("SET LOCAL work_mem = '64kB'")
            await conn.fetchval(ROOM, timeout=5)
    except asyncpg.InsufficientResourcesError:
        return True, False
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
        return False, False
    return True, True
