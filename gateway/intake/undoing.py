"""An import undone: each family that only its file is known of is closed as opened in error, and its people erased.

The journal keeps that there was a referral and that it was a mistake; whom it was about is destroyed, so that a mended
file takes the same people as if it were the first.
"""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends
from pydantic import BaseModel

from domain.access import Actor
from domain.calendar import local_date
from domain.errors import Rejected
from domain.intake.undoing import happened_since
from domain.journey.commands import CloseJourney, EraseFamily
from domain.journey.evolve import fold
from gateway.http.problems import DOCUMENTED
from gateway.http.security import Allow
from gateway.intake.import_lines import SHORT
from gateway.journeys.bodies import Body
from gateway.services import Served, Services
from store import intake, journal, read_models
from store.intake import Imported

router = APIRouter(prefix="/v1/imports", tags=["path"], responses=DOCUMENTED)

SHORTEST = 8  # digits by which an import is named at least
HASH = 64
NAME = r"^[0-9a-f]{8,64}$"
SHOW = "see it: journeys show "


class Undo(Body):
    """Whether to undo, or (`dry_run`) to say what would be undone."""

    dry_run: bool = False


class UndoneFamily(BaseModel):
    """What becomes of one family: undone now, undone before, or left with the reason."""

    reference: str
    outcome: Literal["undone", "already-undone", "left"]
    reason: str = ""
    remedy: str = ""


class Undone(BaseModel):
    """What an undoing came to."""

    import_id: str
    dry_run: bool
    undone: int
    left: int
    families: list[UndoneFamily]


class State(BaseModel):
    """A family of an import as it stands: what happened to it since, and the version on which that was seen."""

    version: int
    closed: bool
    known_before: bool
    since: tuple[str, ...] = ()


@router.post("/{import_id}/undo")
async def undo_import(
    import_id: str, body: Undo, actor: Annotated[Actor, Depends(Allow("erase"))], services: Served
) -> Undone:
    """Undo an import; families to which anything else has happened are named and left.

    The same request again goes on where an earlier one stopped.
    """
    taken = await _taken(services, import_id)
    families = [await _undo(services, actor, each, dry_run=body.dry_run) for each in taken]
    left = [family for family in families if family.outcome == "left"]
    if not left and not body.dry_run:
        async with services.pool.acquire() as conn:
            await intake.forget_import(conn, taken[0].file_hash)
    return Undone(
        import_id=taken[0].file_hash[:SHORT],
        dry_run=body.dry_run,
        undone=sum(family.outcome == "undone" for family in families),
        left=len(left),
        families=families,
    )


async def _taken(services: Services, import_id: str) -> list[Imported]:
    remedy = "copy the id that the import printed"
    if not SHORTEST <= len(import_id) <= HASH or set(import_id) - set("0123456789abcdef"):
        raise Rejected("unknown-import", "not the id of an import", remedy)
    async with services.pool.acquire() as conn:
        taken = await intake.of_import(conn, import_id)
    if not taken:
        raise Rejected("unknown-import", f"no import {import_id} took any family", remedy)
    if len({each.file_hash for each in taken}) > 1:
        raise Rejected("unknown-import", f"several imports begin with {import_id}", "give more characters of the id")
    return taken


async def _undo(services: Services, actor: Actor, family: Imported, *, dry_run: bool) -> UndoneFamily:
    state = await _state(services, family)
    if state is None:
        return UndoneFamily(reference=family.reference, outcome="already-undone", reason="it has no journey")
    if state.closed and family.spent:
        return UndoneFamily(reference=family.reference, outcome="already-undone")
    if state.since and not (state.closed and state.since == ("journey-closed",)):
        return _left(family, f"since then: {', '.join(state.since)}")
    if not dry_run:
        try:
            await _take_back(services, actor, family, state)
        except Rejected as rejected:
            return _left(family, rejected.reason, rejected.remedy)
    reason = "known before: its earlier journeys and its people stay" if state.known_before else ""
    return UndoneFamily(reference=family.reference, outcome="undone", reason=reason)


async def _state(services: Services, family: Imported) -> State | None:
    """Return how a family stands; None when its journey was never opened."""
    async with services.pool.acquire() as conn:
        recorded = await journal.timeline(conn, family.journey_id)
        journeys = await read_models.by_reference(conn, family.reference)
    if not recorded:
        return None
    journey = fold(each.event for each in recorded)
    mistaken = journey.outcome == "opened-in-error"
    since = list(happened_since(each.event for each in recorded))
    if not mistaken and journeys[-1].journey_id != family.journey_id:
        since.append("referred again")
    return State(
        version=journey.version,
        closed=mistaken,
        known_before=journeys[0].journey_id != family.journey_id,
        since=tuple(since),
    )


async def _take_back(services: Services, actor: Actor, family: Imported, state: State) -> None:
    """Close the journey as a mistake, on the version that was judged; erase the people, if they came with it.

    The version is in the commands' ids: what was refused because something happened meanwhile is judged anew.
    """
    now = await services.now()
    common = {"at": now, "actor": actor.code}
    close = CloseJourney(
        command_id=f"undo:{family.key}:{state.version}",
        on=local_date(now),
        outcome="opened-in-error",
        seen_version=state.version,
        **common,
    )
    if not state.closed:
        await services.engine.submit(family.journey_id, close)
    if state.known_before:
        async with services.pool.acquire() as conn:
            await intake.spend(conn, family.key)
    else:
        erase = EraseFamily(
            command_id=f"undo-erase:{family.key}:{state.version}",
            reason="opened-in-error",
            despite_claims=True,
            **common,
        )
        await services.engine.submit(family.journey_id, erase)


def _left(family: Imported, reason: str, remedy: str = "") -> UndoneFamily:
    return UndoneFamily(
        reference=family.reference, outcome="left", reason=reason, remedy=remedy or f"{SHOW}{family.reference}"
    )
