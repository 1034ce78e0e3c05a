"""What people look at: families on their way, one family's whole story, and what falls due."""

from dataclasses import asdict
from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel

from domain.access import Actor, may
from domain.calendar import calendar_of
from domain.errors import Rejected
from domain.ids import reference_of
from domain.journey.agenda import Deadline, agenda
from domain.journey.case_file import Distance
from domain.journey.events import AnyEvent
from domain.journey.evolve import fold
from domain.journey.next_steps import next_steps
from domain.journey.owed_work import OwedWork, owed_work
from domain.journey.state import UNHEARD, Journey, ReminderState
from domain.journey.stream import Recorded
from domain.programme.clocks import Holder, Work
from domain.stages import OnPath
from gateway.http.known_names import known
from gateway.http.paging import MOMENT, NAME, OWED, Cursor, Links, place_of
from gateway.http.problems import DOCUMENTED
from gateway.http.security import Allow
from gateway.http.validation import FRAGMENT
from gateway.journeys.families import Asked, OnFamily, etag, family, theirs
from gateway.journeys.household import ShownFamily, as_shown, is_shown, of_journey, shown
from gateway.journeys.looks import families_of, looked
from gateway.services import Served, Services
from store import claims, families, intake, journal, programmes, read_models
from store.claims import Claim
from store.intake import IdentityAnswer
from store.read_models import BEGINNING, DueRow, Filters, JourneyRow, OwedRow, ReminderRow

router = APIRouter(prefix="/v1", tags=["reading"], responses=DOCUMENTED)

NAMES = Allow("read-names", own=True)
Reader = Annotated[Actor, Depends(Allow("read", own=True))]
Limit = Annotated[int, Query(ge=1, le=500)]
Number = Annotated[
    int | None, Query(ge=1, lt=2**31, description="The number of the family's journey; default: the newest.")
]
Fragment = Annotated[str | None, Query(pattern=FRAGMENT)]


class Page(BaseModel):
    """Journeys by id; `families` are their people, by journey id, where asked for."""

    journeys: list[JourneyRow]
    families: dict[str, ShownFamily] | None = None


class Told(BaseModel):
    """One event of the timeline, by its number."""

    version: int
    event: AnyEvent
    actor: str
    recorded_at: datetime


class Shown(BaseModel):
    """One journey of a family, the newest unless another is asked for; `family` only for those who may read names.

    `unheard` are children who were not heard for 90 days, `distances`
    how far each need has come on its scale. `not_shown` events are evidence about people on days on which
    they were no members of this journey. `answers`, `erased_on` and `erased_for` are of the family, whichever of its
    journeys is shown; an answer says who the people of a referral were that was like another family (`about`).
    `merged` are families that were merged into this one; `followed` is the reference that was asked for, where that
    family was merged.
    """

    journey: Journey
    holder: str | None
    owed: list[OwedWork] = []
    next_steps: list[str] = []
    agenda: list[Deadline]
    reminders: list[ReminderRow] = []
    timeline: list[Told]
    claims: list[Claim]
    earlier: list[JourneyRow]
    answers: list[IdentityAnswer] = []
    family: ShownFamily | None = None
    unheard: list[str] = []
    distances: list[Distance] = []
    not_shown: int = 0
    merged: list[str] = []
    followed: str | None = None
    erased_on: date | None = None
    erased_for: str | None = None


class Fallen(BaseModel):
    """A reminder that fell due, with the family it is about and its chain since."""

    reference: str
    journey_id: str
    reminder_id: str
    work: Work
    to: Holder
    due_on: date
    late: bool
    escalation: bool
    state: ReminderState
    fault: str | None
    reason: str | None
    fell_due_at: datetime
    sent_at: datetime | None
    ended_at: datetime | None


class Reminders(BaseModel):
    """Reminders, oldest first."""

    reminders: list[Fallen]


