"""The people of a family as they change: who leaves, what was wrong, their numbers, how they are reached."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends
from pydantic import Field

from domain.calendar import local_date
from domain.errors import Rejected
from domain.family import MEMBER_ID, Role
from domain.intake.referral import Row
from domain.intake.referral_columns import IDENTIFIERS, BadCell, read
from domain.intake.referring import check_person
from domain.journey import commands as c
from domain.journey.events import ContactField, IdentifierChange, Leaving, PersonField
from domain.model import Code
from gateway.http.problems import ON_A_JOURNEY, NotTaken
from gateway.http.validation import EMAIL_OR_NONE, PHONE
from gateway.journeys.bodies import Answer, Body, Step
from gateway.journeys.families import Asked, OnFamily
from gateway.journeys.sealing import own_key, seal
from gateway.journeys.steps import Key, carry, command_id
from gateway.services import Served, Services
from store.people import FamilyRecord

router = APIRouter(prefix="/v1/journeys/{reference}/members", tags=["people"], responses=ON_A_JOURNEY)

MOST_ANSWERS = 30
FIELDS: Mapping[PersonField, str] = {
    "surname": "surname",
    "forename": "forename",
    "date-of-birth": "date_of_birth",
    "expected": "expected",
}
BIRTHS = ("date_of_birth", "expected")
Worked = Annotated[Asked, Depends(OnFamily("work"))]
Corrected = Annotated[Asked, Depends(OnFamily("correct"))]
MemberId = Annotated[str, Field(pattern=MEMBER_ID, description="The member's id, as show tells it, such as m2.")]
Journey = Annotated[int | None, Field(ge=1, description="Of which of the family's journeys; the newest if not said.")]


Phone = Annotated[str, Field(max_length=30, pattern=PHONE)]
Email = Annotated[str, Field(max_length=120, pattern=EMAIL_OR_NONE)]


class Leave(Step):
    """The last day on which a member was of the family, and why they left."""

    why: Leaving
    journey: Journey = None


class CorrectPerson(Body):
    """What should read otherwise of a member, and why; an empty `date_of_birth` is not known."""

    reason: Code
    role: Role | None = None
    surname: str | None = None
    forename: str | None = None
    date_of_birth: str | None = None
    expected: str | None = None
    joined: date | Literal["always"] | None = Field(default=None, description="The first day they were of the family.")
    left: date | Literal["open"] | None = Field(default=None, description="The last day; open: they have not left.")
    never_away: bool = Field(default=False, description="They did not leave and come back.")
    journey: Journey = None


class Number(Body):
    """A number of a member that is added, or taken away because it is wrong."""

    scheme: Literal["upn", "nhs_number", "nino", "police_urn"]
    number: str = Field(min_length=1, max_length=200)
    change: IdentifierChange = "added"
    reason: Code


class Contacts(Body):
    """How an adult is reached; an empty text takes away what is known."""

    phone: Phone | None = None
    email: Email | None = None


@router.post("/{member}/leave")
async def leave(member: MemberId, body: Leave, asked: Worked, services: Served, key: Key = None) -> Answer:
    """Let a member be of the family no more: what partners tell of later days goes elsewhere."""

    def order(common: dict[str, Any]) -> c.RecordLeaving:
        return c.RecordLeaving(on=body.on or local_date(common["at"]), member_id=member, why=body.why, **common)

    return await carry(services, asked.on(body.journey), order, key)


@router.post("/{member}/correct")
async def correct(member: MemberId, body: CorrectPerson, asked: Corrected, services: Served, key: Key = None) -> Answer:
    """Correct what is recorded of a member; claims are looked at again."""
    key = own_key(key)
    given = {column: text for column in FIELDS.values() if (text := getattr(body, column)) is not None}
    await _possible(services, asked, member, body, given)
    said = await _said_anew(services, given)
    personal = await seal(services, asked, command_id(key), said) if said else None

    def order(common: dict[str, Any]) -> c.CorrectMember:
        return c.CorrectMember(
            member_id=member,
            reason=body.reason,
            fields=tuple(field for field, column in FIELDS.items() if column in given),
            role=body.role,
            from_=body.joined,
            to=body.left,
            never_away=body.never_away,
            personal=personal,
            **common,
        )

    answer = await carry(services, asked.on(body.journey), order, key)
    services.mail.set()
    return answer


@router.post("/{member}/identifier")
async def identifier(member: MemberId, body: Number, asked: Corrected, services: Served, key: Key = None) -> Answer:
    """Give a member a number, or take a wrong one away."""
    key = own_key(key)
    said = {"number": _cell(body.scheme, body.number, await services.today())}
    personal = await seal(services, asked, command_id(key), said)

    def order(common: dict[str, Any]) -> c.ChangeIdentifier:
        scheme = IDENTIFIERS[body.scheme]
        told = {"member_id": member, "scheme": scheme, "change": body.change, "reason": body.reason}
        return c.ChangeIdentifier.model_validate({**told, "personal": personal, **common})

    answer = await carry(services, asked, order, key)
    services.mail.set()
    return answer


@router.post("/{member}/contacts")
async def contacts(member: MemberId, body: Contacts, asked: Worked, services: Served, key: Key = None) -> Answer:
    """Record how an adult of the family is reached."""
    key = own_key(key)
    said = body.model_dump(exclude_none=True)
    if not said:
        raise Rejected("bad-request", "neither a telephone number nor an e-mail address", "give --phone or --email")
    personal = await seal(services, asked, command_id(key), said)
    fields: tuple[ContactField, ...] = tuple(name for name in ("phone", "email") if name in said)

    def order(common: dict[str, Any]) -> c.ChangeContacts:
        return c.ChangeContacts(member_id=member, fields=fields, personal=personal, **common)

    return await carry(services, asked, order, key)


async def _possible(services: Services, asked: Asked, member: str, body: CorrectPerson, given: dict[str, str]) -> None:
    """Refuse what the rules of a referral refuse, once the correction is laid over what is held."""
    held = (await record_of(services, asked)).person(member)
    if held is None:
        return
    known = {
        "role": body.role or held.role,
        "surname": held.surname,
        "forename": held.forename,
        "date_of_birth": str(held.born or ""),
        "expected": str(held.expected or ""),
    }
    if any(given.get(column) for column in BIRTHS):
        known |= dict.fromkeys(BIRTHS, "")
    _, faults = check_person(known | given, await services.today())
    if faults:
        raise NotTaken(faults)


async def _said_anew(services: Services, given: Mapping[str, str]) -> dict[str, str]:
    """Return what a correction says, read by the rules of a referral."""
    today = await services.today()
    said = {column: _cell(column, text, today) for column, text in given.items()}
    return {("born" if column == "date_of_birth" else column): text for column, text in said.items()}


async def record_of(services: Services, asked: Asked) -> FamilyRecord:
    """Return what the vault has of a family; raise `Rejected` when it was erased."""
    reference = asked.journey.reference
    async with services.pool.acquire() as conn:
        record = await services.vault.read_family(conn, reference)
    if record is None:
        raise Rejected("erased", f"{reference} was erased", "refer the people anew, as a family of their own")
    return record


def _cell(column: str, text: str, today: date) -> str:
    row = Row(line=1, cells={column: text})
    try:
        found = read(column, text, today)
    except BadCell as bad:
        raise NotTaken([row.fault(column, bad.code, bad.reason, bad.remedy)]) from bad
    return "" if found is None else str(found)
