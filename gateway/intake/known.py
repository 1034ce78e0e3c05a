"""Whether a referral of a file was taken before: the family it is of, as the journal and the vault hold it."""

from collections.abc import Sequence

from domain.intake.differences import Before, HeldPerson, Known, began
from domain.intake.questions import GivenAnswer
from domain.intake.referral import Person, Referral
from domain.journey.events import EventCorrected, FamilyReferred
from domain.journey.evolve import fold
from gateway.intake.identity import plainly_of
from gateway.intake.reservations import digests
from gateway.services import Services
from store import intake, journal, read_models, vault
from store.people import FamilyRecord
from store.pool import Conn
from store.vault import Match


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
    referred = await newest_referral(conn, journeys[-1].journey_id)
    newest = fold(recorded.event for recorded in await journal.timeline(conn, journeys[-1].journey_id))
    members = {match.digest: match.member_id for match in matches if match.reference == reference}
    lines = {person.line: _member(services, referral, person, members) for person in referral.people}
    return Known(
        reference=reference,
        journeys=tuple(
            Before(referrer=row.referrer, referred_on=row.referred_on, closed_on=row.closed_on) for row in journeys
        ),
        members={line: member for line, member in lines.items() if member},
        people=_people(family, {member.id for member in referred.members}),
        joined=tuple(Before(referrer=each.referrer, referred_on=each.on) for each in newest.joined),
        numbered=reference in numbered,
        locality=journeys[-1].locality,
        criteria=referred.criteria,
        address=family.address.lines,
        postcode=family.address.postcode,
        uprn=family.address.uprn,
    )


async def newest_referral(conn: Conn, journey_id: str) -> FamilyReferred:
    """Return the referral that opened a journey, as its last correction has it."""
    first, *rest = [recorded.event for recorded in await journal.timeline(conn, journey_id)]
    corrections = [each.replacement for each in rest if isinstance(each, EventCorrected) and each.version == 1]
    referred = [first, *corrections][-1]
    if not isinstance(referred, FamilyReferred):
        raise TypeError(f"{journey_id} does not begin with its referral")
    return referred


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
