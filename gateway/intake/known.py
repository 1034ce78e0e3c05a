"""Whether a referral of a file was taken before: the family it is of, as the journal and the vault hold it."""

from collections.abc import Sequence

from domain.access import Actor
from domain.intake.differences import ADDRESS, Before, Change, HeldPerson, Known, began
from domain.intake.known_families import where
from domain.intake.questions import GivenAnswer
from domain.intake.referral import Person, Referral
from domain.journey.events import FamilyReferred
from gateway.intake.identity import home_of, plainly_of
from gateway.intake.reservations import digests
from gateway.journeys.moves import move
from gateway.services import Services
from store import intake, journal, read_models, vault
from store.pool import Conn
from store.read_models import JourneyRow
from store.vault import Address, FamilyRecord, Match

FROM_FILE = "written-otherwise-in-a-file"


async def known_family(
    services: Services, conn: Conn, referral: Referral, number: str, answers: Sequence[GivenAnswer] = ()
) -> Known | None:
    """Return the one family that a referral is plainly of; None when nobody in it is known, or somebody must be asked.

    An earlier file that gave the family the same number bears it out. Of several families the one is meant that this
    very referral opened a journey of. `number` is the digest of the family number in the file.
    """
    found = await vault.find_people(conn, digests(services, referral))
    matches = [match for match in found if match.scheme != "uprn"]  # a household may house several families
    numbered = await intake.numbered(conn, number)
    plainly = await plainly_of(services, conn, referral, answers)
    families = [
        known
        for reference in sorted({match.reference for match in matches} & {plainly, *numbered})
        if (known := await _known(services, conn, referral, reference, matches, numbered)) is not None
    ]
    if len(families) > 1:
        families = [known for known in families if began(referral, known)]
    return families[0] if len(families) == 1 else None


async def change_address(
    services: Services, reference: str, changes: Sequence[Change], actor: Actor
) -> tuple[Change, ...]:
    """Let the family live where a later file says; return the changes, with those of the address applied.

    Another address holds from today. One that only says more of the same home holds since when that did.
    """
    said = {change.field: change.said for change in changes if change.field in ADDRESS}
    if not said:
        return tuple(changes)
    async with services.pool.acquire() as conn:
        held = await services.vault.read_family(conn, reference)
        newest = (await read_models.by_reference(conn, reference))[-1]
    if held is None:
        return tuple(changes)
    address = Address(
        lines=said.get("address", held.address.lines),
        postcode=said.get("postcode", held.address.postcode),
        uprn=said.get("uprn", held.address.uprn),
    )
    moved = where(home_of(held.address), home_of(address)) == "contradicts"
    await move(services, newest, address, actor, corrected=None if moved else FROM_FILE)
    return tuple(change.model_copy(update={"applied": change.field in said}) for change in changes)


async def _known(  # noqa: PLR0913, PLR0917 - what is known of a family, from every side
    services: Services,
    conn: Conn,
    referral: Referral,
    reference: str,
    matches: Sequence[Match],
    numbered: Sequence[str],
) -> Known | None:
    undone = await intake.undone(conn, reference)
    journeys = [row for row in await read_models.by_reference(conn, reference) if row.journey_id not in undone]
    family = await services.vault.read_family(conn, reference)
    if not journeys or family is None:
        return None
    referred = await _newest_referral(conn, journeys[-1])
    members = {match.digest: match.member_id for match in matches if match.reference == reference}
    lines = {person.line: _member(services, referral, person, members) for person in referral.people}
    return Known(
        reference=reference,
        journeys=tuple(
            Before(referrer=row.referrer, referred_on=row.referred_on, closed_on=row.closed_on) for row in journeys
        ),
        members={line: member for line, member in lines.items() if member},
        people=_people(family, {member.id for member in referred.members}),
        numbered=reference in numbered,
        locality=journeys[-1].locality,
        criteria=referred.criteria,
        address=family.address.lines,
        postcode=family.address.postcode,
        uprn=family.address.uprn,
    )


async def _newest_referral(conn: Conn, journey: JourneyRow) -> FamilyReferred:
    first, *_ = await journal.timeline(conn, journey.journey_id)
    if not isinstance(first.event, FamilyReferred):
        raise TypeError(f"{journey.journey_id} does not begin with its referral")
    return first.event


def _member(services: Services, referral: Referral, person: Person, members: dict[bytes, str | None]) -> str | None:
    """Return who of the family a person is: by an identifier, or by name and date of birth."""
    alone = referral.model_copy(update={"people": (person,), "uprn": None})
    return next((member for mark in digests(services, alone) if (member := members.get(mark))), None)


def _people(family: FamilyRecord, referred: set[str]) -> tuple[HeldPerson, ...]:
    return tuple(
        HeldPerson(
            member_id=person.member_id,
            role=person.role,
            surname=person.surname,
            forename=person.forename,
            born=person.born,
            expected=person.expected,
            identifiers=person.identifiers,
            referred=person.member_id in referred,
        )
        for person in family.people
    )
