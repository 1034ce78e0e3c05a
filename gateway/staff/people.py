"""Who works with us: key workers and other staff."""

from dataclasses import replace
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query
from pydantic import Field

from domain.access import Actor
from domain.errors import Rejected
from domain.model import Code
from gateway.http.paging import NAME, Cursor, Links, place_of
from gateway.http.problems import DOCUMENTED
from gateway.http.security import Allow
from gateway.http.validation import Email
from gateway.journeys.bodies import Body
from gateway.services import Served
from store import staff
from store.staff import StaffMember

router = APIRouter(prefix="/v1", tags=["staff"], responses=DOCUMENTED)

Administrator = Annotated[Actor, Depends(Allow("administer"))]


class WorkerForm(Body):
    """A member of staff; no `cap` means the programme's."""

    name: Code
    role: Literal["key-worker", "coordinator", "manager"] = "key-worker"
    email: Email
    cap: int | None = Field(default=None, ge=1, le=100)
    active: bool = True
    team: Code | None = None
    area: Code | None = None


@router.get("/workers")
async def workers(
    _actor: Annotated[Actor, Depends(Allow("read", own=True))],
    services: Served,
    links: Links,
    cursor: Cursor = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 500,
) -> list[StaffMember]:
    """List staff, with how many families each holds. `Link` names the next page."""
    (after,) = place_of(cursor, NAME) or ("",)
    async with services.pool.acquire() as conn:
        rows = await staff.listing(conn, limit=limit, after=after)
    links.page(rows, limit, lambda row: (row.name,))
    return rows


@router.post("/workers", status_code=201)
async def add_worker(form: WorkerForm, _actor: Administrator, services: Served) -> StaffMember:
    """Add a member of staff, or bring a known one up to date."""
    member = StaffMember(**form.model_dump())
    async with services.pool.acquire() as conn:
        await staff.add(conn, member)
        return next(each for each in await staff.listing(conn) if each.name == member.name)


class Cap(Body):
    """How many open families a key worker may hold."""

    families: int = Field(ge=1, le=100)


@router.post("/workers/{name}/cap")
async def set_cap(name: Code, form: Cap, _actor: Administrator, services: Served) -> StaffMember:
    """Set a key worker's own caseload cap."""
    async with services.pool.acquire() as conn:
        known = await staff.get(conn, name)
        if known is None:
            raise Rejected("unknown-key-worker", f"no key worker {name}", "see journeys workers list")
        await staff.add(conn, replace(known, cap=form.families))
        return next(each for each in await staff.listing(conn) if each.name == name)
