"""Find a family by what a caller says: a name, a date of birth, an identifier or an address, also nearly spelled."""

import asyncio
from typing import Annotated

import structlog
from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from domain.access import Actor, may
from domain.family import is_reference
from domain.intake.finding import Likeness, Term, as_number, likeness, terms_of
from domain.intake.identity import NUMBERS
from gateway.http.problems import DOCUMENTED
from gateway.http.security import Allow
from gateway.journeys.families import theirs
from gateway.journeys.household import ShownFamily, of_stays
from gateway.journeys.looks import families_of, looked
from gateway.services import Served, Services
from store import families, finding, members, read_models
from store.pool import Conn, Pool
from store.read_models import JourneyRow
from store.vault import Vault, find_people

router = APIRouter(prefix="/v1", tags=["reading"], responses=DOCUMENTED)

AT_ONCE = 200  # families made findable in one turn
READ = 200  # families that are read to see whether they fit
EVERY = 15.0  # seconds between the turns

log = structlog.stdlib.get_logger()


class Find(BaseModel):
    """What somebody says of a family. It goes in a body: an address is written down in too many places."""

    text: str = Field(min_length=1, max_length=200, description="Words of names or an address, a day, an identifier.")
    limit: int = Field(default=20, ge=1, le=100)


class Match(BaseModel):
    """A family that fits, by its newest journey."""

    likeness: Likeness
    journey: JourneyRow
    family: ShownFamily


class Matches(BaseModel):
    """Families that fit, those that do exactly first; `more` says that others fit, too."""

    found: list[Match]
    more: bool = False


@router.post("/find")
async def find(
    form: Find, actor: Annotated[Actor, Depends(Allow("read-names", own=True))], services: Served
) -> Matches:
    """Find families by name, date of birth, identifier or address; a key worker finds those held or offered.

    Each part of what is said must fit the family. Who asked and how many were found is logged, never the words.
    """
    terms = terms_of(form.text, await services.today())
    async with services.pool.acquire() as conn:
        await finding.make_findable(conn, services.vault, AT_ONCE)
        found = await _found(services, conn, actor, form.text, terms)
        told = found[: form.limit]
        await looked(conn, actor, {match.journey.reference for match in told}, "find")
    log.info("find", found=len(found), told=len(told))
    return Matches(found=told, more=len(found) > len(told))


class Named(BaseModel):
    """Families whose people are asked for."""

    references: list[str] = Field(max_length=500)


class People(BaseModel):
    """Families by reference: those that the actor may read and that were not erased."""

    families: dict[str, ShownFamily]


@router.post("/names")
async def names(
    form: Named, actor: Annotated[Actor, Depends(Allow("read-names", own=True))], services: Served
) -> People:
    """Tell the people and the address of these families; a key worker's are those held or offered."""
    async with services.pool.acquire() as conn:
        rows = await read_models.newest(conn, form.references)
        own = [row for row in rows if may(actor, "read-names", theirs(actor, row))]
        told = await families_of(services, conn, actor, own)
    return People(families={row.reference: told[row.journey_id] for row in own if row.journey_id in told})


async def _found(services: Services, conn: Conn, actor: Actor, text: str, terms: tuple[Term, ...]) -> list[Match]:
    """Return every family that fits and that the actor may read, those that fit exactly first."""
    worker = actor.name if actor.role == "key-worker" else None
    named = await _named(services, conn, text)
    likely = await finding.candidates(conn, services.vault, terms, worker, READ)
    found = []
    going_on = await families.survivors(conn, [*named, *likely])
    named = [going_on[reference] for reference in named]
    for reference in dict.fromkeys(going_on.values()):
        family = await services.vault.read_family(conn, reference)
        journeys = await read_models.by_reference(conn, reference)
        if family is None or not journeys or (worker and theirs(actor, journeys[-1]) != worker):
            continue
        alike: Likeness | None = (
            "exact" if reference in named else await _alike(services, conn, terms, reference, going_on)
        )
        if alike is not None:
            stays = await members.stays(conn, [reference])
            own = of_stays(family, [stay for stay in stays if stay.journey_id == journeys[-1].journey_id])
            found.append(Match(likeness=alike, journey=journeys[-1], family=own))
    return sorted(found, key=lambda match: match.likeness)


async def _alike(
    services: Services, conn: Conn, terms: tuple[Term, ...], reference: str, going_on: dict[str, str]
) -> Likeness | None:
    """Return how well a family fits, by its own record or by that of one that was merged into it."""
    of = [other for other, survivor in going_on.items() if survivor == reference]
    records = [await services.vault.read_family(conn, other) for other in dict.fromkeys((reference, *of))]
    found = [likeness(terms, finding.card_of(record)) for record in records if record is not None]
    return min((each for each in found if each is not None), default=None)


async def _named(services: Services, conn: Conn, text: str) -> list[str]:
    """Return the families that the whole text is the reference or an identifier of."""
    reference = text.strip().upper()
    if is_reference(reference):
        return [reference]
    number = as_number(text)
    if number is None:
        return []
    digests = [services.vault.subject_digest(scheme, number) for scheme in (*NUMBERS, "uprn")]
    return sorted({match.reference for match in await find_people(conn, digests)})


async def keep_findable(pool: Pool, vault: Vault) -> None:
    """Make what families are found by, again and again: for those from before it was kept, and those that change."""
    while True:
        try:
            async with pool.acquire() as conn:
                made = await finding.make_findable(conn, vault, AT_ONCE)
        except Exception as fault:  # noqa: BLE001 - it must outlive a database that is away
            log.warning("families cannot be made findable", error=type(fault).__name__)
            made = 0
        if not made:
            await asyncio.sleep(EVERY)
