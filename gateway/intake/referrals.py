"""A referral taken: judged, given a reference, its people put in the vault, and its journey opened."""

from collections.abc import Sequence
from datetime import date
from itertools import takewhile
from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import Field

from domain.access import Actor, may
from domain.errors import Rejected
from domain.family import Member, Role
from domain.intake.questions import WORDS, GivenAnswer
from domain.intake.referral import Terms
from domain.intake.referring import check_family, rows_of
from domain.journey.commands import JoinReferral, ReferFamily
from domain.journey.decide import decide
from domain.journey.evolve import fold
from domain.journey.facts import NO_FACTS
from domain.rules.spans import DAY
from domain.stays import Away
from gateway.http.problems import DOCUMENTED, NotTaken
from gateway.http.security import Allow
from gateway.intake.reservations import Taking, digests, left_out, let_leave, reserve, undo
from gateway.journeys.bodies import Answer, Body
from gateway.journeys.steps import Key, command_id
from gateway.services import Served, Services
from store import inbox, journal, members, read_models
from store.intake import Intake
from store.members import Stay
from store.pool import Conn
from store.read_models import JourneyRow

MOST_ANSWERS = 30
MOST_TOLD = 200  # members; how many a family may have is judged by the rules, and these are many more
NUMBERS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")

router = APIRouter(prefix="/v1/journeys", tags=["path"], responses=DOCUMENTED)

APART = "name each person once; give twins a name or a number each"


class MemberForm(Body):
    """A member as told; every field is text, judged by the one set of rules."""

    role: str = ""
    surname: str = ""
    forename: str = ""
    date_of_birth: str = ""
    expected: str = ""
    upn: str = ""
    nhs_number: str = ""
    nino: str = ""
    police_urn: str = ""


class ReferralForm(Body):
    """A referral as told; `referred_on` is today unless given."""

    referrer: str = ""
    referred_on: str = ""
    locality: str = ""
    criteria: tuple[str, ...] = ()
    address: str = ""
    postcode: str = ""
    uprn: str = ""
    members: tuple[MemberForm, ...] = Field(default=(), max_length=MOST_TOLD)
    answers: tuple[GivenAnswer, ...] = Field(
        default=(), max_length=MOST_ANSWERS, description="The answers about known families that it resembles."
    )
    programme: str | None = None


@router.post("", status_code=201)
async def refer(
    form: ReferralForm, actor: Annotated[Actor, Depends(Allow("refer"))], services: Served, key: Key = None
) -> Answer:
    """Refer a family: open its journey."""
    programme = await services.programme(form.programme)
    terms = Terms(programme=programme, today=await services.today())
    told = form.model_dump(exclude={"answers"}) | {"referred_on": form.referred_on or terms.today.isoformat()}
    checked = check_family(rows_of(told), terms)
    repeated = [fault.model_copy(update={"remedy": APART}) for fault in checked.dropped]
    if checked.referral is None or repeated:
        raise NotTaken([*checked.faults, *repeated])
    return await take(services, Taking(command_id(key), checked.referral, programme, actor, form.answers))


async def take(services: Services, taking: Taking) -> Answer:
    """Take a referral; the same key again goes on where an earlier try stopped, with the same reference.

    Raise `Rejected` when its people are known already, or `Unavailable`: then the same key may be tried again.
    """
    async with services.pool.acquire() as conn, conn.transaction():
        reserved = await reserve(services, conn, taking)
        rows = await read_models.by_reference(conn, reserved.reference)
        remarks = [*_known_from(rows, reserved), *await _not_kept(services, conn, taking, reserved)]
    earlier = tuple(row.journey_id for row in _before(rows, reserved))
    try:
        reply = await services.engine.submit(reserved.journey_id, await _command(services, taking, reserved, earlier))
    except Rejected:
        await undo(services, reserved.reference)
        raise
    async with services.pool.acquire() as conn:
        remarks += await let_leave(services, conn, taking.key, taking.actor)
        if await inbox.release(conn, digests(services, taking.referral)):
            services.mail.set()
    return Answer.of(reserved.reference, reply).model_copy(update={"remarks": remarks})


