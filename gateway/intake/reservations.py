"""Whose referral this is: known people come back to their family's reference, and a retry to the one it began with."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import orjson

from domain.access import Actor, may
from domain.errors import Rejected
from domain.ids import JourneyId
from domain.intake.known_families import where
from domain.intake.questions import GivenAnswer
from domain.intake.referral import Person as Told
from domain.intake.referral import Referral
from domain.intake.unnamed import unnamed
from domain.journey.commands import RecordLeaving
from domain.programme.programme import Programme
from gateway.intake.identity import Weighed, address_of, already_referred, as_person, home_of, said, weighed
from gateway.journeys.families import spelled
from gateway.services import Services
from store import intake, members, read_models, vault
from store.errors import IdentifierTaken
from store.intake import IdentityAnswer, Intake
from store.members import Stay
from store.people import NOWHERE, Address, FamilyRecord, Home, Person
from store.pool import Conn
from wiring.references import new_reference


@dataclass(frozen=True)
class Taking:
    """A referral that may be taken: under which key and programme, by whom, and what was answered about its people."""

    key: str
    referral: Referral
    programme: Programme
    actor: Actor
    answers: tuple[GivenAnswer, ...] = ()


async def reserve(services: Services, conn: Conn, taking: Taking) -> Intake:
    """Return what is reserved under the key, or reserve the family's reference and next journey, and keep its people.

    Raise `IdentityQuestion` when somebody must say who its people are, `Rejected` when the same partner referred them
    before and their journey is open.
    """
    digest = _fingerprint(services, taking.referral)
    reserved = await intake.find(conn, taking.key)
    if reserved is None:
        found = await weighed(services, conn, taking.referral, taking.answers, taking.actor)
        reserved = await intake.reserve(conn, await _fresh(services, conn, taking, digest, found))
        if reserved.fresh:
            await _keep_people(services, conn, taking.referral, reserved, found)
            await _record_answers(services, conn, taking, reserved, found)
    if not reserved.fingerprint:  # emptied when the family was erased, see store/sql/erasing.sql
        raise Rejected(
            "erased",
            "the family referred under this key was erased",
            "refer its people again, with a new Idempotency-Key",
        )
    if reserved.fingerprint != digest:
        raise Rejected(
            "command-id-reused", "this Idempotency-Key was used for another referral", "use a new key for each referral"
        )
    return reserved


async def undo(services: Services, reference: str) -> None:
    """Take the people of a rejected referral out again, unless the family has a journey."""
    async with services.pool.acquire() as conn, conn.transaction():
        if not await read_models.by_reference(conn, reference):
            await vault.erase(conn, reference, await services.now())


async def let_leave(services: Services, conn: Conn, key: str, actor: Actor) -> list[str]:
    """Let people who were said to have left another family be of it no more, up to the day before their referral.

    `key` is that of the referral, or of the command that took one person in. Return what could not be recorded.
    """
    given = [answer for answer in await intake.answers_under(conn, key) if answer.answer == "left"]
    stays = await members.stays(conn, [answer.about for answer in given])
    leaving = [(answer, pair["other"]) for answer in given for pair in answer.people]
    return [
        remark
        for answer, member_id in leaving
        for stay in stays
        if (stay.reference, stay.member_id, stay.last) == (answer.about, member_id, None)
        for remark in await _leave(services, stay, answer, actor)
    ]


async def _leave(services: Services, stay: Stay, answer: IdentityAnswer, actor: Actor) -> list[str]:
    name = hashlib.sha256(f"{answer.key}:{stay.journey_id}:{stay.member_id}".encode()).hexdigest()
    command = RecordLeaving(
        command_id=f"left:{name}",
        at=await services.now(),
        actor=actor.code,
        on=answer.since - timedelta(days=1),
        member_id=stay.member_id,
        why="other-family",
    )
    try:
        await services.engine.submit(stay.journey_id, command)
    except Rejected as rejected:
        return [f"{stay.member_id} was not recorded as having left {stay.reference}: {rejected}"]
    return []


async def left_out(services: Services, conn: Conn, referral: Referral, reserved: Intake) -> list[tuple[Told, str]]:
    """Return the numbers of the referral that were not kept, as person and scheme: they are somebody else's."""
    held = await services.vault.read_family(conn, reserved.reference)
    people = {person.member_id: person.facts for person in held.people} if held else {}
    return [
        (told, scheme)
        for told in referral.people
        for scheme in told.identifiers
        if (known := people.get(reserved.members.get(str(told.line), "")))
        and known.number(scheme) != as_person(told, "m0").facts.number(scheme)
    ]


