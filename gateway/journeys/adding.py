"""A person who joins a family, or comes back to it: read, weighed against everybody we know, sealed and taken in."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Literal

from fastapi import APIRouter
from pydantic import Field

from domain.calendar import local_date
from domain.errors import Rejected
from domain.intake.questions import GivenAnswer
from domain.intake.referral import Person
from domain.intake.referral_columns import PERSONAL
from domain.intake.referring import check_person
from domain.journey import commands as c
from domain.journey.events import MemberJoined
from gateway.http.problems import ON_A_JOURNEY, NotTaken
from gateway.intake.joining import Joining, joining, record_answers
from gateway.intake.reservations import let_leave
from gateway.journeys.bodies import Answer, Step
from gateway.journeys.families import Asked, spelled
from gateway.journeys.members import Email, MemberId, Phone, Worked, record_of
from gateway.journeys.sealing import own_key, seal
from gateway.journeys.steps import Key, carry, command_id
from gateway.services import Served, Services
from store import journal

router = APIRouter(prefix="/v1/journeys/{reference}/members", tags=["people"], responses=ON_A_JOURNEY)

MOST_ANSWERS = 30


class Add(Step):
    """A person who joins, or with `member_id` alone one who comes back; every field is text, as in a referral."""

    how: Literal["born", "moved-in", "found-later", "expected"] = "moved-in"
    member_id: MemberId | None = None
    role: str = ""
    surname: str = ""
    forename: str = ""
    date_of_birth: str = ""
    expected: str = ""
    upn: str = ""
    nhs_number: str = ""
    nino: str = ""
    police_urn: str = ""
    phone: Phone = ""
    email: Email = ""
    answers: tuple[GivenAnswer, ...] = Field(
        default=(), max_length=MOST_ANSWERS, description="What was answered about known people whom they are like."
    )


@router.post("")
async def add(body: Add, asked: Worked, services: Served, key: Key = None) -> Answer:
    """Add a person to the family: born, moved in, found later, expected, or back again."""
    key = own_key(key)
    if body.member_id is not None:
        return await _take_back(services, asked, body, key)
    person = await _person(services, body)
    on = body.on or (person.born if body.how == "born" and isinstance(person.born, date) else await services.today())
    answers, weighed = await _weighed(services, asked, person, body, command_id(key))
    said = _said_of(person) | {"phone": body.phone, "email": body.email, "answers": dict(answers)}
    personal = await seal(services, asked, command_id(key), said)
    how = "expected" if person.expected else body.how

    def order(common: dict[str, Any]) -> c.AddMember:
        return c.AddMember(on=on, role=person.role, how=how, personal=personal, **common)

    answer = await carry(services, asked, order, key)
    remarks = await _answered(services, asked, body, weighed, command_id(key)) if body.answers else []
    services.mail.set()  # events about the person may wait in quarantine
    return answer.model_copy(update={"remarks": remarks})


async def _take_back(services: Services, asked: Asked, body: Add, key: str) -> Answer:
    record = await record_of(services, asked)
    held = record.person(body.member_id)
    role = body.role.casefold() or (held.role if held else "")
    if role not in {"adult", "child"}:
        raise Rejected("unknown-member", f"nobody of {record.reference} is {body.member_id}", "see: journeys show REF")

    def order(common: dict[str, Any]) -> c.AddMember:
        on = body.on or local_date(common["at"])
        told = {"on": on, "role": role, "how": "came-back", "member_id": body.member_id}
        return c.AddMember.model_validate({**told, **common})

    answer = await carry(services, asked, order, key)
    services.mail.set()
    return answer


async def _person(services: Services, body: Add) -> Person:
    person, faults = check_person(body.model_dump(include={*PERSONAL}), await services.today())
    if person is None:
        raise NotTaken(faults)
    if body.how == "expected" and person.expected is None:
        raise Rejected("bad-request", "nothing says when the child is expected", "give the day: --expected 2027-01-20")
    if person.role == "child" and (body.phone or body.email):
        reason = "a child, of whom no telephone number or e-mail address is kept"
        raise Rejected("not-an-adult", reason, "record those of an adult of the family")
    return person


async def _weighed(
    services: Services, asked: Asked, person: Person, body: Add, name: str
) -> tuple[Mapping[str, str], Joining]:
    """Return what was answered about people whom a new one is like; a command given before is not asked about again."""
    async with services.pool.acquire() as conn:
        loaded = await journal.load(conn, asked.journey.journey_id, [name])
        weighed = await joining(services, conn, asked.journey.reference, person, body.answers)
    if name in loaded.replies:
        return {spelled(answer.reference): answer.answer for answer in body.answers}, weighed
    return weighed.answered(body.answers, asked.actor), weighed


async def _answered(services: Services, asked: Asked, body: Add, weighed: Joining, name: str) -> list[str]:
    """Keep what was answered, and let who has left another family be of it no more; return what could not be done."""
    async with services.pool.acquire() as conn:
        told = await journal.timeline(conn, asked.journey.journey_id)
        joined = next(one for one in told if one.command_id == name and isinstance(one.event, MemberJoined))
        await record_answers(conn, weighed, body.answers, joined)
        return await let_leave(services, conn, name, asked.actor)


def _said_of(person: Person) -> dict[str, Any]:
    return {
        "surname": person.surname,
        "forename": person.forename,
        "born": str(person.born or ""),
        "expected": str(person.expected or ""),
        "identifiers": person.identifiers,
    }
