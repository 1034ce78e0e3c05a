"""A referral weighed against the families we know: who of them it is, or the question that must be answered first."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from domain.access import Actor, may
from domain.errors import Rejected
from domain.intake.identity import PersonFacts
from domain.intake.known_families import Comparison, Home, KnownFamily, Referred, Settled, compare, settle
from domain.intake.questions import GivenAnswer, Reader, by_what, how_it_stands, listed
from domain.intake.referral import Person as Told
from domain.intake.referral import Referral
from domain.journey.evolve import fold
from gateway.http.problems import IdentityQuestion
from gateway.journeys.families import family as known_family
from gateway.journeys.families import spelled
from gateway.services import Services
from store import journal, members, read_models, vault
from store.members import Stay
from store.people import Address, FamilyRecord, Person
from store.pool import Conn
from store.read_models import JourneyRow

MOST_SAID = 3  # questions put into the one line of a refusal; all of them are beside it


@dataclass(frozen=True)
class Family:
    """A known family: its record in the vault, its journeys, what of it is weighed, and who referred it last."""

    record: FamilyRecord
    journeys: Sequence[JourneyRow]
    known: KnownFamily
    referrers: tuple[str, ...] = ()

    @property
    def open(self) -> bool:
        """Whether its newest journey is open."""
        return bool(self.journeys) and self.journeys[-1].stage != "closed"

    @property
    def stands(self) -> str:
        """How its newest journey stands."""
        if not self.journeys:
            return how_it_stands(None, None, None)
        newest = self.journeys[-1]
        return how_it_stands(newest.stage, newest.outcome, newest.closed_on or newest.referred_on)


@dataclass(frozen=True)
class Weighed:
    """Whose referral it is, and the families that were weighed, by reference."""

    settled: Settled
    referred: Referred
    families: Mapping[str, Family] = field(default_factory=dict)

    @property
    def family(self) -> Family | None:
        """The known family that the referral is of, if it is of one."""
        return self.families[self.settled.reference] if self.settled.reference else None

    def compared(self, reference: str) -> Comparison:
        """Return the referral beside one of the families."""
        return compare(self.referred, self.families[reference].known)


async def weighed(
    services: Services, conn: Conn, referral: Referral, answers: Sequence[GivenAnswer], actor: Actor
) -> Weighed:
    """Say whose referral it is. Raise `IdentityQuestion` when that must be asked, `Rejected` for impossible answers."""
    found = await _settled(services, conn, referral, answers)
    if found.settled.questions:
        raise _question(found, names=may(actor, "read-names"))
    return found


async def plainly_of(
    services: Services, conn: Conn, referral: Referral, answers: Sequence[GivenAnswer] = ()
) -> str | None:
    """Return the known family that a referral is of, or None: it is of a new one, or somebody must be asked."""
    return (await _settled(services, conn, referral, answers)).settled.reference


async def _settled(services: Services, conn: Conn, referral: Referral, answers: Sequence[GivenAnswer]) -> Weighed:
    referred = Referred(people=tuple(map(_facts, referral.people)), home=home_of(address_of(referral)))
    families = await _families(services, conn, referral, answers)
    known = [family.known for family in families.values()]
    given = {spelled(answer.reference): answer.answer for answer in answers}
    return Weighed(settle(referred, known, given), referred, families)


def already_referred(found: Weighed, family: Family, *, names: bool) -> Rejected:
    """Say that the referral is of a family whose journey is open: who of it is known, and by what."""
    reference, reader = family.record.reference, Reader(found.referred, family.known, names=names)
    pairs = found.compared(reference).pairs
    known = [f"{reader.line(pair.line)} ({by_what(pair)})" for pair in pairs if by_what(pair)]
    said = f"people of this family are already referred as {reference} ({family.stands}): {listed(known)}"
    return Rejected("already-referred", said, f"show it: journeys show {reference}")


def as_person(told: Told, member_id: str) -> Person:
    """Return a person of a referral as the vault keeps people."""
    return Person(
        member_id=member_id,
        role=told.role,
        surname=told.surname,
        forename=told.forename,
        born=told.born,
        identifiers=dict(told.identifiers),
        expected=told.expected,
    )


def address_of(referral: Referral) -> Address:
    """Return the address of a referral as the vault keeps it."""
    return Address(lines=referral.address or "", postcode=referral.postcode or "", uprn=referral.uprn or "")


def _question(found: Weighed, *, names: bool) -> IdentityQuestion:
    questions = [
        Reader(found.referred, found.families[each.reference].known, names=names).question(
            each, found.families[each.reference].stands
        )
        for each in found.settled.questions
    ]
    plainly = all(each.verdict == "same" or each.of_household for each in found.settled.questions)
    more = f"; and {len(questions) - MOST_SAID} more" if len(questions) > MOST_SAID else ""
    reason = "; ".join(each.reason for each in questions[:MOST_SAID]) + more
    about = "F-..." if len(questions) > 1 else questions[0].reference
    remedy = (
        f"answer with --same-as {about}, --not-the-same {about}, --joins {about}, --left {about} or --also-of {about},"
        " and give the reason with --why CODE" + (", once for each family" if len(questions) > 1 else "")
    )
    if plainly and len(questions) > 1:
        return IdentityQuestion("people-of-two-families", reason, remedy, questions)
    return IdentityQuestion("possible-match", reason, remedy, questions)


async def _families(
    services: Services, conn: Conn, referral: Referral, answers: Sequence[GivenAnswer]
) -> dict[str, Family]:
    """Return every family that somebody of the referral may be of, and those that were answered about."""
    people = [as_person(told, f"m{told.line}") for told in referral.people]
    matches = await vault.find_people(conn, services.vault.digests(people))
    likely = {match.reference for match in matches} | set(await services.vault.find_alike(conn, people))
    rows = [(await known_family(conn, answer.reference))[-1] for answer in answers]
    for row in rows:
        if row.merged_into is not None:
            reason = f"{row.reference} was merged into {row.merged_into}"
            raise Rejected("merged", reason, f"answer about {row.merged_into}")
    answered = {row.reference for row in rows}
    return await known_families(services, conn, likely | answered)


async def known_families(services: Services, conn: Conn, references: Collection[str]) -> dict[str, Family]:
    """Return known families, by reference, but for those that were erased."""
    stays = await members.stays(conn, sorted(references))
    found = [await _family(services, conn, reference, stays) for reference in sorted(references)]
    return {family.record.reference: family for family in found if family}


def gone(stays: Sequence[Stay], reference: str) -> frozenset[str]:
    """Return who has left a family: whose last stay on the newest journey they were of has ended."""
    last = {stay.member_id: stay for stay in stays if stay.reference == reference}
    return frozenset(member_id for member_id, stay in last.items() if stay.last is not None)


async def _family(services: Services, conn: Conn, reference: str, stays: Sequence[Stay]) -> Family | None:
    """Return a known family; None when it was erased, or merged into another."""
    record = await services.vault.read_family(conn, reference)
    if record is None:
        return None
    journeys = await read_models.by_reference(conn, reference)
    if journeys and journeys[-1].merged_into is not None:
        return None  # whoever was of it is of the family that goes on
    newest = fold(one.event for one in await journal.timeline(conn, journeys[-1].journey_id)) if journeys else None
    present = {each.id for each in newest.present} if newest else {each.member_id for each in record.people}
    known = KnownFamily(
        reference=reference,
        people=tuple(each.facts for each in record.people),
        members=frozenset(present),
        home=home_of(record.address),
        begun=journeys[-1].referred_on if journeys else None,
        left=gone(stays, reference),
    )
    return Family(record, journeys, known, newest.referrers if newest else ())


def _facts(told: Told) -> PersonFacts:
    return as_person(told, str(told.line)).facts


def said(fields: Mapping[str, str]) -> dict[str, str]:
    """Return what agreed and contradicted, without what either record says nothing of."""
    return {field: agreement for field, agreement in fields.items() if agreement != "silent"}


def home_of(address: Address) -> Home:
    """Return an address as it is weighed."""
    return Home(lines=address.lines, postcode=address.postcode, uprn=address.uprn)