def digests(services: Services, referral: Referral) -> list[bytes]:
    """Return the keyed hashes by which partners may name these people and their household."""
    people = [as_person(told, f"m{told.line}") for told in referral.people]
    return services.vault.digests(people, address_of(referral))


async def _fresh(services: Services, conn: Conn, taking: Taking, digest: str, found: Weighed) -> Intake:
    reference, number, joins = await _place(services, conn, taking, found)
    return Intake(
        key=taking.key,
        fingerprint=digest,
        reference=reference,
        journey_id=str(JourneyId(taking.programme.area, reference, number)),
        members=_member_ids(taking.referral, found),
        created_at=await services.now(),
        joins=joins,
    )


async def _place(services: Services, conn: Conn, taking: Taking, found: Weighed) -> tuple[str, int, bool]:
    """Return the reference and the number of the new journey, or of the open one that the referral joins.

    Another partner's referral joins, and one of whom somebody new is said to join; the same partner's is refused.
    """
    family = found.family
    if family is None:
        return await _unused(services, conn), 1, False
    reference, number = family.record.reference, family.journeys[-1].number if family.journeys else 0
    if not family.open:
        return reference, number + 1, False
    answered = any(spelled(answer.reference) == reference for answer in taking.answers)
    brings = len(found.settled.members) < len(taking.referral.people)
    if taking.referral.referrer in family.referrers and not (answered and brings):
        raise already_referred(found, family, names=may(taking.actor, "read-names"))
    return reference, number, True


async def _unused(services: Services, conn: Conn) -> str:
    """Draw a reference that no family has; among a hundred thousand families a repeat is likely."""
    while True:
        reference = new_reference()
        if await services.vault.read_family(conn, reference) is None and not await read_models.by_reference(
            conn, reference
        ):
            return reference


def _member_ids(referral: Referral, found: Weighed) -> dict[str, str]:
    """Give each person (by line) a member id: the one held before, else the next free one."""
    held = found.family.record.people if found.family else ()
    count = max((int(person.member_id[1:]) for person in held), default=0)
    ids: dict[str, str] = {}
    for line in (str(told.line) for told in referral.people):
        known = found.settled.members.get(line)
        count += 0 if known else 1
        ids[line] = known or f"m{count}"
    return ids


async def _keep_people(services: Services, conn: Conn, referral: Referral, reserved: Intake, found: Weighed) -> None:
    """Put the people in the vault, beside those known of the family before: what is known of them stays as it is."""
    record = found.family.record if found.family else FamilyRecord(reserved.reference, (), NOWHERE)
    people = {person.member_id: person for person in record.people}
    for told in referral.people:
        member_id = reserved.members[str(told.line)]
        people[member_id] = _kept(told, member_id, people.get(member_id) or _elsewhere(told, found), found)
    address = None if found.family else address_of(referral)
    shared = await _shared(services, conn, list(people.values()), reserved, found)
    try:
        async with conn.transaction():
            await services.vault.put_family(conn, reserved.reference, list(people.values()), address, shared)
            if found.family:
                await _keep_address(services, conn, record, referral)
    except IdentifierTaken as fault:
        reason = "a person of this family is known under another reference"
        raise Rejected("already-referred", reason, "find the family first: journeys list") from fault


