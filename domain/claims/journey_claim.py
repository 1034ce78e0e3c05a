"""The claim file of a journey: what is known of the family, in the form that anyone can check offline."""

from collections.abc import Iterable, Mapping
from datetime import date

from domain.births import Birth, Expected
from domain.claims.claim_file import ClaimFile, Family, Paid, Practice
from domain.claims.school_terms import terms_with
from domain.evidence import Evidence
from domain.family import Member
from domain.journey.members import concerns
from domain.journey.state import Journey
from domain.programme.programme import Programme
from domain.rules.member import FamilyMember
from domain.rules.spans import Spans


def claim_file_of(  # noqa: PLR0913, PLR0917 - one argument a source
    journey: Journey,
    programme: Programme,
    born: Mapping[str, Birth],
    as_of: date,
    paid: Mapping[str, int],
    later: Iterable[Evidence] = (),
    terms: Spans = (),
) -> ClaimFile | None:
    """Return the claim file as of a date, or None while the family is not yet held by a key worker.

    `born` maps member ids to dates of birth (they stay in the vault, not in events), and lacks those of an erased
    family; `paid` maps results to whole pounds claimed before, of which those of other programmes have no say here;
    `terms` are the school terms that were added for the family's area, beside those of the pack.
    `later` is what was recorded of the family on journeys after this one. The family counts as engaged from the day
    its first key worker took it on. Its needs are those known by `as_of`: one found later says nothing of a claim as of
    an earlier day. Evidence about days on which a person was no member of this journey says nothing of it, and stays
    out; the rest carries its place in the order of recording, which decides between two reports observed on one day.
    """
    if journey.held_from is None:
        return None
    return ClaimFile(
        programme=programme.name,
        programme_hash=programme.hash or None,
        as_of=as_of,
        engaged_from=journey.held_from,
        family=Family(members=tuple(_member(each, born.get(each.id)) for each in journey.members)),
        evidence=_of_members(journey, with_later(journey.evidence, later)),
        needs=tuple(need for need in journey.needs_by(as_of) if programme.needs_an_outcome(need)),
        practice=Practice(
            lawful_basis_on=_basis_since(journey, as_of),
            key_worker_from=journey.held_from,
            assessed_on=journey.first_assessed_on,
            plan_on=journey.first_plan_on,
            first_contact_on=journey.first_contact_on,
        ),
        paid=tuple(Paid(result=each.name, amount=paid[each.name]) for each in programme.results if each.name in paid),
        terms=terms_with(programme, terms) or None,
    )


def with_later(own: Iterable[Evidence], later: Iterable[Evidence]) -> tuple[Evidence, ...]:
    """Return a journey's evidence and what later journeys of the family add; an id that both hold is the journey's."""
    held = {item.id: item for item in own}
    return (*held.values(), *({item.id: item for item in later if item.id not in held}).values())


def _of_members(journey: Journey, evidence: Iterable[Evidence]) -> tuple[Evidence, ...]:
    placed = (item.model_copy(update={"recorded": place}) for place, item in enumerate(evidence, 1))
    return tuple(item for item in placed if concerns(journey, item))


def _member(member: Member, birth: Birth | None) -> FamilyMember:
    return FamilyMember(
        id=member.id,
        role=member.role,
        born=None if isinstance(birth, Expected) else birth,
        expected=birth.expected if isinstance(birth, Expected) else None,
        from_=member.from_,
        to=member.to,
        away=member.away,
    )


def _basis_since(journey: Journey, as_of: date) -> date | None:
    """Return since when a lawful basis that still holds on `as_of` has been on record."""
    return min((held.on for held in journey.consents if held.holds_on(as_of)), default=None)