@router.get("/journeys")
async def journeys(  # noqa: PLR0913 - one argument a filter
    *,
    actor: Reader,
    services: Served,
    links: Links,
    stage: OnPath | None = None,
    holder: str | None = None,
    area: str | None = None,
    locality: str | None = None,
    programme: str | None = None,
    reference: Fragment = None,
    overdue: bool = False,
    still_open: Annotated[bool, Query(alias="open", description="Leave out those that are closed.")] = False,
    names: bool = False,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page:
    """List journeys; a key worker sees those they hold. `reference` is a part of one; `overdue` is as of today.

    `names` asks for the people too, for those who may read names. `Link` names the next page.
    """
    if names:
        NAMES.check(actor, actor.name, "/v1/journeys")
    filters = Filters(
        stage=stage,
        area=area,
        locality=locality,
        key_worker=_of(actor, holder),
        programme=programme,
        reference=reference,
        open=True if still_open else None,
        overdue_on=await services.today() if overdue else None,
        offered=actor.role == "key-worker",
    )
    (after,) = place_of(cursor, NAME) or (None,)
    async with services.pool.acquire() as conn:
        rows = await read_models.journeys(conn, filters, after=after, limit=limit)
        if not rows and after is None:
            others = None if actor.role == "key-worker" else holder
            await known(conn, area=area, locality=locality, programme=programme, holder=others)
        families = await families_of(services, conn, actor, rows) if names else None
    links.page(rows, limit, lambda row: (row.journey_id,))
    return Page(journeys=rows, families=families)


@router.get("/journeys/{reference}")
async def show(
    *,
    asked: Annotated[Asked, Depends(OnFamily("read", by="either"))],
    services: Served,
    response: Response,
    journey: Number = None,
    names: bool = True,
) -> Shown:
    """Tell one family's whole story: where it is, what happened, what falls due, who holds it.

    With `names=false` nothing is read from the vault, and the look is recorded as one without names.

    The `ETag` goes with a step as `If-Match`: the step is refused if anything has happened since.
    """
    asked, followed = (await _followed(services, asked)) if journey is None else (asked, None)
    names = names and may(asked.actor, "read-names", theirs(asked.actor, asked.journey))
    newest, asked = asked.journey, asked.on(journey)
    row = asked.journey
    async with services.pool.acquire() as conn:
        recorded = await journal.timeline(conn, row.journey_id)
        programme = await programmes.get(conn, row.programme_hash)
        merged = sorted(await families.merged_into(conn, row.reference))
        ledger = [
            claim
            for reference in (row.reference, *merged)
            for claim in await claims.listing(conn, claims.Filters(reference=reference))
        ]
        chain = await read_models.reminders(conn, journey_id=row.journey_id)
        record = await services.vault.read_family(conn, row.reference) if names else None
        answers = await intake.answers_of(conn, row.reference)
        await looked(conn, asked.actor, [row.reference], "story-with-names" if record else "story")
    told, calendar = fold(one.event for one in recorded), calendar_of(programme.nation)
    own = [one for one in recorded if is_shown(one, told)]
    response.headers["etag"] = etag(row, told.version)
    return Shown(
        journey=shown(told),
        holder=told.holder,
        owed=list(owed_work(told, programme, calendar)),
        next_steps=list(next_steps(told, programme)),
        agenda=list(agenda(told, programme, calendar)),
        reminders=chain,
        timeline=[_told(one, told) for one in own],
        not_shown=len(recorded) - len(own),
        merged=merged,
        followed=followed,
        claims=ledger,
        earlier=list(asked.journeys[:-1]),
        answers=answers,
        family=of_journey(record, told) if record else None,
        distances=list(told.case.distances()),
        unheard=list(told.unheard(await services.today(), UNHEARD)),
        erased_on=newest.erased_on,
        erased_for=newest.erased_for,
    )


@router.get("/owed")
async def owed(  # noqa: PLR0913 - one argument a filter
    *,
    actor: Reader,
    services: Served,
    links: Links,
    holder: str | None = None,
    until: date | None = None,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> list[OwedRow]:
    """List what is owed, by holder and the oldest first, without a deadline last. `Link` names the next page."""
    after = place_of(cursor, OWED) or read_models.NOTHING_OWED
    async with services.pool.acquire() as conn:
        rows = await read_models.owed(conn, holder=_of(actor, holder), until=until, limit=limit, after=after)
        if not rows and actor.role != "key-worker":
            await known(conn, holder=holder)
    links.page(rows, limit, lambda row: row.place)
    return rows


@router.get("/due")
async def due(  # noqa: PLR0913 - one argument a filter
    *,
    actor: Reader,
    services: Served,
    links: Links,
    holder: str | None = None,
    until: datetime | None = None,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> list[DueRow]:
    """List what falls due, soonest first; a key worker sees the families they hold. `Link` names the next page."""
    after = place_of(cursor, MOMENT) or BEGINNING
    async with services.pool.acquire() as conn:
        rows = await read_models.due(conn, holder=_of(actor, holder), until=until, limit=limit, after=after)
        if not rows and actor.role != "key-worker":
            await known(conn, holder=holder)
    links.page(rows, limit, lambda row: (row.at, row.journey_id, row.deadline_id))
    return rows


@router.get("/reminders")
async def reminders(
    *,
    _actor: Annotated[Actor, Depends(Allow("read"))],
    services: Served,
    links: Links,
    state: ReminderState | None = None,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> Reminders:
    """List reminders that fell due, in the order they did. `Link` names the next page."""
    after = place_of(cursor, MOMENT) or BEGINNING
    async with services.pool.acquire() as conn:
        rows = await read_models.reminders(conn, state=state, limit=limit, after=after)
    links.page(rows, limit, lambda row: (row.fell_due_at, row.journey_id, row.reminder_id))
    return Reminders(reminders=[Fallen(reference=reference_of(row.journey_id), **asdict(row)) for row in rows])


async def _followed(services: Services, asked: Asked) -> tuple[Asked, str | None]:
    """Return the family that goes on for one that was merged, if the actor may see it, and the reference it had."""
    if asked.journey.merged_into is None:
        return asked, None
    async with services.pool.acquire() as conn:
        survivor = await families.survivor(conn, asked.journey.reference)
        there = Asked(asked.actor, await family(conn, survivor), asked.seen)
    if not may(asked.actor, "read", theirs(asked.actor, there.journey)):
        reason = f"{asked.journey.reference} was merged into {survivor}, which {asked.actor.name} does not hold"
        raise Rejected("not-allowed", reason, f"ask {there.journey.key_worker or 'a coordinator'}")
    return there, asked.journey.reference


def _of(actor: Actor, holder: str | None) -> str | None:
    return actor.name if actor.role == "key-worker" else holder


def _told(one: Recorded, journey: Journey) -> Told:
    return Told(version=one.version, event=as_shown(one, journey), actor=one.actor, recorded_at=one.recorded_at)
