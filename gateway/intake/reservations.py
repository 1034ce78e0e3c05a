"""Whose referral this is: known people come back to their family's reference, and a retry to the one it began with."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import orjson

from domain.access import Actor
from domain.errors import Rejected
from domain.ids import JourneyId
from domain.intake.referral import Person as Told
from domain.intake.referral import Referral
from domain.programme.programme import Programme
from gateway.services import Services
from store import intake, read_models, vault
from store.errors import Erased, IdentifierTaken
from store.intake import Intake
from store.pool import Conn
from store.vault import Address, Match, Person
from wiring.references import new_reference


@dataclass(frozen=True)
class Taking:
    """A referral that may be taken: under which key and programme, and by whom."""

    key: str
    referral: Referral
    programme: Programme
    actor: Actor


async def reserve(services: Services, conn: Conn, taking: Taking) -> Intake:
    """Return what is reserved under the key, or reserve the family's reference and its next journey.

    Raise `Rejected` when its people are known from a family whose journey is open, or from two families.
    """
    print_ = _fingerprint(services, taking.referral)
    reserved = await intake.find(conn, taking.key)
    if reserved is None:
        reserved = await intake.reserve(conn, await _fresh(services, conn, taking, print_))
    if not reserved.fingerprint:  # emptied when the family was erased, see store/sql/erasing.sql
        raise Rejected("erased", "the family referred under this key was erased", "refer its people under a new key")
    if reserved.fingerprint != print_:
        raise Rejected("command-id-reused", "this key was used for another referral", "give each referral its own key")
    return reserved


async def taken_from_another_file(services: Services, conn: Conn, referral: Referral) -> str | None:
    """Return the reference of a family whose open journey began with this very referral, in whatever file it came.

    So a file that was mended and is imported again lists the families taken before as taken, not as refused.
    """
    matches = [
        match for match in await vault.find_people(conn, digests(services, referral)) if match.scheme == "person"
    ]
    references = {match.reference for match in matches}
    if len(references) != 1 or len({match.member_id for match in matches}) != len(referral.people):
        return None
    journeys = await read_models.by_reference(conn, references.pop())
    began = (referral.referred_on, referral.referrer, len(referral.people))
    if not journeys or journeys[-1].stage == "closed":
        return None
    newest = journeys[-1]
    return newest.reference if (newest.referred_on, newest.referrer, newest.members) == began else None


async def keep_people(services: Services, conn: Conn, referral: Referral, reserved: Intake) -> None:
    """Put the people in the vault, beside those known of the family before."""
    held = await services.vault.read_family(conn, reserved.reference)
    people = {person.member_id: person for person in held.people} if held else {}
    people |= {
        reserved.members[str(told.line)]: _person(told, reserved.members[str(told.line)]) for told in referral.people
    }
    try:
        async with conn.transaction():
            await services.vault.put_family(conn, reserved.reference, list(people.values()), _address(referral))
    except IdentifierTaken as fault:
        reason = "somebody of this family is known under another reference"
        raise Rejected("already-referred", reason, "look for the family before referring it") from fault
    except Erased:
        return  # an earlier try under this key was rejected and undone; the engine gives that answer again


async def undo(services: Services, reference: str) -> None:
    """Take the people of a rejected referral out again, unless the family has a journey."""
    async with services.pool.acquire() as conn, conn.transaction():
        if not await read_models.by_reference(conn, reference):
            await vault.erase(conn, reference, await services.now())


def digests(services: Services, referral: Referral) -> list[bytes]:
    """Return the keyed hashes by which partners may name these people and their household."""
    return services.vault.digests([_person(told, f"m{told.line}") for told in referral.people], _address(referral))


async def _fresh(services: Services, conn: Conn, taking: Taking, print_: str) -> Intake:
    found = await vault.find_people(conn, digests(services, taking.referral))
    matches = [match for match in found if match.scheme != "uprn"]  # a household may house several families
    reference, number = await _place(services, conn, matches)
    return Intake(
        key=taking.key,
        fingerprint=print_,
        reference=reference,
        journey_id=str(JourneyId(taking.programme.area, reference, number)),
        members=await _member_ids(services, conn, reference, taking.referral, matches),
        created_at=await services.now(),
    )


async def _place(services: Services, conn: Conn, matches: Sequence[Match]) -> tuple[str, int]:
    """Return the reference and the number of the new journey."""
    references = sorted({match.reference for match in matches})
    if not references:
        return await _unused(services, conn), 1
    if len(references) > 1:
        reason = f"its people are known from {' and '.join(references)}"
        raise Rejected("people-of-two-families", reason, "refer each family by itself")
    journeys = await read_models.by_reference(conn, references[0])
    if journeys and journeys[-1].stage != "closed":
        reason = f"people of this family are already referred as {references[0]}"
        raise Rejected("already-referred", reason, f"show it: journeys show {references[0]}")
    return references[0], journeys[-1].number + 1 if journeys else 1


async def _unused(services: Services, conn: Conn) -> str:
    """Draw a reference that no family has; among a hundred thousand families a repeat is likely."""
    while True:
        reference = new_reference()
        if await services.vault.read_family(conn, reference) is None and not await read_models.by_reference(
            conn, reference
        ):
            return reference


async def _member_ids(
    services: Services, conn: Conn, reference: str, referral: Referral, matches: Sequence[Match]
) -> dict[str, str]:
    """Give each person (by line) a member id: the one held before, else the next free one."""
    held = await services.vault.read_family(conn, reference)
    count = len(held.people) if held else 0
    known = {match.digest: match.member_id for match in matches}
    ids: dict[str, str] = {}
    for told in referral.people:
        marks = services.vault.digests([_person(told, "m0")])
        before = next((member for mark in marks if (member := known.get(mark))), None)
        count += 0 if before else 1
        ids[str(told.line)] = before or f"m{count}"
    return ids


def _person(told: Told, member_id: str) -> Person:
    return Person(
        member_id=member_id,
        role=told.role,
        surname=told.surname,
        forename=told.forename,
        born=told.born,
        identifiers=dict(told.identifiers),
    )


def _address(referral: Referral) -> Address:
    return Address(lines=referral.address or "", postcode=referral.postcode or "", uprn=referral.uprn or "")


def _fingerprint(services: Services, referral: Referral) -> str:
    """Return a keyed hash of the referral: a plain one could be guessed from names and dates of birth."""
    told = orjson.dumps(referral.model_dump(mode="json"), option=orjson.OPT_SORT_KEYS)
    return services.vault.subject_digest("referral", hashlib.sha256(told).hexdigest()).hex()