def _before(rows: Sequence[JourneyRow], reserved: Intake) -> list[JourneyRow]:
    """Return the family's journeys before the reserved one."""
    return list(takewhile(lambda row: row.journey_id != reserved.journey_id, rows))


def _known_from(rows: Sequence[JourneyRow], reserved: Intake) -> list[str]:
    """Say which journey of a known family this is, and how the one before ended."""
    before = _before(rows, reserved)
    if reserved.joins:
        first = next(row for row in rows if row.journey_id == reserved.journey_id)
        return [f"known family: this referral joins its open journey, referred by {first.referrer} {first.referred_on}"]
    if not before:
        return []
    last, place = before[-1], len(before)
    return [f"known family: {_ordinal(place + 1)} journey; the {_ordinal(place)} ended {last.outcome} {last.closed_on}"]


def _ordinal(number: int) -> str:
    return NUMBERS[number - 1] if number <= len(NUMBERS) else f"{number}th"


async def _not_kept(services: Services, conn: Conn, taking: Taking, reserved: Intake) -> list[str]:
    """Say which numbers were left out, as they are those of somebody else."""
    names = may(taking.actor, "read-names")
    return [
        f"the {WORDS[scheme]} of {f'{told.forename} {told.surname}' if names else f'person {told.line}'} was not kept:"
        " it is somebody else's, or another is recorded"
        for told, scheme in await left_out(services, conn, taking.referral, reserved)
    ]


async def try_out(services: Services, taking: Taking) -> bool:
    """Judge a referral as `take` would, and leave nothing behind; raise `Rejected` where it would be rejected.

    Return whether it would join an open journey.
    """
    async with services.pool.acquire() as conn:
        undone = conn.transaction()
        await undone.start()
        try:
            reserved = await reserve(services, conn, taking)
            journeys = [row.journey_id for row in await read_models.by_reference(conn, reserved.reference)]
            command = await _command(services, taking, reserved, tuple(journeys))
            journey = fold(one.event for one in await journal.timeline(conn, reserved.journey_id))
            decide(journey, command, NO_FACTS, taking.programme)
            return reserved.joins
        finally:
            await undone.rollback()


async def _command(
    services: Services, taking: Taking, reserved: Intake, earlier: tuple[str, ...]
) -> ReferFamily | JoinReferral:
    referral, programme = taking.referral, taking.programme
    async with services.pool.acquire() as conn:
        stays = [stay for stay in await members.stays(conn, [reserved.reference]) if stay.journey_id in earlier]
    people = tuple(
        _member(reserved.members[str(told.line)], told.role, referral.referred_on, stays) for told in referral.people
    )
    if reserved.joins:
        return JoinReferral(
            command_id=taking.key,
            at=await services.now(),
            actor=taking.actor.code,
            on=referral.referred_on,
            referrer=referral.referrer,
            criteria=referral.criteria,
            members=people,
        )
    return ReferFamily(
        command_id=taking.key,
        at=await services.now(),
        actor=taking.actor.code,
        on=referral.referred_on,
        journey_id=reserved.journey_id,
        reference=reserved.reference,
        area=programme.area,
        locality=referral.locality,
        programme=programme.name,
        programme_version=programme.version,
        programme_hash=programme.hash,
        members=people,
        referrer=referral.referrer,
        criteria=referral.criteria,
        earlier=earlier,
    )


def _member(member_id: str, role: Role, day: date, stays: Sequence[Stay]) -> Member:
    """Return a member of a new journey: who was of an earlier one belongs since then, and was away as it says.

    Who left it comes back on `day`, that of the referral.
    """
    own = [stay for stay in stays if stay.member_id == member_id]
    newest = [stay for stay in own if stay.journey_id == own[-1].journey_id]
    back = [*(stay.first for stay in newest[1:]), day]
    away = [
        Away(from_=stay.last + DAY, to=start - DAY)
        for stay, start in zip(newest, back, strict=False)
        if stay.last is not None and start is not None and start > stay.last + DAY
    ]
    return Member(id=member_id, role=role, from_=newest[0].first if newest else None, away=tuple(away))