async def _keep_address(services: Services, conn: Conn, record: FamilyRecord, referral: Referral) -> None:
    """Keep where a known family lives now: another address holds from the day of its referral, and none is lost."""
    said = address_of(referral)
    homes = [*record.former, Home(record.address, record.since)]
    alike = [where(home_of(said), home_of(home.address)) for home in homes]
    if alike[-1] != "contradicts":
        held = record.address
        filled = Address(held.lines or said.lines, held.postcode or said.postcode, held.uprn or said.uprn)
        if filled != held:
            await services.vault.put_address(conn, record.reference, filled, record.since)
    elif "agrees" not in alike and (record.since is None or record.since < referral.referred_on):
        await services.vault.put_address(conn, record.reference, said, referral.referred_on)


def _kept(told: Told, member_id: str, known: Person | None, found: Weighed) -> Person:
    """Return a person as they are to be kept: the known record, with what it did not say."""
    wrong = {scheme for line, scheme in found.settled.left_out if line == str(told.line)}
    new = as_person(told, member_id)
    numbers = {scheme: number for scheme, number in new.identifiers.items() if scheme not in wrong}
    if known is None:
        return replace(new, identifiers=numbers)
    held = {scheme: number for scheme, number in known.identifiers.items() if number}
    unborn = known.born is None and told.born is None
    return replace(
        known,
        member_id=member_id,
        role=told.role,
        surname=known.surname or told.surname,
        forename=told.forename if told.forename and unnamed(known.forename) else known.forename,
        born=told.born if _says_more(told, known) else known.born,
        expected=(known.expected or told.expected) if unborn else None,
        identifiers=numbers | held,
    )


def _says_more(told: Told, known: Person) -> bool:
    """Tell whether a birth is known better by a referral than it was: to the day, where it was a part of it."""
    if known.born is None or told.born is None:
        return known.born is None
    return str(told.born).startswith(str(known.born))


def _elsewhere(told: Told, found: Weighed) -> Person | None:
    """Return the record of a person who is of another family too, or was until now."""
    for share in found.settled.shares:
        if share.line == str(told.line):
            people = found.families[share.reference].record.people
            return next(person for person in people if person.member_id == share.member)
    return None


async def _shared(
    services: Services, conn: Conn, people: Sequence[Person], reserved: Intake, found: Weighed
) -> set[bytes]:
    """Return the digests that these people may have in common with another family's.

    A name and a birthday have been weighed; a number is one person's, who must have been said to be of both families.
    """
    both = {reserved.members[share.line] for share in found.settled.shares}
    numbers = services.vault.digests([person for person in people if person.member_id in both])
    held = await vault.find_people(conn, services.vault.digests(people))
    names = {match.digest for match in held if match.scheme == "person" and match.reference != reserved.reference}
    return names | set(numbers)


async def _record_answers(services: Services, conn: Conn, taking: Taking, reserved: Intake, found: Weighed) -> None:
    for given in taking.answers:
        compared = found.compared(spelled(given.reference))
        people = [
            {"member": reserved.members[pair.line], "other": pair.member, "fields": said(pair.weighing.fields)}
            for pair in compared.pairs
        ]
        answer = IdentityAnswer(
            key=reserved.key,
            reference=reserved.reference,
            about=compared.reference,
            answer=given.answer,
            why=given.why,
            actor=taking.actor.code,
            at=await services.now(),
            since=taking.referral.referred_on,
            people=people,
        )
        await intake.record_answer(conn, answer)


def _fingerprint(services: Services, referral: Referral) -> str:
    """Return a keyed hash of the referral: a plain one could be guessed from names and dates of birth."""
    told = orjson.dumps(referral.model_dump(mode="json"), option=orjson.OPT_SORT_KEYS)
    return services.vault.subject_digest("referral", hashlib.sha256(told).hexdigest()).hex()
