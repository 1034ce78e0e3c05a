"""The people and the home of one journey, as a reader of it may see them: its own members, and of who left the name.

A family has records of everybody who ever was of it. A journey shows who is of it now; of who has left it shows who
that was and when, and nothing more: they are of another household, or of none that we know.
"""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date

from pydantic import BaseModel, Field

from domain.births import Born
from domain.family import Role
from domain.journey import events as e
from domain.journey.members import concerns
from domain.journey.state import Journey
from domain.journey.stream import Recorded
from store.members import Stay
from store.people import Address, FamilyRecord, Home, Person


class ShownPerson(BaseModel):
    """A member of a journey; of who has `left` the name alone. `since` and `left` are the days it began and ended."""

    member_id: str
    role: Role
    surname: str
    forename: str
    born: Born | None = None
    expected: date | None = None
    identifiers: dict[str, str] = {}
    further: list[tuple[str, str]] = Field(default=[], description="More numbers of a kind, as kind and number.")
    phone: str = ""
    email: str = ""
    since: date | None = None
    left: date | None = None


class ShownFamily(BaseModel):
    """The people of a journey and where the family lives, `since` a day, with where it lived before."""

    reference: str
    people: list[ShownPerson]
    address: Address
    since: date | None = None
    former: list[Home] = []


def of_journey(record: FamilyRecord, journey: Journey) -> ShownFamily:
    """Return the people of a journey, each in the role they have on it."""
    people = []
    for member in journey.members:
        person = record.person(member.id)
        if person is not None:
            people.append(_person(person, member.role, member.stays[0].first, member.to))
    return _family(record, people)


def of_stays(record: FamilyRecord, stays: Sequence[Stay]) -> ShownFamily:
    """Return the people who had these stays on one journey; without any, everybody of the family."""
    whole = {person.member_id: (None, None) for person in record.people} if not stays else {}
    spans: dict[str, tuple[date | None, date | None]] = dict(whole)
    for stay in stays:
        first, _ = spans.get(stay.member_id, (stay.first, None))
        spans[stay.member_id] = (first, stay.last)
    people = [
        _person(person, person.role, spans[person.member_id][0], spans[person.member_id][1])
        for person in record.people
        if person.member_id in spans
    ]
    return _family(record, people)


def shown(journey: Journey) -> Journey:
    """Return a journey without evidence about people on days on which they were no members."""
    kept = tuple(item for item in journey.evidence if concerns(journey, item))
    return journey.model_copy(update={"evidence": kept})


def is_shown(one: Recorded, journey: Journey) -> bool:
    """Tell whether an event is of the journey's own people: evidence about others is left out."""
    event = one.event.replacement if isinstance(one.event, e.EventCorrected) else one.event
    return not isinstance(event, e.EvidenceRecorded) or concerns(journey, event.evidence)


def as_shown(one: Recorded, journey: Journey) -> e.AnyEvent:
    """Return an event of the timeline; of what came with people of another family only what is of the journey now."""
    if not isinstance(one.event, e.FamilyTakenIn | e.FamilyRestored):
        return one.event
    held = {item.id for item in journey.evidence}
    own = tuple(item for item in one.event.evidence if item.id in held and concerns(journey, item))
    return one.event.model_copy(update={"evidence": own})


def _family(record: FamilyRecord, people: list[ShownPerson]) -> ShownFamily:
    return ShownFamily(
        reference=record.reference,
        people=people,
        address=record.address,
        since=record.since,
        former=list(record.former),
    )


def _person(person: Person, role: Role, first: date | None, left: date | None) -> ShownPerson:
    told = asdict(person) | {"role": role, "since": None if first == date.min else first, "left": left}
    if left is not None:
        told = {name: told[name] for name in ("member_id", "role", "surname", "forename", "since", "left")}
    return ShownPerson.model_validate(told)
