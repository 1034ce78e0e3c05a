"""`/v1/reconcile`: what Temporal's histories know and the journal does not, put back or named."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from domain.access import Actor
from domain.errors import Rejected
from domain.reconciled import Reconciled
from gateway.http.paging import NAME, Cursor, Links, place_of
from gateway.http.problems import DOCUMENTED
from gateway.http.security import Allow
from gateway.services import Served

router = APIRouter(prefix="/v1", tags=["upkeep"], responses=DOCUMENTED)


class FoundHere(Reconciled):
    """What was found in some journeys, and how many are left for the requests after this one."""

    left: int = 0


@router.post("/reconcile")
async def reconcile(
    _actor: Annotated[Actor, Depends(Allow("administer"))],
    services: Served,
    links: Links,
    reference: str | None = None,
    cursor: Cursor = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 25,
) -> FoundHere:
    """Read the histories of `limit` journeys, or of one family's, and put back what the journal lacks.

    To be run after a backup of the database was restored. Run again, it finds what it put back in its place.
    """
    (after,) = place_of(cursor, NAME) or ("",)
    known = await services.engine.histories.journeys()
    if known is None:
        raise Rejected(
            "no-listing", "this Temporal server lists no workflows, as the time-skipping one", "use a live stack"
        )
    wanted = f":{reference.strip().upper()}:" if reference else ":"
    ids = sorted(name for name in known if name > after and wanted in name)
    here = ids[:limit]
    found = await services.engine.reconcile({name: known[name] for name in here})
    left = len(ids) - len(here)
    if left:
        links.after(here[-1])
    return FoundHere(**found, left=left)
